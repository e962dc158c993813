"""`python3 run.py` for real, in a copy of the project: the first start, the second, and the end."""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from runner.machine import RUNTIME_LOCK, fingerprint
from runner.servers import free_port
from tests.fixtures.servers import ROOT

pytestmark = pytest.mark.sqlite  # with no DATABASE_URL it takes a file wherever the tests run
NOT_COPIED = shutil.ignore_patterns(".*", "var", "media", "__pycache__", "node_modules", "tests", "docs")
OURS = {
    "CINEMA_TEST_FOLDER",
    "VAR_DIR",
    "SECRET_KEY",
    "JOURNAL_KEY",
    "DATABASE_URL",
    "DEMO",
    "PAYMENT_PROVIDERS",
    "RATE_LIMITS",
}


class Run:
    """One ``python3 run.py``; ``seconds`` is how long it took until it answered."""

    def __init__(self, project: Path, port: int) -> None:
        clean = {name: value for name, value in os.environ.items() if name not in OURS}
        self.log = project / "run.log"
        self.url = f"http://127.0.0.1:{port}"
        begun = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "run.py"],
                cwd=project,
                env={**clean, "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            )
        while self.process.poll() is None and time.monotonic() < begun + 300:
            with contextlib.suppress(OSError):
                self.get("/healthz")
                break
            time.sleep(0.02)
        self.seconds = time.monotonic() - begun

    def get(self, address: str, **headers: str) -> str:
        request = urllib.request.Request(f"{self.url}{address}", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode()

    def said(self) -> str:
        return self.log.read_text()

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project that shares the packages of the environment the tests run in."""
    folder = tmp_path_factory.mktemp("project") / "cinema"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    environment = folder / ".venv"
    environment.mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (environment / part).symlink_to(Path(sys.prefix, part))
    (environment / f".installed-{RUNTIME_LOCK}").write_text(fingerprint(RUNTIME_LOCK))
    return folder


@pytest.fixture
def start(project):
    started = []

    def run() -> Run:
        started.append(Run(project, free_port()))
        return started[-1]

    yield run
    for run in started:
        run.process.kill()
        run.process.wait()


def count_orders(project: Path) -> int:
    """How many the demo's database holds."""
    with closing(sqlite3.connect(project / "var" / "cinema.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM ticketing_order").fetchone()[0]


def eventually(true: Callable[[], bool]) -> bool:
    """Whether it comes true within a while."""
    until = time.monotonic() + 30
    while not true() and time.monotonic() < until:
        time.sleep(0.1)
    return true()


def test_the_first_start_lays_the_demo_cinema_and_names_the_log_ins(start):
    first = start()

    assert "沙丘2" in first.get("/films/")  # on the home page only while it plays today
    assert "admin / demo-admin-2026" in first.said()
    assert "lin / demo-lin-2026" in first.said()
    assert f"{first.url}/" in first.said()
    assert "Traceback" not in first.said()


def test_static_files_come_whole_and_in_parts_without_a_warning(start, project):
    running = start()
    address = re.search(r'/static/css/[^"]+\.css', running.get("/"))[0]

    whole, part = running.get(address), running.get(address, Range="bytes=10-19")

    assert whole == (project / "var" / address.lstrip("/")).read_text()
    assert part.encode() == whole.encode()[10:20]
    assert "Warning" not in running.said()


def test_a_later_start_repeats_nothing_slow(start, project):
    start().interrupt()
    orders = count_orders(project)

    later = start()

    assert json.loads(later.get("/readyz"))["status"] == "ok"
    for step in ("Installing", "Setting up", "Collecting", "Laid"):
        assert step not in later.said()
    assert count_orders(project) == orders > 0
    assert eventually(lambda: json.loads(later.get("/readyz"))["work"] == "ok")  # its worker writes to the database too
    assert later.seconds < 20  # about one on an idle machine


def test_ctrl_c_ends_it_without_a_traceback(start):
    running = start()

    code = running.interrupt()

    assert code == 0
    assert "Traceback" not in running.said()


def test_a_wrong_setting_is_a_sentence(start, project, monkeypatch):
    monkeypatch.setenv("HOLD_MINUTES", "ten")

    failed = start()

    assert failed.process.wait(60) == 1
    assert failed.said() == "HOLD_MINUTES='ten' is not a whole number from 1 to 1440. The default is 10.\n"


def test_a_database_that_does_not_answer_is_a_sentence(start, monkeypatch):
    monkeypatch.setattr("tests.house.test_first_start.OURS", OURS - {"DATABASE_URL"})
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing")

    failed = start()

    assert failed.process.wait(60) == 1
    assert failed.said().startswith("The database of DATABASE_URL does not answer: ")
    assert "Traceback" not in failed.said()


def test_a_redis_that_does_not_answer_is_a_sentence(start, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    failed = start()

    assert failed.process.wait(60) == 1
    assert failed.said().startswith("The Redis of REDIS_URL does not answer: ")
