"""What every test may lean on. The fixtures themselves stand in ``tests/fixtures/``, one subject a file.

- databases: the tests' own database, and `fresh_database()` for a server that needs one to itself
- statements: no UPDATE of any test may choose its rows over a join
- servers: `serve()` starts a real server process, `redis_server()` a real Redis
- browser: `page` and `new_page()` drive Chromium

Which database a test runs on:

- Sale, money, journal, jobs, races, statements of every door: both. So does what reaches a database and has no mark.
- `once`: no database can change what comes of it, so it runs with the tests on SQLite, not again. Tests that reach no
  database have it by themselves, and so have those in a browser (`browser`). What frames, rate limits, Redis, ffmpeg or
  a server's own process come to says it at the head of its file, with the reason (`pytestmark`).
- `sqlite` and `postgres` keep a test to one database, of which it shows something. With `--whole`, as the long proofs
  have it, what is marked `once` runs on PostgreSQL as well.

Files that start servers, processes or browsers come first: a run that ends with one of them ends with a process that
works and others that wait.
What the machine lacks is asked for through `tests.machine.need()`, which fails where CI is set and skips elsewhere.
"""

import logging
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from model_bakery import baker

from cinema.rate_limits.limiter import counter

pytest_plugins = [
    "tests.fixtures.databases",
    "tests.fixtures.statements",
    "tests.fixtures.servers",
    "tests.fixtures.browser",
]


# Whoever uses none of these has no way to a database: pytest-django closes all others. It has every test use its
# `django_db_blocker`, so that one says nothing.
REACH_A_DATABASE = {"db", "transactional_db", "django_db_setup", "databases"}
# What takes long: processes of its own. ("machine" and "project" belong to production and to the first start.)
START_PROCESSES = {"browser", "serve", "fresh_database", "redis_server", "machine", "project"}

# Rows that a test doesn't care about get some price.
baker.generators.add("cinema.money_fields.MoneyField", lambda: 4500)

# A background thread that logs after pytest has closed its streams is no news.
logging.raiseExceptions = False


@pytest.fixture(autouse=True)
def _nothing_spent_yet() -> None:
    """What an earlier test did counts towards no limit of this one."""
    counter.clear()


@pytest.fixture(autouse=True)
def _in_the_houses_language() -> None:
    """The language of a page that an earlier test asked for is not that of this one's addresses and texts."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _heads_of_its_own(settings: Any, tmp_path: Path) -> None:
    """What another test's journal went up to says nothing of this one's."""
    settings.JOURNAL_HEADS = tmp_path / "journal"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--whole`, for the long proofs."""
    parser.addoption("--whole", action="store_true", help="on PostgreSQL also what is marked `once`")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is meant for the other database; left out, not skipped: it runs in the other run."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        unwanted = {"postgres"}
    else:
        unwanted = {"sqlite", "browser"} | (set() if config.getoption("whole") else {"once"})
    for item in items:
        mark(item)
    left_out = [item for item in items if unwanted & {marker.name for marker in item.iter_markers()}]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    gone, long = set(left_out), {item.path for item in items if fixtures_of(item) & START_PROCESSES}
    items[:] = sorted((item for item in items if item not in gone), key=lambda item: item.path not in long)


def mark(item: pytest.Item) -> None:
    """Give a test the marks that its fixtures say it has."""
    if "browser" in fixtures_of(item):
        item.add_marker("browser")
    reaches = fixtures_of(item) & REACH_A_DATABASE or {"django_db", "postgres"} & {
        one.name for one in item.iter_markers()
    }
    if not reaches:
        item.add_marker("once")


def fixtures_of(item: pytest.Item) -> set[str]:
    """Every fixture that a test uses, by itself or by another."""
    return set(getattr(item, "fixturenames", ()))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The process that began the run takes away everything the run wrote."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop("CINEMA_TEST_FOLDER", ""), ignore_errors=True)
