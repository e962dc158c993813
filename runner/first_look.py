"""``python3 run.py``: the demo cinema, in one process, with nothing to install beyond Python."""

import contextlib
import errno
import ipaddress
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

from runner.machine import ROOT, RUNTIME_LOCK, Stop, ready_environment, var_dir


def serve_first_look(arguments: list[str]) -> int:
    """Set up whatever is missing, then become the server."""
    if arguments:
        raise Stop(f"run.py takes nothing more here, but got: {' '.join(arguments)}")
    host, port = address(os.environ.get("HOST", ""), os.environ.get("PORT", ""))
    refuse_taken_port(host, port)
    python = ready_environment(RUNTIME_LOCK)
    environment = first_look_environment(dict(os.environ), host, port, var_dir())
    return become([str(python), "-m", "runner.web"], environment)


def address(host: str, port: str) -> tuple[str, int]:
    """Where to listen, from HOST and PORT. Raises Stop for a port that is none."""
    word = port.strip() or "8000"
    if not word.isdigit() or not 1 <= int(word) <= 65535:
        raise Stop(f"PORT={word!r} is no port. Write a number from 1 to 65535, such as PORT=8000.")
    return host.strip() or "127.0.0.1", int(word)


def refuse_taken_port(host: str, port: int) -> None:
    """Raises Stop when nobody could listen there, before any work is done."""
    try:
        kind, _, _, _, where = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise Stop(f"HOST={host!r} is no address of this machine. Write HOST=127.0.0.1 or HOST=0.0.0.0.") from None
    with socket.socket(kind, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except PermissionError:
            raise Stop(f"Port {port} is reserved for the system. Take another: PORT=8000 python3 run.py") from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise Stop(f"HOST={host!r} is no address of this machine.") from None
            raise Stop(
                f"Port {port} on {host} is taken by another program. Take another: PORT={free_neighbour(port)} "
                "python3 run.py"
            ) from None


def free_neighbour(port: int) -> int:
    """A port nearby that nobody listens on, to be named in a complaint."""
    for candidate in range(port + 1, min(port + 100, 65535)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", candidate))
            return candidate
    return port + 1


def first_look_environment(given: dict[str, str], host: str, port: int, var: Path) -> dict[str, str]:
    """The environment of the server: what was given, and the demo's own answers where nothing was."""
    made = {"HOST": host, "PORT": str(port), "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "cinema.settings"}
    environment = {**given, **made}
    said = {name for name, value in given.items() if value.strip()}
    if "DEMO" not in said:
        # A key and a database of one's own are a real house: no well-known passwords, no pretended payments there.
        environment["DEMO"] = "off" if {"SECRET_KEY", "DATABASE_URL"} <= said else "on"
    if "SECRET_KEY" not in said:
        environment["SECRET_KEY"] = kept_key(var / "secret_key")
    if "JOURNAL_KEY" not in said:
        environment["JOURNAL_KEY"] = kept_key(var / "journal_key")
    if "ALLOWED_HOSTS" not in said:
        environment["ALLOWED_HOSTS"] = ",".join(own_names(host))
        if "SITE_URL" not in said:
            environment["SITE_URL"] = site_url(host, port)
    return environment


def site_url(host: str, port: int) -> str:
    """What the demo's links begin with: the address it listens on; where that is every one, the last of its names."""
    bare = host.strip("[]")
    name = bare if bare not in {"0.0.0.0", "::"} else own_names(host)[-1]
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def kept_key(file: Path) -> str:
    """A key of the demo's: made once, readable by its owner only, kept so that log-ins and seals survive a restart."""
    with contextlib.suppress(FileNotFoundError):
        if key := file.read_text().strip():
            return key
        file.unlink()
    file.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(50)
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
            kept.write(key)
    except FileExistsError:  # another start was quicker
        return file.read_text().strip()
    return key


def own_names(host: str) -> list[str]:
    """The names under which a browser may reach a server that listens on ``host``."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    bare = host.strip("[]")
    try:
        everywhere = ipaddress.ip_address(bare).is_unspecified
    except ValueError:
        everywhere = False
    if not everywhere:
        return list(dict.fromkeys([*names, f"[{bare}]" if ":" in bare else bare]))
    names.append(socket.gethostname().lower())
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks which of our addresses would be used
        names.append(probe.getsockname()[0])
    return names


def become(command: list[str], environment: dict[str, str]) -> int:
    """Turn into the server, so that signals reach it and nothing is left behind when it is killed."""
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.call(command, env=environment)
    os.execve(command[0], command, environment)
