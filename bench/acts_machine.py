"""The whole of production on this machine, as ``run.py serve`` starts it, and the CPU that each part has taken."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from bench import bare_sql
from runner import servers
from runner.production import (
    job_worker,
    nginx_config,
    nginx_program,
    part,
    production_environment,
    socket_workers,
    web_workers,
)

ROOT = Path(__file__).resolve().parent.parent
PARTS = {"postgres": "database", "redis-server": "redis", "valkey-server": "redis", "nginx": "nginx"}
DUE = "SELECT count(*) FROM cinema_job WHERE due_at <= now()"
Cpu = Counter[str]  # seconds by part


@dataclass(frozen=True)
class Machine:
    """Where the house is served, and what it was filled with."""

    port: int
    database: str
    environment: dict[str, str]
    found: dict

    def cpu(self) -> Cpu:
        """The CPU seconds that each part of the house has taken since it was started, processes that ended included."""
        taken: Cpu = Counter()
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                taken[name_of_part(process)] += sum(process.cpu_times()[:4])
        return taken

    def prove(self) -> str:
        """What ``verify`` says of the books, the bare view's sales taken back. Ends the run where they don't add up."""
        self.drain()
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(bare_sql.TAKE_BACK)
        return python(self.environment, "manage.py", "verify")

    def drain(self) -> None:
        """Wait until no job is due any more."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            deadline = time.monotonic() + 300
            while connection.execute(DUE).fetchone() != (0,):
                if time.monotonic() > deadline:
                    raise SystemExit("The job workers don't come to an end.")
                time.sleep(0.1)


def name_of_part(process: psutil.Process) -> str:
    """database, redis, nginx, web, sockets or jobs."""
    if known := PARTS.get(process.name()):
        return known
    words = " ".join(process.cmdline())
    return "sockets" if "uvicorn" in words or "spawn_main" in words else "jobs" if "manage.py work" in words else "web"


@contextlib.contextmanager
def machine(*, workers: int, showtimes: int, customers: int) -> Iterator[Machine]:
    """Everything in scratch folders, filled, and taken away again."""
    binaries, redis = servers.find_postgres(), servers.find_redis()
    if binaries is None or redis is None:
        raise SystemExit("This needs PostgreSQL and Redis: sudo apt install postgresql redis-server")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cinema-acts-")))
        folder.chmod(0o711)
        database = stack.enter_context(servers.postgres(binaries, as_installed=True))
        port, web, sockets = servers.free_port(), servers.free_port(), servers.free_port()
        known = {
            "DATABASE_URL": database,
            "REDIS_URL": stack.enter_context(servers.redis(redis)),
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECRET_KEY": "for-a-measurement-only" * 3,
            "JOURNAL_KEY": "for-another-measurement-only" * 2,
            "PAYMENT_PROVIDERS": "sandbox",
            "SILENCED_CHECKS": "cinema.E003",
            "PORT": str(port),
            "LOG_LEVEL": "ERROR",
        }
        mine = {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "bench.bare_settings"}
        environment = production_environment({**os.environ, **known}) | mine
        python(environment, "-m", "runner.web", "--set-up")
        found = json.loads(python(environment, "-m", "bench.acts_house", str(showtimes), str(customers)))
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(bare_sql.OWN_TABLES)
        config = folder / "nginx.conf"
        config.write_text(nginx_config(folder, "127.0.0.1", port, web, sockets, ""))
        me = Path(sys.executable)
        for command, listens_at in (
            (job_worker(me), None),
            (web_workers(me, web, workers), web),
            (socket_workers(me, sockets, 1), sockets),
            ([nginx_program(), "-p", str(folder), "-c", str(config), "-e", "stderr"], port),
        ):
            started = stack.enter_context(part(command, environment))
            if listens_at is not None:
                servers.wait_for(started, listens_at, folder)
        yield Machine(port, database, environment, found)


def python(environment: dict[str, str], *arguments: str) -> str:
    """What a command of the product printed last. Ends the run when it failed."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return (done.stdout.strip().splitlines() or [""])[-1]
