"""Which tests run on which database, and in which order: the rule of ``tests/conftest.py``, asked of pytest itself."""

import os
import re
import subprocess
import sys

from tests.fixtures.servers import ROOT

NO_DATABASE, SALE, SERVERS = "tests/house/test_money.py", "tests/ticketing/test_refunds.py", "tests/live/test_docs.py"


def run_on_postgres(*more: str) -> list[str]:
    """The files that have a part in a run on PostgreSQL, in its order."""
    shared = {name: value for name, value in os.environ.items() if name != "CINEMA_TEST_FOLDER"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", *more, NO_DATABASE, SALE, SERVERS],
        cwd=ROOT,
        env={**shared, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        check=True,
    )
    return list(dict.fromkeys(re.findall(r"^(tests/\S+)::", done.stdout, re.MULTILINE)))


def test_what_no_database_can_change_does_not_run_again_on_postgresql():
    assert run_on_postgres() == [SALE]


def test_the_long_proofs_run_it_there_too_and_what_starts_servers_comes_first():
    assert run_on_postgres("--whole") == [SERVERS, SALE, NO_DATABASE]
