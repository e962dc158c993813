"""How many orders a second the API takes, beside the least that sells the same seats on the same server.

    python -m bench.orders                    1, 8 and 32 connections: different seats, then a flash sale
    python -m bench.orders --seconds 2        a short look
    python -m bench.orders --connections 8 --workers 1

It starts PostgreSQL, Redis where there is one and the house's own WSGI workers in scratch folders, and takes them away
again. Ours and the bare view take turns every second or so, so that whatever else the machine does strikes both alike.
It ends with an error when an answer was none of those allowed, or when the books don't add up; speed is not judged.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from runner import servers
from runner.production import web_workers

ROOT = Path(__file__).resolve().parent.parent
CUSTOMERS = 2000
FASTEST = 2500  # orders a second; so many seats are laid out
WANTED_BY_ALL = 8  # seats in a flash sale
SLICES = 4  # turns each side gets
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass
class Turn:
    """One side's turn: what was answered, and how long each answer took."""

    requests: Iterator[bytes]
    until: float
    statuses: Counter = field(default_factory=Counter)
    delays: list[float] = field(default_factory=list)
    busy: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Buyer(asyncio.Protocol):
    """A connection that is kept and asks again as soon as it is answered."""

    turn: Turn | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready to buy."""
        self.transport, self.buffer = transport, b""

    def buy(self, turn: Turn) -> None:
        """Go on until the turn is over."""
        self.turn = turn
        turn.busy += 1
        self._ask()

    def _ask(self) -> None:
        self.asked_at = time.perf_counter()
        if self.asked_at < self.turn.until:
            self.transport.write(next(self.turn.requests))
        else:
            self._leave()

    def _leave(self) -> None:
        turn, self.turn = self.turn, None
        turn.busy -= 1
        if not turn.busy:
            turn.over.set()

    def data_received(self, data: bytes) -> None:
        """Note a whole answer."""
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not found or length is None or len(body) < int(length[1]):
            return
        self.buffer = b""
        self.turn.statuses[int(head[9:12])] += 1
        self.turn.delays.append(time.perf_counter() - self.asked_at)
        self._ask()

    def connection_lost(self, why: Exception | None) -> None:
        """Nobody hangs up on a buyer: counted as an answer that isn't allowed."""
        if self.turn is not None:
            self.turn.statuses[0] += 1
            self._leave()


class House:
    """What there is to buy, and the requests for it."""

    def __init__(self, found: dict, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.customers = itertools.cycle(found["customers"])
        seats = found["seats"]
        pairs = [tuple(seats[at : at + 2]) for at in range(0, len(seats) - 1, 2)]
        turns_of_sale = 2 * 3 * SLICES + 2
        self.rushes = iter(found["showtimes"][:turns_of_sale])
        # Showtime after showtime, so that neighbours in time are no neighbours in a hall.
        self.free = itertools.product(pairs, found["showtimes"][turns_of_sale:])
        self.wanted = [tuple(seats[at : at + 2]) for at in range(WANTED_BY_ALL - 1)]

    def requests(self, side: str, rush: bool) -> Iterator[bytes]:
        """Two seats nobody has asked for yet, again and again; or in a rush two of the same few."""
        write = self.ours if side == "ours" else self.bare
        if rush:
            showtime = next(self.rushes)
            while True:
                yield write(next(self.customers), showtime, random.choice(self.wanted))
        for pair, showtime in self.free:
            yield write(next(self.customers), showtime, pair)
        raise SystemExit("All seats are sold; run it with fewer --seconds.")

    def ours(self, customer: list, showtime: int, pair: tuple) -> bytes:
        """An order as a partner sends it."""
        body = {"scheduleId": showtime, "seats": [label for _id, label in pair]}
        return self._request("/api/v1/orders", body, f"Authorization: Bearer {customer[1]}\r\n")

    def bare(self, customer: list, showtime: int, pair: tuple) -> bytes:
        """The same for the bare view."""
        body = {"customer": customer[0], "showtime": showtime, "seats": [seat_id for seat_id, _label in pair]}
        return self._request("/bare/orders", body)

    def _request(self, path: str, body: dict, headers: str = "") -> bytes:
        sent = json.dumps(body)
        return (
            f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
            f"{headers}Content-Length: {len(sent)}\r\n\r\n{sent}"
        ).encode()


@dataclass
class Side:
    """All turns of one side together."""

    answers: int = 0
    seconds: float = 0.0
    statuses: Counter = field(default_factory=Counter)
    delays: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    def delay(self, percent: int) -> float:
        """So many in a hundred were answered within so many milliseconds."""
        return statistics.quantiles(self.delays, n=100)[percent - 1] * 1000


async def take_turn(buyers: list[Buyer], requests: Iterator[bytes], seconds: float, side: Side) -> None:
    """Let all buyers buy for a while, and wait for the last answer."""
    began = time.perf_counter()
    turn = Turn(requests=requests, until=began + seconds)
    for buyer in buyers:
        buyer.buy(turn)
    await asyncio.wait_for(turn.over.wait(), seconds + 60)
    side.seconds += time.perf_counter() - began
    side.answers += len(turn.delays)
    side.statuses += turn.statuses
    side.delays += turn.delays


async def measure(house: House, port: int, connections: int, seconds: float, rush: bool) -> bool:
    """One line of the table: ours and bare in turns; answers whether every answer was one that may be."""
    loop = asyncio.get_running_loop()
    buyers = [(await loop.create_connection(Buyer, "127.0.0.1", port))[1] for _ in range(connections)]
    sides = {"ours": Side(), "bare": Side()}
    for _ in range(SLICES):
        for name, side in sides.items():
            await take_turn(buyers, house.requests(name, rush), seconds / SLICES, side)
    for buyer in buyers:
        buyer.transport.abort()
    ours, bare = sides.values()
    print(
        f"| {'flash sale' if rush else 'different seats'} | {connections} | {ours.rate:,.0f} | {bare.rate:,.0f} "
        f"| {ours.rate / bare.rate:.0%} | {ours.delay(50):.1f} | {ours.delay(99):.1f} "
        f"| {bare.delay(50):.1f} | {bare.delay(99):.1f} |",
        flush=True,
    )
    allowed = {200, 409} if rush else {200}
    strange = {name: dict(side.statuses) for name, side in sides.items() if set(side.statuses) - allowed}
    too_many = [name for name, side in sides.items() if rush and side.statuses[200] > SLICES * WANTED_BY_ALL // 2]
    if strange or too_many:
        print(f"Answers that may not be: {strange or too_many}", file=sys.stderr)
    return not strange and not too_many


HEAD = (
    "| buyers want | connections | ours/s | bare/s | ours of bare | ours p50 ms | p99 | bare p50 ms | p99 |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


async def run(options: argparse.Namespace, house: House, port: int) -> bool:
    """Warm both up, then every line."""
    with contextlib.redirect_stdout(None):
        await measure(house, port, 8, SLICES * 0.5, rush=False)
    print(HEAD, flush=True)
    good = True
    for rush in (False, True):
        for connections in options.connections:
            good = await measure(house, port, connections, options.seconds, rush) and good
    return good


def python(environment: dict[str, str], *arguments: str) -> str:
    """What a command of the product printed. Ends the run when it failed."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


@contextlib.contextmanager
def scratch_environment(pending: int) -> Iterator[dict[str, str]]:
    """The environment of a house with databases of its own."""
    binaries, redis = servers.find_postgres(), servers.find_redis()
    if binaries is None:
        raise SystemExit("There is no PostgreSQL on this machine. To get it: sudo apt install postgresql")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cinema-orders-"))
        known = {"DATABASE_URL": stack.enter_context(servers.postgres(binaries)), "VAR_DIR": folder}
        if redis:
            known["REDIS_URL"] = stack.enter_context(servers.redis(redis))
        else:
            print("Without Redis (sudo apt install redis-server), so nobody is told of the seats sold.")
        limits = {"RATE_LIMITS": "off", "MAX_PENDING_ORDERS": str(pending), "SECRET_KEY": "for-a-measurement-only" * 3}
        (Path(folder) / "static").mkdir()  # whitenoise warns where there is none
        yield {**os.environ, **known, **limits, "DJANGO_SETTINGS_MODULE": "bench.bare_settings"}


@contextlib.contextmanager
def workers(environment: dict[str, str], port: int, count: int) -> Iterator[None]:
    """The WSGI workers as ``run.py serve`` starts them."""
    with tempfile.TemporaryDirectory(prefix="cinema-orders-") as folder, open(Path(folder) / "log", "wb") as log:
        command = web_workers(Path(sys.executable), port, count)
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            servers.wait_for(server, port, Path(folder))
            yield
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(10)
            server.kill()
            server.wait()
            for line in (Path(folder) / "log").read_text(errors="replace").splitlines()[-10:]:
                print("   server:", line, file=sys.stderr)


def main() -> int:
    """Read the options, start what is needed, measure, prove the books."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6, help="for each side of each line (6)")
    parser.add_argument("--connections", default="1,8,32")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    options.connections = [int(count) for count in options.connections.split(",")]
    with scratch_environment(pending=100) as environment:
        python(environment, "manage.py", "migrate", "-v", "0")
        showtimes = 100 + int(FASTEST * (2 * options.seconds * len(options.connections) + 4)) // 100
        found = json.loads(python(environment, "-m", "bench.orders_house", str(showtimes), str(CUSTOMERS)))
        port = servers.free_port()
        with workers(environment, port, options.workers), asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
            good = loop.run(run(options, House(found, port), port))
        print(python(environment, "manage.py", "verify").strip())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
