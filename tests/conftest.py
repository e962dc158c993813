"""What every test may lean on. The fixtures themselves stand in ``tests/fixtures/``, one subject a file.

- databases: the tests' own database, and `fresh_database()` for a server that needs one to itself
- servers: `serve()` starts a real server process, `redis_server()` a real Redis
- browser: `page` and `new_page()` drive Chromium

Markers: `sqlite` and `postgres` keep a test to one database, `browser` is set by the browser fixtures themselves.
What the machine lacks is asked for through `tests.machine.need()`, which fails where CI is set and skips elsewhere.
"""

import logging
import os
import shutil

import pytest
from pytest_django import DjangoDbBlocker

from cinema.rate_limits.limiter import counter
from tests.first_state import remember_what_migrations_laid

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.servers", "tests.fixtures.browser"]


# A background thread that logs after pytest has closed its streams is no news.
logging.raiseExceptions = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The tests' database, remembered as the migrations left it."""
    with django_db_blocker.unblock():
        remember_what_migrations_laid()


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    """Nobody has spent anything of any limit."""
    counter.clear()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is meant for the other database; left out, not skipped: it runs in the other run."""
    unwanted = {"sqlite", "browser"} if os.environ.get("DATABASE_URL", "").startswith("postgres") else {"postgres"}
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    left_out = [item for item in items if unwanted & {marker.name for marker in item.iter_markers()}]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that began the run takes away everything the run wrote."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop("CINEMA_TEST_FOLDER", ""), ignore_errors=True)
