"""``python3 run.py test``: every check, then every test on SQLite and again on PostgreSQL."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from runner.machine import ROOT, Stop, ready_environment, say
from runner.servers import ServerFailed, find_chromium, find_nginx, find_postgres, find_redis, postgres

NOTHING_COLLECTED = 5
MAX_SUITE_SECONDS = 30 * 60  # on one database; it takes a third of that on two idle cores
MAX_CORES = 4  # more would only get into each other's way at the one database

# What some tests need from the machine: how to find it, and the apt package that brings it.
TOOLS: dict[str, tuple[Callable[[], object], str]] = {
    "PostgreSQL": (find_postgres, "postgresql"),
    "Redis": (find_redis, "redis-server"),
    "Chromium": (find_chromium, "chromium"),
    "ffmpeg": (lambda: shutil.which("ffmpeg"), "ffmpeg"),
    "node": (lambda: shutil.which("node"), "nodejs"),
    "nginx": (find_nginx, "nginx"),
    "gettext": (lambda: shutil.which("xgettext") and shutil.which("msgfmt"), "gettext"),
}


@dataclass
class Tally:
    """How many passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def check_everything(arguments: list[str]) -> int:
    """Run all checks and tests, or with arguments only the tests those name; answer the exit code."""
    in_ci = os.environ.get("CI", "").lower() in {"1", "true"}
    missing = [name for name, (find, _) in TOOLS.items() if not find()]
    if missing and in_ci:
        raise Stop(f"Nothing may be skipped where CI is set. {how_to_get(missing)}")
    python = ready_environment("requirements-dev.txt")
    with tempfile.TemporaryDirectory(prefix="cinema-test-") as folder:
        scratch = Path(folder)
        total = Tally() if arguments else run_checks(python, scratch, missing)
        total += run_suite(python, scratch, "SQLite", {"DATABASE_URL": ""}, arguments)
        if "PostgreSQL" not in missing:
            with postgres_url() as url:
                total += run_suite(python, scratch, "PostgreSQL", {"DATABASE_URL": url}, arguments)
    if missing:
        say(f"\nSkipped what needs {', '.join(missing)}. {how_to_get(missing)}")
    if in_ci and total.skipped:
        say(f"\n{total.skipped} skipped, but nothing may be where CI is set.")
        total += Tally(failed=1)
    say(f"\n{total}")
    return 1 if total.failed else 0


def how_to_get(missing: list[str]) -> str:
    """The line that installs what is missing."""
    return "To get it: sudo apt install " + " ".join(TOOLS[name][1] for name in missing)


@contextlib.contextmanager
def postgres_url() -> Iterator[str]:
    """The PostgreSQL named by DATABASE_URL, else one made for this run and thrown away."""
    given = os.environ.get("DATABASE_URL", "").strip()
    if given.startswith("postgres"):
        yield given
        return
    binaries = find_postgres()
    assert binaries is not None
    try:
        with postgres(binaries) as url:
            yield url
    except ServerFailed as error:
        raise Stop(f"A PostgreSQL for the tests could not be started: {error}") from None


def run_checks(python: Path, scratch: Path, missing: list[str]) -> Tally:
    """Lint, types, imports, migrations, catalogues, deployment and templates; each counts as one."""
    tally = Tally()
    for name, command, variables in checks(python, scratch):
        if name == "message catalogues" and "gettext" in missing:
            tally += Tally(skipped=1)
            continue
        begun = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False
        )
        fine = done.returncode == 0
        say(f"{'ok    ' if fine else 'FAILED'} {name}  ({time.monotonic() - begun:.1f} s)")
        if not fine:
            say(done.stdout + done.stderr)
        tally += Tally(passed=1) if fine else Tally(failed=1)
    return tally


def checks(python: Path, scratch: Path) -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and variables of every check that is no test."""
    run, manage = [str(python), "-m"], [str(python), "manage.py"]
    templates = [str(file.relative_to(ROOT)) for file in sorted((ROOT / "templates").rglob("*.html"))]
    plain = {
        "DJANGO_SETTINGS_MODULE": "cinema.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "VAR_DIR": str(scratch),
        "DATABASE_URL": "",
        "DEMO": "off",
    }
    deployed = {**plain, "HTTPS": "on", "DEBUG": "off", "ALLOWED_HOSTS": "cinema.example", "BEHIND_PROXY": "on"}
    deployed |= {"EMAIL_HOST": "mail.cinema.example", "JOURNAL_KEY": secrets.token_urlsafe(50)}
    return [
        ("ruff check", [*run, "ruff", "check", "."], {}),
        ("ruff format", [*run, "ruff", "format", "--check", "."], {}),
        ("types (mypy)", [*run, "mypy"], plain),
        ("import contract", [str(python.parent / "lint-imports")], plain),
        ("migrations in step", [*manage, "makemigrations", "--check", "--dry-run"], plain),
        ("message catalogues", [*run, "runner.catalogues"], plain),
        ("deployment checks", [*manage, "check", "--deploy", "--fail-level", "WARNING"], deployed),
        ("templates (djade)", [str(python.parent / "djade"), "--target-version", "5.2", "--check", *templates], {}),
    ]


def run_suite(python: Path, scratch: Path, name: str, variables: dict[str, str], arguments: list[str]) -> Tally:
    """Every test on one database. A run that ends without a report counts as a failure."""
    say(f"\nTests on {name}")
    report = scratch / f"{name}.xml"
    alone = any(argument.startswith(("--pdb", "-n")) for argument in arguments)
    command = [str(python), "-m", "pytest", *([] if alone else spread()), f"--junitxml={report}", *arguments]
    environment = {**os.environ, **compiled_once(scratch), **variables}
    code = run_for(None if alone else MAX_SUITE_SECONDS, command, environment)
    tally = read_report(report)
    if code not in {0, NOTHING_COLLECTED} and not tally.failed:
        tally += Tally(failed=1)
    return tally


def spread() -> list[str]:
    """How tests are shared out: one process more than there are cores, since many wait for servers.

    A file stays with one process, and so do the servers that it starts. Files keep the order of ``tests/conftest.py``,
    the long ones first.
    """
    return ["-n", str(min(os.cpu_count() or 1, MAX_CORES) + 1), "--dist", "loadfile", "--no-loadscope-reorder"]


def compiled_once(scratch: Path) -> dict[str, str]:
    """A folder for compiled files where none may lie beside the sources: hundreds of processes read the same ones."""
    if not sys.dont_write_bytecode:
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(scratch / "compiled")}


def run_for(seconds: float | None, command: list[str], environment: dict[str, str]) -> int:
    """Run a command for at most so long (None: as long as it likes, at the terminal); returns its exit code.

    Past that, or at an interruption, it and all that it started are asked to end, and then ended.
    """
    own_group = seconds is not None
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=own_group) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            say(f"FAILED: not done after {error.timeout / 60:.0f} minutes.")
            end_group(process)
            return 1
        except KeyboardInterrupt:
            if own_group:
                end_group(process)
            raise


def end_group(process: subprocess.Popen) -> None:
    """Interrupt a process and all it started, as Ctrl-C does; end by force whoever isn't gone in a while."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        os.killpg(process.pid, signal.SIGKILL)


def read_report(report: Path) -> Tally:
    """The figures of a JUnit report; nothing at all where pytest wrote none."""
    if not report.is_file():
        return Tally()
    tally = Tally()
    for suite in ElementTree.parse(report).iter("testsuite"):
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        tally += Tally(tests - skipped - failed, failed, skipped)
    return tally
