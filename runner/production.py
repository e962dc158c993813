"""``python3 run.py serve``: the shape of production on one machine.

nginx in front; HTTP under WSGI workers, `/ws/` under ASGI workers, since synchronous views run many times faster so.
PostgreSQL and Redis are the machine's own, named by DATABASE_URL and REDIS_URL. Everything ends when one part does:
what restarts it is the service manager's business.
"""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from string import Template

from runner.first_look import address, refuse_taken_port
from runner.machine import ROOT, RUNTIME_LOCK, Stop, ready_environment, say, var_dir
from runner.servers import end_with_parent, find_nginx, free_port

NEEDED = {
    "SECRET_KEY": 'a long random text: python3 -c "import secrets; print(secrets.token_urlsafe(50))"',
    "JOURNAL_KEY": "another long random text, made the same way, that seals the journal; keep a copy of it",
    "DATABASE_URL": "a PostgreSQL, postgres://user:password@host:5432/name",
    "REDIS_URL": "a Redis, redis://host:6379/0",
    "ALLOWED_HOSTS": "the names the site goes by, such as cinema.example",
}
# Its name, its command, where it answers once it is ready; nowhere for one that only works.
Part = tuple[str, list[str], tuple[str, int] | None]


def serve_production(arguments: list[str]) -> int:
    """Check, set up and serve until stopped or until a part ends."""
    if arguments:
        raise Stop(f"run.py serve takes nothing more, but got: {' '.join(arguments)}")
    environment = production_environment(os.environ)
    nginx, tls = nginx_program(), tls_lines(os.environ)
    web_count = workers(os.environ, "WEB_WORKERS", os.cpu_count() or 1)
    socket_count, job_count = workers(os.environ, "SOCKET_WORKERS", 1), workers(os.environ, "JOB_WORKERS", 1)
    host, port = address(os.environ.get("HOST", ""), os.environ.get("PORT", ""))
    refuse_taken_port(host, port)
    python = ready_environment(RUNTIME_LOCK)
    if subprocess.run([str(python), "-m", "runner.web", "--set-up"], cwd=ROOT, env=environment, check=False).returncode:
        return 1
    with tempfile.TemporaryDirectory(prefix="cinema-") as folder:
        Path(folder).chmod(0o711)  # nginx's own workers are somebody else when it is started as root
        web, sockets = free_port(), free_port()
        config = Path(folder, "nginx.conf")
        config.write_text(nginx_config(Path(folder), host, port, web, sockets, tls))
        # nginx comes last, when both kinds of workers answer, so that nobody meets an error while they start.
        parts: list[Part] = [
            *((f"worker {number}", job_worker(python), None) for number in range(1, job_count + 1)),
            ("WSGI workers", web_workers(python, web, web_count), here(web)),
            ("ASGI workers", socket_workers(python, sockets, socket_count), here(sockets)),
            ("nginx", [nginx, "-p", folder, "-c", str(config), "-e", "stderr"], here(port, host)),
        ]
        return supervise(parts, environment, f"{'https' if tls else 'http'}://{host}:{port}/")


def production_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of every part. Raises Stop while something is missing that production can't do without."""
    missing = [f"  {name}: {what}" for name, what in NEEDED.items() if not given.get(name, "").strip()]
    if missing:
        raise Stop("Production needs these variables, which are not set:\n" + "\n".join(missing))
    if not given["DATABASE_URL"].strip().startswith("postgres"):
        raise Stop("Several processes need PostgreSQL: write DATABASE_URL=postgres://user:password@host:5432/name")
    made = {"VAR_DIR": str(var_dir()), "DJANGO_SETTINGS_MODULE": "cinema.settings", "BEHIND_PROXY": "on"}
    return {"DEMO": "off", "CLAIM_FIRST": "on", **given, **made}


def nginx_program() -> str:
    """The nginx of this machine. Raises Stop where there is none."""
    if found := find_nginx():
        return found
    raise Stop("nginx is missing; it stands in front of the workers. Install it: sudo apt install nginx")


def workers(given: Mapping[str, str], name: str, default: int) -> int:
    """How many processes. Raises Stop for what is no sensible number."""
    word = given.get(name, "").strip() or str(default)
    if not word.isdigit() or not 1 <= int(word) <= 64:
        raise Stop(f"{name}={word!r} is no number of processes. Write a number from 1 to 64.")
    return int(word)


def web_workers(python: Path, port: int, count: int) -> list[str]:
    """Granian in WSGI mode: pages and API."""
    listen = ["--host", "127.0.0.1", "--port", str(port)]
    return [
        *(str(python.parent / "granian"), "--interface", "wsgi", *listen, "--workers", str(count)),
        *("--blocking-threads", "4", "--respawn-failed-workers", "--no-ws", "--log-level", "warning"),
        "cinema.wsgi:application",
    ]


def socket_workers(python: Path, port: int, count: int) -> list[str]:
    """Uvicorn: the sockets. It believes the addresses that nginx on this machine tells it."""
    listen = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(count)]
    return [
        *(str(python), "-m", "uvicorn", *listen, "--ws", "websockets-sansio", "--lifespan", "off"),
        *("--proxy-headers", "--forwarded-allow-ips", "127.0.0.1", "--log-level", "warning"),
        *("--ws-per-message-deflate", "false", "--ws-max-size", "4194304", "--timeout-graceful-shutdown", "5"),
        "cinema.asgi:application",
    ]


def job_worker(python: Path) -> list[str]:
    """One process that does the work behind the pages; it finishes what it is at within the time it is given to end."""
    return [str(python), "manage.py", "work", "--grace", "8"]


def nginx_config(folder: Path, host: str, port: int, web: int, sockets: int, tls: str) -> str:
    """A whole configuration for an nginx of our own, around the same rules that deploy/nginx.conf uses."""
    template = Template((ROOT / "deploy" / "nginx-one-machine.conf").read_text())
    listen = f"[{host.strip('[]')}]:{port}" if ":" in host.strip("[]") else f"{host}:{port}"
    rules = ROOT / "deploy" / "nginx-rules.conf"
    media = Path(os.environ.get("MEDIA_ROOT", "").strip() or var_dir() / "media").absolute()
    ports = {"listen": f"{listen} ssl" if tls else listen, "web": web, "sockets": sockets}
    return template.substitute(folder=folder, rules=rules, media=media, tls=tls, **ports)


def tls_lines(given: Mapping[str, str]) -> str:
    """What nginx is told of TLS; nothing without HTTPS. Raises Stop where the certificate is missing."""
    if given.get("HTTPS", "").strip().lower() not in {"on", "true", "yes", "1"}:
        return ""
    files = [Path(given.get(name, "").strip() or "/nowhere") for name in ("TLS_CERTIFICATE", "TLS_KEY")]
    if not all(file.is_file() for file in files):
        raise Stop(
            "HTTPS=on needs a certificate here: set TLS_CERTIFICATE and TLS_KEY to its files, or take what "
            "deploy/ holds for a server with an nginx of its own."
        )
    return f"ssl_certificate {files[0].absolute()};\n        ssl_certificate_key {files[1].absolute()};"


def supervise(parts: list[Part], environment: dict[str, str], base: str) -> int:
    """Start all parts, one after the other answers, and wait. Raises Stop when one of them ends unasked."""
    asked: list[int] = []
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda number, frame: asked.append(number))
    with contextlib.ExitStack() as life:
        alive: dict[str, subprocess.Popen] = {}
        for name, command, place in parts:
            alive[name] = life.enter_context(part(command, environment))
            while not asked and place and not listens(place):
                refuse_ended(alive)
                time.sleep(0.05)
        if not asked:
            say(f"\n  Serving {base}   (Ctrl-C stops it)\n")
        while not asked:
            refuse_ended(alive)
            time.sleep(0.2)
    return 0


def here(port: int, host: str = "127.0.0.1") -> tuple[str, int]:
    """Where this machine reaches what listens on ``host``."""
    bare = host.strip("[]")
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bare, bare), port


def listens(place: tuple[str, int]) -> bool:
    """Whether something takes connections there."""
    with contextlib.suppress(OSError), socket.create_connection(place, 1):
        return True
    return False


def refuse_ended(alive: dict[str, subprocess.Popen]) -> None:
    """Raises Stop as soon as one part has ended."""
    for name, process in alive.items():
        if process.poll() is not None:
            raise Stop(f"Of all parts, {name} ended with code {process.returncode}; stopping the rest.")


@contextlib.contextmanager
def part(command: list[str], environment: dict[str, str]):
    """One process for as long as the block lasts; asked to end, then made to."""
    apart = {"stdin": subprocess.DEVNULL, "start_new_session": True, "preexec_fn": end_with_parent}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **apart)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
