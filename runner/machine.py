"""This machine: the virtual environment, what is installed in it, and the stamps that keep a second start short."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RUNTIME_LOCK = "requirements.txt"


class Stop(Exception):
    """It can't go on; the text says why and what to do."""


def say(sentence: str) -> None:
    """Tell the person in front of the terminal what is going on."""
    print(sentence, flush=True)


def var_dir() -> Path:
    """Where the demo keeps its database, its key and its collected files."""
    return Path(os.environ.get("VAR_DIR", "").strip() or ROOT / "var").absolute()


def venv_python() -> Path:
    """The interpreter inside the virtual environment."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ready_environment(lock: str) -> Path:
    """The virtual environment with everything in ``lock`` installed; answers its interpreter.

    Does nothing but compare a stamp when nothing has changed since the last time.
    """
    if usable() and stamp(lock).is_file() and stamp(lock).read_text() == fingerprint(lock):
        return venv_python()
    if not usable():
        make_environment()
    say(f"Installing what {lock} names. The first time this takes a minute.")
    install(lock)
    stamp(lock).write_text(fingerprint(lock))
    if lock != RUNTIME_LOCK:  # the other lock holds everything of this one, in the same versions
        stamp(RUNTIME_LOCK).write_text(fingerprint(RUNTIME_LOCK))
    return venv_python()


def stamp(lock: str) -> Path:
    """The file that remembers what of a lock was installed last."""
    return VENV / f".installed-{lock}"


def fingerprint(lock: str) -> str:
    """Changes when the lock does or when another Python runs this."""
    return hashlib.sha256((ROOT / lock).read_bytes() + sys.version.encode()).hexdigest()


def usable() -> bool:
    """Whether .venv has an interpreter that is still there and, once anything was installed, still has it."""
    if not venv_python().exists() or made_by_old_python():
        return False
    if not any(VENV.glob(".installed-*")):
        return True
    packages = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    return any(VENV.glob(f"{packages}/django/__init__.py"))


def made_by_old_python() -> bool:
    """Whether .venv says of itself that its Python is older than what is needed."""
    about = VENV / "pyvenv.cfg"
    found = (
        re.search(r"^version(?:_info)? *= *(\d+)\.(\d+)", about.read_text(), re.MULTILINE) if about.is_file() else None
    )
    return found is not None and (int(found[1]), int(found[2])) < (3, 11)


def make_environment() -> None:
    """Make .venv anew, with uv where it works, else with Python's own venv module."""
    if VENV.is_symlink() or (VENV.exists() and not (VENV / "pyvenv.cfg").exists() and any(VENV.iterdir())):
        raise Stop(f"{VENV} is there, but is no working virtual environment. Move it away and start again.")
    if VENV.exists():
        say("The virtual environment in .venv is broken; making it anew.")
        shutil.rmtree(VENV)
    if uv := shutil.which("uv"):
        made = quietly([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)])
        if made.returncode == 0:
            return
        shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise Stop(f"Python's venv module is missing. Install it and start again: sudo apt install {package}")
    made = quietly([sys.executable, "-m", "venv", str(VENV)])
    if made.returncode:
        raise Stop(f"The virtual environment could not be made:\n{last_lines(made.stderr + made.stdout)}")


def install(lock: str) -> None:
    """Install a lock file with its hashes checked: by uv first, by pip where uv is missing or can't."""
    uv = shutil.which("uv")
    tried: list[subprocess.CompletedProcess[str]] = []
    if uv:
        command = [uv, "pip", "install", "--quiet", "--python", str(venv_python()), "--require-hashes", "-r", lock]
        tried.append(quietly(command))
        if tried[-1].returncode == 0:
            return
    if quietly([str(venv_python()), "-m", "pip", "--version"]).returncode:
        quietly([str(venv_python()), "-m", "ensurepip"])
    pip = [str(venv_python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tried.append(quietly([*pip, "--require-hashes", "-r", lock]))
    if tried[-1].returncode == 0:
        return
    raise Stop(
        f"What {lock} names could not be installed. The last words were:\n"
        f"{last_lines(tried[0].stderr)}\n"
        "Is there a network, and may this machine reach a Python package index? Then start again."
    )


def quietly(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in the project's folder and keep what it says."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def last_lines(text: str, count: int = 6) -> str:
    """The end of a long complaint, indented."""
    return "\n".join(f"    {line}" for line in text.strip().splitlines()[-count:])
