"""What every test may lean on. The fixtures themselves stand in ``tests/fixtures/``, one subject a file.

- databases: the tests' own database, and `fresh_database()` for a server that needs one to itself
- servers: `serve()` starts a real server process, `redis_server()` a real Redis
- browser: `page` and `new_page()` drive Chromium

Markers: `sqlite` and `postgres` keep a test to one database. `once` says that no database can change what comes of it:
it runs with the tests on SQLite and not again. Tests that reach no database have it by themselves; those that use the
browser fixtures run once as well (`browser`).
What the machine lacks is asked for through `tests.machine.need()`, which fails where CI is set and skips elsewhere.
"""

import logging
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from model_bakery import baker

from cinema.rate_limits.limiter import counter

pytest_plugins = ["tests.fixtures.databases", "tests.fixtures.servers", "tests.fixtures.browser"]


# Whoever uses none of these has no way to a database: pytest-django closes all others.
REACH_A_DATABASE = {"db", "transactional_db", "django_db_setup", "django_db_blocker", "databases"}

# Rows that a test doesn't care about get some price.
baker.generators.add("cinema.money_fields.MoneyField", lambda: 4500)

# A background thread that logs after pytest has closed its streams is no news.
logging.raiseExceptions = False


@pytest.fixture(autouse=True)
def _nothing_spent_yet() -> None:
    """What an earlier test did counts towards no limit of this one."""
    counter.clear()


@pytest.fixture(autouse=True)
def _heads_of_its_own(settings: Any, tmp_path: Path) -> None:
    """What another test's journal went up to says nothing of this one's."""
    settings.JOURNAL_HEADS = tmp_path / "journal"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is meant for the other database; left out, not skipped: it runs in the other run."""
    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgres")
    unwanted = {"sqlite", "browser", "once"} if on_postgres else {"postgres"}
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        if "browser" in used:
            item.add_marker("browser")
        if not used & REACH_A_DATABASE and not {"django_db", "postgres"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker("once")
    left_out = [item for item in items if unwanted & {marker.name for marker in item.iter_markers()}]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that began the run takes away everything the run wrote."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop("CINEMA_TEST_FOLDER", ""), ignore_errors=True)
