"""The second half of ``python3 run.py``, inside the virtual environment: set up what is missing and serve.

One process does all of it, since loading Django twice would double the time of a start. What a start does not need is
not loaded, and nothing is thrown away during it, so the collector of garbage has the day off until it is over.
"""

import contextlib
import gc
import hashlib
import io
import os
import socket
import sys
from pathlib import Path

import django
import uvicorn
from django.apps import apps
from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import import_string

from cinema.realtime import bus_answers
from runner.machine import ROOT, Stop, say

# The people whom `manage.py demo` makes.
DEMO_LOGINS = [
    ("admin", "demo-admin-2026", "the manager"),
    ("mei", "demo-mei-2026", "the box office"),
    ("lin", "demo-lin-2026", "a customer"),
]


def main(arguments: list[str]) -> int:
    """Set up and, unless only that was asked for, serve until stopped; every expected failure is a sentence."""
    gc.disable()
    serving_production = arguments == ["--set-up"]
    try:
        django.setup()
        require_answers()
        if serving_production:
            require_checks()
        set_up()
    except (Stop, ImproperlyConfigured) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"The machine refused: {error}\n")
        return 1
    except DatabaseError as error:
        sys.stderr.write(f"The database refused: {str(error).strip()}\n")
        return 1
    if serving_production:
        say("\n".join(log_ins()))
        call_command("setup_code", if_unclaimed=True)
    else:
        serve(os.environ["HOST"], int(os.environ["PORT"]))
    return 0


def set_up() -> None:
    """Tables, static files and the demo's programme, each only where something is missing."""
    if unapplied_migrations():
        say("Setting up the database.")
        call_command("migrate", verbosity=0, interactive=False)
    collect_static()
    if settings.DEMO:
        # Lays it where there is no film, else only fills up a programme that runs dry. Who may log in, the banner says.
        told = io.StringIO()
        call_command("demo", stdout=told)
        say(told.getvalue().partition("\n")[0])
    connection.close()


def require_checks() -> None:
    """Say what `check --deploy` says. Raises Stop for errors: such a house must not be opened."""
    found = [one for one in run_checks(include_deployment_checks=True) if not one.is_silenced()]
    lines = [f"  {one.id}: {one.msg.partition('. ')[0].rstrip('.')}.\n      {one.hint or ''}".rstrip() for one in found]
    errors = [line for one, line in zip(found, lines, strict=True) if one.level >= ERROR]
    if warned := [line for line in lines if line not in errors]:
        say("Before you open, look at these:\n" + "\n".join(warned))
    if errors:
        raise Stop("The cinema does not start like this:\n" + "\n".join(errors))


def require_answers() -> None:
    """Raises Stop when PostgreSQL or Redis were named but do not answer."""
    url = os.environ.get("DATABASE_URL", "").strip()
    if connection.vendor == "postgresql":
        try:
            connection.Database.connect(url, connect_timeout=5).close()  # type: ignore[attr-defined]
        except connection.Database.Error as error:  # type: ignore[attr-defined]
            raise Stop(f"The database of DATABASE_URL does not answer: {str(error).strip()}") from None
    if not bus_answers():
        raise Stop("The Redis of REDIS_URL does not answer: is it running, and is the address right?")


def unapplied_migrations() -> set[tuple[str, str]]:
    """Migrations on the disk that the database does not know, found without loading them."""
    there = {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[0-9]*.py")
    }
    return there - set(MigrationRecorder(connection).applied_migrations())


def collect_static() -> None:
    """Gather the static files under hashed names, unless they are those of the last time."""
    stamp = settings.VAR_DIR / "static.stamp"
    wanted = static_fingerprint()
    collected = Path(settings.STATIC_ROOT, "staticfiles.json").is_file()
    if collected and stamp.is_file() and stamp.read_text() == wanted:
        return
    say("Collecting the static files.")
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)


def static_fingerprint() -> str:
    """Changes when a static file of ours or a library that brings some does."""
    digest = hashlib.sha256(f"{settings.STATIC_ROOT}{sys.version}".encode())
    digest.update((ROOT / "requirements.txt").read_bytes())
    folders = [Path(folder) for folder in settings.STATICFILES_DIRS]
    folders += [Path(app.path, "static") for app in apps.get_app_configs() if Path(app.path).is_relative_to(ROOT)]
    for folder in folders:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            about = file.stat()
            digest.update(f"{file} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def serve(host: str, port: int) -> None:
    """Serve HTTP and websockets in this process until Ctrl-C or a request to end."""
    application = import_string("cinema.asgi.application")
    import_string(f"{settings.ROOT_URLCONF}.urlpatterns")  # now, and not while the first visitor waits
    gc.freeze()
    gc.enable()
    config = uvicorn.Config(
        application, host=host.strip("[]"), port=port, ws="websockets-sansio", lifespan="off", proxy_headers=False,
        server_header=False, access_log=False, log_config=None, timeout_graceful_shutdown=5,
        ws_per_message_deflate=False, ws_max_size=4 * 2**20,
    )  # fmt: skip
    worker = import_string("cinema.jobs.worker.Worker")().start()
    with contextlib.suppress(KeyboardInterrupt):
        Announced(config, banner(host, port)).run()
    worker.stop(grace=5)


class Announced(uvicorn.Server):
    """A server that says what it serves once it listens."""

    def __init__(self, config: uvicorn.Config, words: str) -> None:
        super().__init__(config)
        self.words = words

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        if self.started:
            say(self.words)


def log_ins() -> list[str]:
    """Whom one may log in as; nobody outside the demo."""
    if not settings.DEMO:
        return []
    return ["", *(f"  log in as     {name} / {password}   ({who})" for name, password, who in DEMO_LOGINS)]


def banner(host: str, port: int) -> str:
    """What somebody who has just started it wants to know."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host.strip("[]") else host)
    base = f"http://{shown}:{port}"
    lines = [
        "",
        f"  {settings.CINEMA_NAME} · {settings.CINEMA_NAME_EN}",
        "",
        f"  the cinema    {base}/      in English  {base}/en/",
        f"  back office   {base}/admin/",
        f"  the API       {base}/api/docs",
    ]
    if settings.EMAIL_BACKEND == "cinema.mail.KeptMail":
        lines.append(f"  mail          {settings.EMAIL_FILE_PATH}/   (kept there, since no EMAIL_HOST is set)")
    lines += log_ins()
    if settings.DEMO and host not in {"127.0.0.1", "localhost", "::1", "[::1]"}:
        lines += ["", "  Everybody who reaches this address may know these passwords too."]
    return "\n".join([*lines, "", "  Ctrl-C stops it.", ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
