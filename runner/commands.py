"""The sub-commands of run.py, and how a failure is told: one sentence, never a traceback."""

import errno
import signal
import subprocess
import sys
from collections.abc import Callable

from runner.checks import check_everything
from runner.first_look import serve_first_look
from runner.machine import Stop
from runner.production import serve_production
from runner.prove import prove

USAGE = """\
python3 run.py                 make .venv, install, set up, load the demo cinema, serve it
python3 run.py serve           production on one machine: nginx, WSGI and ASGI workers, PostgreSQL, Redis
python3 run.py test [ARGS]     every check and every test; ARGS go to pytest, then only tests are run
python3 run.py prove [NAME…]   the long proofs, all or by name; --list says which there are

Variables: HOST, PORT, DATABASE_URL, REDIS_URL and the rest of the README's table."""

COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "": serve_first_look,
    "serve": serve_production,
    "test": check_everything,
    "prove": prove,
}
READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


def main(arguments: list[str]) -> int:
    """Run one sub-command and answer its exit code."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if name in {"help", "-h", "--help"}:
        print(USAGE)
        return 0
    if name not in COMMANDS:
        print(f"run.py knows no {name!r}.\n\n{USAGE}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, interrupted)  # so that whatever was started for a while is ended as by Ctrl-C
    try:
        return COMMANDS[name](rest)
    except Stop as stop:
        return complain(str(stop))
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:
        return complain(f"This did not work: {' '.join(map(str, error.cmd))}")
    except OSError as error:
        if error.errno in READ_ONLY:
            return complain(
                f"{error.filename or 'This folder'} can't be written to. Copy the project to where you may."
            )
        if error.errno == errno.ENOSPC:
            return complain("The disk is full. Free some space and start again.")
        return complain(f"The machine refused: {error}")


def interrupted(number: int, frame: object) -> None:
    """Make an orderly end of a request to end."""
    raise KeyboardInterrupt


def complain(sentence: str) -> int:
    """Say what is wrong on standard error and answer the exit code of a failure."""
    sys.stdout.flush()
    print(sentence, file=sys.stderr)
    return 1
