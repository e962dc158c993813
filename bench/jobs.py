"""What a job costs whoever enqueues it, and how many a worker does in a second.

    python -m bench.jobs                     on SQLite and, where it is installed, on PostgreSQL
    python -m bench.jobs --jobs 500          a short look

Databases are made in scratch folders and thrown away. Where ``django-tasks`` and ``django-tasks-db`` are installed they
are measured beside ours (``pip install --target DIR --no-deps django-tasks django-tasks-db`` and ``PYTHONPATH=DIR``).
Jobs do nothing: what is measured is the corridor. It fails when a job was not done, or done twice.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from runner import servers

ROOT = Path(__file__).resolve().parent.parent
SIDES = {
    "ours, 3 threads": ("ours", 3),
    "ours, 1 thread": ("ours", 1),
    "django-tasks": ("theirs", 1),
}


def main() -> None:
    """Measure every side on every database, a process each, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=3000)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        side, threads = options.one
        print(json.dumps(measure(side, int(threads), options.jobs)))
        return
    print("| database | engine | enqueued, p50 ms | p99 ms | statements | jobs/s | CPU ms a job |")
    print("|---|---|--:|--:|--:|--:|--:|")
    for name, url in databases():
        for words, (side, threads) in SIDES.items():
            if side == "ours" or find_spec("django_tasks_db"):
                row = in_a_process(url, side, threads, options.jobs)
                figures = (
                    f"{row['p50']:.2f} | {row['p99']:.2f} | {row['statements']} | {row['rate']:,.0f} | {row['cpu']:.1f}"
                )
                print(f"| {name} | {words} | {figures} |", flush=True)


def databases() -> Iterator[tuple[str, str]]:
    """The name and DATABASE_URL of each."""
    with tempfile.TemporaryDirectory(prefix="cinema-bench-") as folder:
        yield "SQLite", f"sqlite:///{folder}/jobs.sqlite3"
    if binaries := servers.find_postgres():
        with servers.postgres(binaries) as url:
            yield "PostgreSQL", url


def in_a_process(url: str, side: str, threads: int, jobs: int) -> dict:
    """Measure one side in a process of its own, on a migrated database."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "bench.jobs_settings",
        "DATABASE_URL": url,
        "SECRET_KEY": "for-measuring-only-" * 3,
        "REDIS_URL": "",
    }
    with tempfile.TemporaryDirectory(prefix="cinema-bench-") as folder:
        environment["VAR_DIR"] = folder
        for command in (["manage.py", "migrate", "-v", "0"], ["-m", "bench.jobs", "--jobs", str(jobs), "--one", side]):
            arguments = [*command, str(threads)] if "--one" in command else command
            answer = subprocess.run(
                [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
            )
    return json.loads(answer.stdout)


def measure(side: str, threads: int, jobs: int) -> dict:
    """Enqueue so many, each in a transaction of its own, then have them done."""
    __import__("django").setup()
    enqueue, work, done = ours(threads) if side == "ours" else theirs()
    from django.db import connection, transaction  # noqa: PLC0415  only once Django is set up
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as queries:
        enqueue(0)
    delays = []
    for number in range(1, jobs):
        with transaction.atomic():
            begun = time.perf_counter()
            enqueue(number)
            delays.append(1000 * (time.perf_counter() - begun))
    connection.close()
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    if sorted(done) != list(range(jobs)):
        raise SystemExit(f"{len(done)} jobs were done, {len(set(done))} different ones, of {jobs}.")
    return {
        "p50": statistics.median(delays),
        "p99": statistics.quantiles(delays, n=100)[98],
        "statements": len(queries),
        "rate": jobs / seconds,
        "cpu": 1000 * cpu / jobs,
    }


def ours(threads: int) -> tuple[Callable[[int], object], Callable[[], None], list[int]]:
    """The corridor of ``cinema.jobs``: how to enqueue, how to do all, and what was done."""
    from cinema.jobs import enqueue, job  # noqa: PLC0415
    from cinema.jobs.worker import Until, Worker  # noqa: PLC0415

    done: list[int] = []
    job("bench_job")(lambda run, number: done.append(number))

    def work() -> None:
        worker = Worker(threads=threads, until=Until.EMPTY).start()
        worker.wait()
        worker.stop()

    return lambda number: enqueue("bench_job", key=str(number), number=number), work, done


def theirs() -> tuple[Callable[[int], object], Callable[[], None], list[int]]:
    """django-tasks with its database backend and its own worker."""
    from django_tasks_db.management.commands.db_worker import Worker  # noqa: PLC0415

    from bench.jobs_theirs import done, note  # noqa: PLC0415

    facts = {"interval": 0, "batch": True, "backend_name": "default", "startup_delay": False, "max_tasks": None}
    worker = Worker(queue_names=["*"], worker_id="bench", excluded_queue_names=[], **facts)
    return note.enqueue, worker.run, done


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
