"""PostgreSQL and Redis for a test run only: on free ports, with their data in a folder that is thrown away."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

with contextlib.suppress(ImportError):  # there is none on Windows, where no throw-away servers are started either
    import pwd

PR_SET_PDEATHSIG = 1  # from linux/prctl.h
POSTGRES_HOMES = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt")


class ServerFailed(Exception):
    """A throw-away server did not come up; the text holds its own last words."""


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find_postgres() -> Path | None:
    """The folder with initdb and postgres in it; the newest, where there are several. None without one."""
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    found = [file.parent for home in POSTGRES_HOMES for file in Path(home).glob("*/bin/initdb")]
    return max(found, key=lambda folder: [int(n) for n in folder.parent.name.split(".") if n.isdigit()], default=None)


def find_redis() -> str | None:
    """The Redis server of this machine (Valkey speaks the same), or None."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def find_chromium() -> str | None:
    """The Chromium of this machine, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def find_nginx() -> str | None:
    """The nginx of this machine, also where only root has its folder on the path; or None."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def end_with_parent() -> None:
    """Between fork and exec: ask Linux to end this process when its parent is killed: none is left over."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def unprivileged() -> list[str]:
    """What to put before a command that refuses to run as root; empty for anybody else."""
    if os.geteuid() != 0:
        return []
    user = owner_of_servers()
    if setpriv := shutil.which("setpriv"):
        who = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        return [setpriv, *who, "--pdeathsig=INT", "--"]  # changing the user forgets what end_with_parent() asked for
    return [shutil.which("runuser") or "runuser", "-u", user.pw_name, "--"]


def owner_of_servers() -> "pwd.struct_passwd":
    """Who the servers run as: the caller, or where that is root, the account meant for it."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerFailed("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody.")


@contextlib.contextmanager
def folder_for_servers() -> Iterator[Path]:
    """A folder of its own under /tmp (a socket's path must be short), owned by whoever runs the servers."""
    folder = Path(tempfile.mkdtemp(prefix="cinema-", dir="/tmp"))
    try:
        owner = owner_of_servers()
        if os.geteuid() == 0:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def postgres(binaries: Path, *, as_installed: bool = False) -> Iterator[str]:
    """A PostgreSQL that forgets everything; yields the DATABASE_URL of an empty database in it.

    It doesn't wait for the disk, unless it shall be ``as_installed``, with all that initdb leaves on.
    """
    with folder_for_servers() as folder:
        data, port = folder / "data", free_port()
        run_as_owner([binaries / "initdb", "-D", data, "-U", "cinema", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"])
        careless = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
        options = [part for name, value in careless.items() if not as_installed for part in ("-c", f"{name}={value}")]
        command = [binaries / "postgres", "-D", data, "-p", port, "-k", folder, "-h", "127.0.0.1", *options]
        with running(command, folder) as server:
            wait_for(server, port, folder)
            run_as_owner([binaries / "createdb", "-h", "127.0.0.1", "-p", port, "-U", "cinema", "cinema"], tries=40)
            yield f"postgres://cinema@127.0.0.1:{port}/cinema"


@contextlib.contextmanager
def redis(binary: str, port: int | None = None) -> Iterator[str]:
    """A Redis that forgets everything; yields its REDIS_URL. Name a port to bring one back where it was."""
    with folder_for_servers() as folder:
        port = port or free_port()
        command = [binary, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        with running(command, folder) as server:
            wait_for(server, port, folder)
            yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def running(command: Sequence[object], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server in the background, ended for certain at the end."""
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(
            [*unprivileged(), *map(str, command)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours to handle: tests first, then the servers
            preexec_fn=end_with_parent,
        )
    try:
        yield server
    finally:
        server.send_signal(signal.SIGINT)  # for PostgreSQL: a fast shutdown, without waiting for clients
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(server: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    """Come back when something listens on the port. Raises ServerFailed if the server ends or stays silent."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    log = (folder / "log").read_text(errors="replace").strip().splitlines()
    raise ServerFailed(f"{server.args[-1]!r} did not start: " + " / ".join(log[-3:]))  # type: ignore[index]


def run_as_owner(command: Sequence[object], *, tries: int = 1) -> None:
    """Run a command as the servers' owner, again and again while it fails and tries are left."""
    for left in reversed(range(tries)):
        done = subprocess.run(
            [*unprivileged(), *map(str, command)], cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return
        if left:
            time.sleep(0.1)
    raise ServerFailed(f"{command[0]} failed: {done.stderr.strip()[-300:]}")
