"""The pieces of run.py: what it decides, what it keeps, and the sentence it has for each thing that goes wrong."""

import errno
import importlib.util
import os
import shutil
import socket
import stat
import subprocess

import pytest

from runner import checks, commands, first_look, machine
from runner.machine import Stop


@pytest.fixture
def a_taken_port():
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        yield somebody.getsockname()[1]


@pytest.fixture
def an_empty_project(tmp_path, monkeypatch):
    """A folder with a lock file and no virtual environment; nothing is really installed into it."""
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setattr(machine, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(machine, "install", lambda lock: None)
    (tmp_path / "requirements.txt").write_text("django==5.2")
    (tmp_path / "requirements-dev.txt").write_text("django==5.2\npytest==9")
    return tmp_path


def a_working_environment(project):
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    package = project / ".venv" / "lib" / "python3.11" / "site-packages" / "django" / "__init__.py"
    package.parent.mkdir(parents=True)
    package.touch()


# --- Where it listens --------------------------------------------------------------------------------------


def test_it_listens_where_host_and_port_say():
    assert first_look.address("", "") == ("127.0.0.1", 8000)
    assert first_look.address(" 0.0.0.0 ", " 9000 ") == ("0.0.0.0", 9000)


@pytest.mark.parametrize("word", ["http", "0", "65536", "-1", "80 80"])
def test_a_port_that_is_none_is_refused(word):
    with pytest.raises(Stop, match=rf"^PORT='{word}' is no port\. Write a number from 1 to 65535"):
        first_look.address("", word)


def test_a_taken_port_is_refused_before_any_work_and_another_is_named(a_taken_port):
    with pytest.raises(Stop) as stopped:
        first_look.refuse_taken_port("127.0.0.1", a_taken_port)

    assert str(stopped.value).startswith(
        f"Port {a_taken_port} on 127.0.0.1 is taken by another program. Take another: PORT="
    )


@pytest.mark.parametrize("host", ["192.0.2.7", "no-such-host.invalid"])
def test_a_host_that_is_not_this_machine_is_refused(host):
    with pytest.raises(Stop, match=f"^HOST='{host}' is no address of this machine"):
        first_look.refuse_taken_port(host, 8000)


# --- The environment it makes --------------------------------------------------------------------------------


def test_with_nothing_set_it_is_the_demo_with_a_key_of_its_own(tmp_path):
    made = first_look.first_look_environment({}, "127.0.0.1", 8000, tmp_path)

    assert made["DEMO"] == "on"
    assert made["SECRET_KEY"] == (tmp_path / "secret_key").read_text()
    assert made["JOURNAL_KEY"] == (tmp_path / "journal_key").read_text()
    assert made["ALLOWED_HOSTS"] == "127.0.0.1,localhost,[::1]"


@pytest.mark.parametrize(
    ("given", "demo"),
    [
        ({"DATABASE_URL": "postgres://localhost/cinema"}, "on"),
        ({"SECRET_KEY": "k" * 50}, "on"),
        ({"DATABASE_URL": "postgres://localhost/cinema", "SECRET_KEY": "k" * 50}, "off"),
        ({"DATABASE_URL": "postgres://localhost/cinema", "SECRET_KEY": "k" * 50, "DEMO": "on"}, "on"),
        ({"DEMO": "off"}, "off"),
    ],
)
def test_a_house_with_its_own_key_and_database_is_no_demo_unless_it_says_so(given, demo, tmp_path):
    assert first_look.first_look_environment(given, "127.0.0.1", 8000, tmp_path)["DEMO"] == demo


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("127.0.0.1", "http://127.0.0.1:9000"),
        ("192.168.0.5", "http://192.168.0.5:9000"),
        ("[::1]", "http://[::1]:9000"),
    ],
)
def test_links_begin_with_where_it_listens(host, site, tmp_path):
    assert first_look.first_look_environment({}, host, 9000, tmp_path)["SITE_URL"] == site


def test_links_of_a_demo_for_the_network_begin_with_a_name_it_has_there(tmp_path):
    made = first_look.first_look_environment({}, "0.0.0.0", 9000, tmp_path)

    assert made["SITE_URL"] == f"http://{made['ALLOWED_HOSTS'].split(',')[-1]}:9000"


def test_what_was_given_is_left_alone(tmp_path):
    given = {"SECRET_KEY": "k" * 50, "JOURNAL_KEY": "j" * 50, "ALLOWED_HOSTS": "cinema.example", "HOLD_MINUTES": "5"}

    made = first_look.first_look_environment(given, "127.0.0.1", 8000, tmp_path)

    assert {name: made[name] for name in given} == given
    assert list(tmp_path.iterdir()) == []


def test_the_key_is_long_kept_and_for_its_owner_only(tmp_path):
    file = tmp_path / "var" / "secret_key"

    key = first_look.kept_key(file)

    assert len(key) >= 50
    assert first_look.kept_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_empty_key_file_is_made_anew(tmp_path):
    (tmp_path / "secret_key").touch()

    assert len(first_look.kept_key(tmp_path / "secret_key")) >= 50


def test_shown_to_the_network_it_answers_to_the_machine_s_own_name():
    assert socket.gethostname().lower() in first_look.own_names("0.0.0.0")


# --- The virtual environment ---------------------------------------------------------------------------------


def test_the_second_start_installs_nothing(an_empty_project, monkeypatch, capsys):
    a_working_environment(an_empty_project)
    machine.ready_environment("requirements.txt")
    capsys.readouterr()
    monkeypatch.setattr(machine, "install", lambda lock: pytest.fail("installed again"))

    machine.ready_environment("requirements.txt")

    assert capsys.readouterr().out == ""


def test_a_changed_lock_is_installed_again(an_empty_project, monkeypatch):
    a_working_environment(an_empty_project)
    machine.ready_environment("requirements.txt")
    installed = []
    monkeypatch.setattr(machine, "install", installed.append)
    (an_empty_project / "requirements.txt").write_text("django==5.2.1")

    machine.ready_environment("requirements.txt")

    assert installed == ["requirements.txt"]


def test_what_tests_need_holds_what_the_product_needs(an_empty_project, monkeypatch):
    a_working_environment(an_empty_project)
    machine.ready_environment("requirements-dev.txt")
    monkeypatch.setattr(machine, "install", lambda lock: pytest.fail("installed again"))

    machine.ready_environment("requirements.txt")


def test_an_environment_that_has_lost_its_packages_is_made_anew(an_empty_project, monkeypatch):
    a_working_environment(an_empty_project)
    machine.ready_environment("requirements.txt")
    (an_empty_project / ".venv" / "pyvenv.cfg").touch()
    shutil.rmtree(an_empty_project / ".venv" / "lib")
    made = []
    monkeypatch.setattr(machine, "make_environment", lambda: (made.append(1), a_stub(an_empty_project)))

    machine.ready_environment("requirements.txt")

    assert made == [1]


def a_stub(project):
    shutil.rmtree(project / ".venv")
    a_working_environment(project)


@pytest.mark.parametrize(("line", "old"), [("version = 3.9.2", True), ("version_info = 3.13.0", False), ("", False)])
def test_an_environment_of_an_old_python_is_not_used(an_empty_project, line, old):
    a_working_environment(an_empty_project)
    (an_empty_project / ".venv" / "pyvenv.cfg").write_text(f"home = /usr/bin\n{line}\n")

    assert machine.usable() is not old


def test_a_folder_that_is_no_environment_is_not_deleted(an_empty_project):
    precious = an_empty_project / ".venv" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("years of work")

    with pytest.raises(Stop, match=r"is no working virtual environment\. Move it away"):
        machine.make_environment()

    assert precious.read_text() == "years of work"


def test_without_the_venv_module_the_line_that_installs_it_is_printed(an_empty_project, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(Stop, match=r"sudo apt install python3\.\d+-venv$"):
        machine.make_environment()


def test_without_a_network_it_says_so(tmp_path, monkeypatch):
    failed = subprocess.CompletedProcess([], 1, stdout="", stderr="error: dns error: failed to look up address")
    monkeypatch.setattr(machine, "quietly", lambda command: failed)

    with pytest.raises(Stop, match=r"(?s)could not be installed.*dns error.*Is there a network"):
        machine.install("requirements.txt")


# --- How failures are told -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Stop("Port 8000 is taken."), "Port 8000 is taken."),
        (
            OSError(errno.EROFS, "Read-only file system", "/srv/.venv"),
            "/srv/.venv can't be written to. Copy the project",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full."),
        (OSError(errno.EMFILE, "Too many open files"), "The machine refused: "),
    ],
)
def test_a_failure_is_a_sentence_and_no_traceback(fault, sentence, monkeypatch, capsys):
    def fail(arguments: list[str]) -> int:
        raise fault

    monkeypatch.setitem(commands.COMMANDS, "", fail)

    code = commands.main([])

    told = capsys.readouterr().err
    assert code == 1
    assert told.startswith(sentence)
    assert "Traceback" not in told


def test_an_unknown_command_shows_the_known_ones(capsys):
    code = commands.main(["sevre"])

    told = capsys.readouterr().err
    assert code == 2
    assert told.startswith("run.py knows no 'sevre'.")
    assert "python3 run.py test" in told


def test_an_old_python_is_sent_away_with_a_sentence(tmp_path):
    source = (machine.ROOT / "run.py").read_text().replace("sys.version_info < (3, 11)", "sys.version_info < (4, 0)")
    (tmp_path / "run.py").write_text(source)

    done = subprocess.run(["python3", "-E", "run.py"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("The cinema needs Python 3.11 or newer; this is ")
    assert "Traceback" not in done.stderr


# --- The figures of a test run -------------------------------------------------------------------------------


def test_the_figures_of_all_runs_are_added_up(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="10" failures="1" errors="1" skipped="2"/></testsuites>')

    total = checks.Tally(passed=8) + checks.read_report(report)

    assert str(total) == "14 passed, 2 failed, 2 skipped"


def test_a_run_without_a_report_counts_nothing(tmp_path):
    assert checks.read_report(tmp_path / "none.xml") == checks.Tally()


def test_what_is_missing_is_named_with_the_line_that_brings_it():
    assert checks.how_to_get(["PostgreSQL", "Redis"]) == "To get it: sudo apt install postgresql redis-server"


def test_where_ci_is_set_nothing_may_be_missing(monkeypatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setitem(checks.TOOLS, "Chromium", (lambda: None, "chromium"))

    with pytest.raises(Stop, match=r"^Nothing may be skipped where CI is set\. To get it: sudo apt install .*chromium"):
        checks.check_everything([])


def test_nothing_of_a_package_is_imported_before_it_is_installed():
    done = subprocess.run(
        ["python3", "-S", "-I", "-c", f"import sys; sys.path.insert(0, {str(machine.ROOT)!r}); import runner.commands"],
        cwd="/",
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
