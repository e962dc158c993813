"""How many people can talk in one room: a server on one core, its Redis, PostgreSQL and the crowd on the others.

    python -m bench.chat_load                         300, 500 and 1000 sockets, and those who don't read
    python -m bench.chat_load --loads 500x10,300x60   sockets x messages a second
    python -m bench.chat_load --tutorial              the same beside what tutorials build on the core Redis layer

It starts everything it needs in scratch folders and takes it away again. It ends with an error when a message was
lost, doubled or out of order, or when a stalled reader was not sent away; times are printed, not judged.
"""

import argparse
import asyncio
import contextlib
import json
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

from bench.wire import Wire, open_wire
from runner import servers

ROOT = Path(__file__).resolve().parent.parent
SENDERS = 20
WARM_UP_SECONDS = 2
MEBIBYTE = 2**20


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
    "| server | sockets | messages/s | deliveries/s | p50 ms | p99 ms | lost | doubled | out of order | CPU | RSS MiB "
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


def asgi(application: str, port: int) -> list[str]:
    """The command of a socket worker as production has it."""
    listen = ["--host", "127.0.0.1", "--port", str(port), "--ws", "websockets-sansio", "--lifespan", "off"]
    return [sys.executable, "-m", "uvicorn", *listen, "--log-level", "warning", application]


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


async def crowd(port: int, room: str, count: int) -> tuple[list[Wire], float]:
    """Sockets that have joined a room, and how long that took."""
    began = time.perf_counter()
    wires: list[Wire] = []
    for start in range(0, count, 50):
        opening = [open_wire(port, "/ws/chat") for _ in range(min(50, count - start))]
        wires += await asyncio.gather(*opening)
    for number, wire in enumerate(wires):
        wire.send(json.dumps({"type": "join", "room_id": room, "username": f"guest {number}"}))
    while not all(any(b'"joined"' in frame for _, frame in wire.frames) for wire in wires):
        await asyncio.sleep(0.05)
        if time.perf_counter() - began > 120:
            raise SystemExit("Not everybody could come in within two minutes.")
    return wires, time.perf_counter() - began


async def talk(
    wires: list[Wire], room: str, a_second: int, seconds: float, mark: str, filling: str = ""
) -> list[float]:
    """Speak evenly, a few people in turn, without waiting for anybody; answers when each message was sent."""
    sent: list[float] = []
    began = time.perf_counter()
    for number in range(round(a_second * seconds)):
        await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
        frame = {"type": "message", "room_id": room, "username": f"guest {number % SENDERS}"}
        frame["content"] = f"{mark} {number} {filling}"
        sent.append(time.perf_counter())
        wires[number % SENDERS].send(json.dumps(frame))
    return sent


def received(wire: Wire, mark: str) -> list[tuple[float, dict]]:
    """The messages of this talk that one socket was sent."""
    frames = [(at, json.loads(text)) for at, text in wire.frames if b'"message"' in text]
    return [(at, frame) for at, frame in frames if frame.get("content", "").startswith(f"{mark} ")]


async def until_all(wires: list[Wire], count: int, seconds: float) -> None:
    """Wait until everybody has got so many messages, or nothing more comes."""
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        if all(sum(b'"message"' in text for _, text in wire.frames) >= count for wire in wires):
            return
        await asyncio.sleep(0.25)


async def measure(name: str, server: psutil.Process, port: int, room: str, sockets: int, a_second: int, seconds: float):
    """One load against one server."""
    wires, entry = await crowd(port, room, sockets)
    warm_up = await talk(wires, room, a_second, WARM_UP_SECONDS, "warm")
    await until_all(wires, len(warm_up), 20)
    for wire in wires:
        wire.frames.clear()
    before, began = sum(server.cpu_times()[:2]), time.perf_counter()
    sent = await talk(wires, room, a_second, seconds, "load")
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
        memory=server.memory_info().rss,
    )
    print(result.row, flush=True)
    await hang_up(wires)
    return result


async def hang_up(wires: list[Wire]) -> None:
    """Close all and let the server notice."""
    for wire in wires:
        wire.transport.abort()
    await asyncio.sleep(1)


async def stall(server: psutil.Process, port: int, room: str) -> bool:
    """Readers that stop reading in a busy room: what they cost, how they end, what the others notice."""
    wires, _ = await crowd(port, room, SENDERS)
    filling = "影" * 1900
    await talk(wires, room, 60, 5, "warm", filling)
    await until_all(wires, 300, 30)
    idlers = [await open_wire(port, "/ws/chat", small=True) for _ in range(10)]
    for idler in idlers:
        idler.send(json.dumps({"type": "join", "room_id": room, "username": "idler"}))
    await asyncio.sleep(1)
    for wire in [*wires, *idlers]:
        wire.frames.clear()
    for idler in idlers:
        idler.transport.pause_reading()
    memory, peak = server.memory_info().rss, 0
    talking = asyncio.create_task(talk(wires, room, 60, 30, "load", filling))
    while not talking.done():
        await asyncio.sleep(0.1)
        peak = max(peak, server.memory_info().rss)
    sent = await talking
    await until_all(wires, len(sent), 30)
    for idler in idlers:
        idler.transport.resume_reading()
    await asyncio.sleep(3)
    delays = [at - sent[int(frame["content"].split()[1])] for wire in wires for at, frame in received(wire, "load")]
    complete = len(delays) == len(sent) * len(wires)
    codes = sorted({str(idler.closed or ("cut" if idler.lost else "open")) for idler in idlers})
    each = (peak - memory) / len(idlers) / MEBIBYTE
    print(
        f"\nTen of 30 stop reading, 60 messages/s of 6 kB: closed with {', '.join(codes)}; {each:.2f} MiB each at the "
        f"worst; the others got {'everything' if complete else 'NOT everything'}, "
        f"p99 {statistics.quantiles(delays, n=100)[98] * 1000:.0f} ms."
    )
    await hang_up(wires)
    return complete and codes == ["4003"] and each <= 5


async def run(options: argparse.Namespace, environment: dict[str, str], rooms: Iterator[str]) -> bool:
    """Every load against our server, then the same against the tutorials' where that is asked for."""
    good = True
    print(HEAD, flush=True)
    port = servers.free_port()
    with pinned(asgi("cinema.asgi:application", port), environment, 0, port) as server:
        for sockets, a_second in options.loads:
            result = await measure("ours", server, port, next(rooms), sockets, a_second, options.seconds)
            good = good and result.faultless
        if not options.no_stall:
            good = await stall(server, port, next(rooms)) and good
    if options.tutorial:
        for sockets, a_second in options.loads:
            port = servers.free_port()
            with pinned(asgi("bench.tutorial_asgi:application", port), environment, 0, port) as server:
                await measure("tutorial", server, port, "room", sockets, a_second, options.seconds)
    return good


def main() -> int:
    """Read the options, start what is needed, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loads", default="300x10,500x10,1000x10")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--tutorial", action="store_true")
    parser.add_argument("--no-stall", action="store_true")
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
