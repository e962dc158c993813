"""How many people can talk in one room: a server on one core, its Redis, PostgreSQL and the crowd on the others.

    python -m bench.chat_load                         300, 500 and 1000 sockets, and those who don't read
    python -m bench.chat_load --loads 500x10,300x60   sockets x messages a second
    python -m bench.chat_load --deflate               the same with compression, which production has switched off
    python -m bench.chat_load --tutorial              the same beside what tutorials build on the core Redis layer

It starts everything it needs in scratch folders and takes it away again. It ends with an error when a message was
lost, doubled or out of order, or when a stalled reader was not sent away; times are printed, not judged.
"""

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psutil
import uvloop

from bench.crowds import crowd, hang_up, received, talk, until_all
from bench.stalled_readers import MEBIBYTE, memory_of, stall
from runner import servers
from runner.production import socket_workers

ROOT = Path(__file__).resolve().parent.parent
WARM_UP_SECONDS = 2


@dataclass
class Result:
    """What one load gave."""

    name: str
    sockets: int
    a_second: int
    seconds: float
    wanted: int
    got: int
    doubled: int
    unordered: int
    delays: list[float] = field(repr=False)
    entry_seconds: float
    cpu: float
    memory: int

    @property
    def row(self) -> str:
        """A line of the table."""
        p50, p99 = (statistics.quantiles(self.delays, n=100)[at - 1] * 1000 for at in (50, 99))
        return (
            f"| {self.name} | {self.sockets} | {self.a_second} | {self.got / self.seconds:,.0f} "
            f"| {p50:.0f} | {p99:.0f} | {self.wanted - self.got} | {self.doubled} | {self.unordered} "
            f"| {self.cpu:.0%} | {self.memory / MEBIBYTE:.0f} | {self.entry_seconds:.1f} |"
        )

    @property
    def faultless(self) -> bool:
        """Whether everybody got everything once and in order."""
        return self.got == self.wanted and not self.doubled and not self.unordered


HEAD = (
    "| server | sockets | messages/s | deliveries/s | p50 ms | p99 ms | lost | doubled | out of order | CPU | MiB "
    "| all in after s |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


@contextlib.contextmanager
def pinned(command: list[str], environment: dict[str, str], core: int, port: int) -> Iterator[psutil.Process]:
    """A server on one core, ended for certain."""
    with tempfile.TemporaryDirectory(prefix="cinema-load-") as folder, open(Path(folder) / "log", "wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(server.pid, {core})
        try:
            servers.wait_for(server, port, Path(folder))
            yield psutil.Process(server.pid)
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(10)
            server.kill()
            server.wait()
            for line in (Path(folder) / "log").read_text(errors="replace").splitlines()[-10:]:
                print("   server:", line, file=sys.stderr)


def asgi(port: int, application: str = "cinema.asgi:application", *, deflate: bool = False) -> list[str]:
    """The command of a socket worker as production has it, but for compression where that is asked for."""
    *command, _ours = socket_workers(Path(sys.executable), port, 1)
    return [*command, *(("--ws-per-message-deflate", "true") if deflate else ()), application]


def manage(environment: dict[str, str], *arguments: str) -> str:
    """A management command of the product; answers what it printed."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout.strip()


FILM = """
from catalog.models import Movie
for number in range(20):
    print("movie-%d" % Movie.objects.create(title="流浪", duration=100, status="released").pk)
"""


async def measure(
    name: str,
    server: psutil.Process,
    port: int,
    room: str,
    load: tuple[int, int],
    options: argparse.Namespace,
) -> Result:
    """One load against one server."""
    sockets, a_second = load
    wires, entry = await crowd(port, room, sockets, options.deflate)
    warm_up = await talk(wires, room, a_second, WARM_UP_SECONDS, "warm")
    await until_all(wires, len(warm_up), 20)
    for wire in wires:
        wire.frames.clear()
    before, began = sum(server.cpu_times()[:2]), time.perf_counter()
    sent = await talk(wires, room, a_second, options.seconds, "load")
    await asyncio.sleep(0.2)
    cpu = (sum(server.cpu_times()[:2]) - before) / (time.perf_counter() - began)
    await until_all(wires, len(sent), 20)
    delays, unordered, doubled, got, last = [], 0, 0, 0, began
    for wire in wires:
        frames = received(wire, "load")
        numbers = [int(frame["content"].split()[1]) for _, frame in frames]
        order = [frame.get("seq", number) for (_, frame), number in zip(frames, numbers, strict=True)]
        unordered += sum(a > b for a, b in pairwise(order))
        doubled += len(numbers) - len(set(numbers))
        got += len(set(numbers))
        delays += [at - sent[number] for (at, _), number in zip(frames, numbers, strict=True)]
        last = max([last, *(at for at, _ in frames)])
    result = Result(
        name=name,
        sockets=sockets,
        a_second=a_second,
        seconds=last - began,
        wanted=len(sent) * sockets,
        got=got,
        doubled=doubled,
        unordered=unordered,
        delays=delays,
        entry_seconds=entry,
        cpu=cpu,
        memory=memory_of(server),
    )
    print(result.row, flush=True)
    await hang_up(wires)
    return result


async def run(options: argparse.Namespace, environment: dict[str, str], rooms: Iterator[str]) -> bool:
    """Every load against our server, then the same against the tutorials' where that is asked for."""
    good = True
    print(HEAD, flush=True)
    port = servers.free_port()
    with pinned(asgi(port, deflate=options.deflate), environment, 0, port) as server:
        for load in options.loads:
            result = await measure("ours", server, port, next(rooms), load, options)
            good = good and result.faultless
        if not options.no_stall:
            good = await stall(server, port, [next(rooms) for _ in range(5)]) and good
    if options.tutorial:
        for load in options.loads:
            port = servers.free_port()
            with pinned(asgi(port, "bench.tutorial_asgi:application"), environment, 0, port) as server:
                await measure("tutorial", server, port, "room", load, options)
    return good


def main() -> int:
    """Read the options, start what is needed, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loads", default="300x10,500x10,1000x10")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--tutorial", action="store_true")
    parser.add_argument("--no-stall", action="store_true")
    parser.add_argument("--deflate", action="store_true", help="with compression, as browsers and uvicorn offer it")
    options = parser.parse_args()
    options.loads = [tuple(map(int, load.split("x"))) for load in options.loads.split(",")]
    binaries, redis = servers.find_postgres(), servers.find_redis()
    if binaries is None or redis is None:
        raise SystemExit("PostgreSQL and Redis are needed: sudo apt install postgresql redis-server")
    with (
        tempfile.TemporaryDirectory(prefix="cinema-load-") as folder,
        servers.postgres(binaries) as database_url,
        servers.redis(redis) as redis_url,
    ):
        known = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "VAR_DIR": folder, "RATE_LIMITS": "off"}
        environment = {**os.environ, **known, "SECRET_KEY": "for-a-measurement-only" * 3}
        environment["DJANGO_SETTINGS_MODULE"] = "cinema.settings"
        manage(environment, "migrate", "-v", "0")
        rooms = iter(manage(environment, "shell", "-v", "0", "-c", FILM).split())
        if hasattr(os, "sched_setaffinity"):
            others = os.sched_getaffinity(0) - {0} or {0}
            for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
                process.cpu_affinity(list(others))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
            return 0 if loop.run(run(options, environment, rooms)) else 1


if __name__ == "__main__":
    sys.exit(main())
