"""People who do whole acts over HTTP, for ``bench/acts.py``: kept connections, cookies, forms read off the pages."""

import asyncio
import itertools
import json
import random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

HEAD_END, CHUNKED = b"\r\n\r\n", "chunked"
CSRF = "b" * 32  # a secret that cookie and form share is a pair of Django's
ACTS_PER_CONNECTION = 10  # then another person comes, from another address
BANK = re.compile(r"/bank/[0-9a-f-]{36}/")


class Unexpected(Exception):
    """An answer that the act at hand doesn't allow."""


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """One kept connection from an address of its own: all of 127.0.0.0/8 is this machine."""

    def __init__(self, port: int) -> None:
        self.port, self.writer, self.acts = port, None, 0

    async def ready(self) -> "Connection":
        """Open, and after some acts from somewhere else."""
        if self.writer is None or self.acts >= ACTS_PER_CONNECTION:
            self.close()
            here = f"127.{random.randint(1, 250)}.{random.randint(0, 250)}.{random.randint(1, 250)}"
            opened = asyncio.open_connection("127.0.0.1", self.port, local_addr=(here, 0), limit=2**20)
            self.reader, self.writer = await opened
            self.acts = 0
        self.acts += 1
        return self

    def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request and its whole answer."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self.reader.readuntil(HEAD_END)).decode("latin-1").split("\r\n")
        told = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        return Answer(int(head[0][9:12]), told, await self._body(told))

    async def _body(self, told: dict[str, str]) -> bytes:
        if told.get("transfer-encoding") != CHUNKED:
            return await self.reader.readexactly(int(told.get("content-length", "0")))
        whole = b""
        while size := int(await self.reader.readline(), 16):
            whole += await self.reader.readexactly(size)
            await self.reader.readline()
        await self.reader.readline()
        return whole


Act = Callable[[Connection], Awaitable[None]]


@dataclass
class Crowd:
    """What there is to buy, and the acts of those who buy."""

    found: dict
    taken: dict[int, list] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seats = self.found["seats"]
        pairs = [seats[at : at + 2] for at in range(0, len(seats) - 1, 2)]
        self.customers = itertools.cycle(self.found["customers"])
        rushed, sold = self.found["showtimes"][:50], self.found["showtimes"][50:]
        self.rushes, self.shown = itertools.cycle(rushed), itertools.cycle(sold)
        # Showtime after showtime, so that neighbours in time are no neighbours in a hall.
        self.free = itertools.product(pairs, sold)
        self.wanted = [seats[at : at + 2] for at in range(7)]

    def acts(self) -> Iterator[tuple[str, Act, Act | None]]:
        """Each act with its name and what stands beside it."""
        yield "two seats held and paid by API", self.sale, self.bare_sale
        yield "held by API", self.hold, self.bare_hold
        yield "flash sale, attempts", self.attempt, self.bare_attempt
        yield "seat map of 300 by API", self.seat_map, self.bare_seat_map
        yield "authenticated call that does nothing", self.nothing, None
        yield "held on the page", self.hold_on_page, self.bare_page
        yield "whole check-out by pages", self.check_out, None
        yield "home", self.page("/"), self.bare_page
        yield "film", self.page(f"/films/{self.found['film']}/"), self.bare_page
        yield "seat page", self.seat_page, self.bare_page

    async def sale(self, line: Connection) -> None:
        """Hold two seats, then pay them at the sandbox bank."""
        (token, _cookie), (pair, showtime) = next(self.customers), next(self.free)
        order = await self._hold(line, token, showtime, pair)
        body = {"provider": "sandbox", "token": "success"}
        await api(line, f"/api/v1/orders/{order['data']['orderId']}/pay", body, token)

    async def hold(self, line: Connection) -> None:
        """Hold two seats nobody has asked for yet."""
        (token, _cookie), (pair, showtime) = next(self.customers), next(self.free)
        await self._hold(line, token, showtime, pair)

    async def attempt(self, line: Connection) -> None:
        """Ask for two of the few seats that everybody wants."""
        token = next(self.customers)[0]
        await self._hold(line, token, next(self.rushes), random.choice(self.wanted), {200, 409})

    async def _hold(self, line: Connection, token: str, showtime: int, pair: list, allowed=frozenset({200})) -> dict:
        body = {"scheduleId": showtime, "seats": [label for _id, label in pair]}
        return await api(line, "/api/v1/orders", body, token, allowed)

    async def seat_map(self, line: Connection) -> None:
        """Read the whole seat map."""
        token = next(self.customers)[0]
        found = await api(line, f"/api/v1/schedules/{next(self.shown)}/seats", None, token)
        require(len(found["data"]["seats"]) == len(self.found["seats"]), "a whole map")

    async def nothing(self, line: Connection) -> None:
        """Call what only says that it was called."""
        await api(line, "/api/bare/nothing", None, next(self.customers)[0])

    async def bare_hold(self, line: Connection) -> None:
        """The same seats by the bare view."""
        await self._bare_hold(line)

    async def bare_sale(self, line: Connection) -> None:
        """Held and paid by the bare views."""
        await api(line, "/bare/pay", {"order": await self._bare_hold(line)})

    async def _bare_hold(self, line: Connection) -> int:
        pair, showtime = next(self.free)
        body = {
            "customer": self.found["bare_customer"],
            "showtime": showtime,
            "seats": [seat_id for seat_id, _label in pair],
        }
        return (await api(line, "/bare/orders", body))["orderId"]

    async def bare_attempt(self, line: Connection) -> None:
        """The few seats by the bare view."""
        seats = [seat_id for seat_id, _label in random.choice(self.wanted)]
        body = {"customer": self.found["bare_customer"], "showtime": next(self.rushes), "seats": seats}
        await api(line, "/bare/orders", body, allowed={200, 409})

    async def bare_seat_map(self, line: Connection) -> None:
        """The map by the bare view."""
        await api(line, f"/bare/seats/{next(self.shown)}", None)

    async def bare_page(self, line: Connection) -> None:
        """A page with nothing on it."""
        await page(line, "GET", "/bare/page")

    def page(self, path: str) -> Act:
        """An act: a visitor without a session looks at a page."""

        async def look(line: Connection) -> None:
            await page(line, "GET", path)

        return look

    async def seat_page(self, line: Connection) -> None:
        """Look at the seats, without being logged in."""
        await page(line, "GET", f"/showtimes/{next(self.shown)}/")

    async def hold_on_page(self, line: Connection) -> None:
        """Send the form of the seat page."""
        cookie, (pair, showtime) = next(self.customers)[1], next(self.free)
        await self._send_seats(line, cookie, pair, showtime)

    async def _send_seats(self, line: Connection, cookie: str, pair: list, showtime: int) -> str:
        form = {"seats": [seat_id for seat_id, _label in pair]}
        return (await page(line, "POST", f"/showtimes/{showtime}/", cookie, form, {302})).headers["location"]

    async def check_out(self, line: Connection) -> None:
        """Seat page, hold, order, bank, yes, tickets."""
        cookie, (pair, showtime) = next(self.customers)[1], next(self.free)
        await page(line, "GET", f"/showtimes/{showtime}/", cookie)
        order = await self._send_seats(line, cookie, pair, showtime)
        await page(line, "GET", order, cookie)
        bank = await page(line, "POST", f"{order}pay/", cookie, {"provider": "sandbox"}, {302})
        bank_page = BANK.search(bank.headers["location"])
        require(bank_page is not None, "the bank's page")
        await page(line, "GET", bank_page[0], cookie)
        await page(line, "POST", bank_page[0], cookie, {"word": "success"}, {302})
        tickets = await page(line, "GET", order, cookie)
        require(tickets.body.count(b"/tickets/") >= len(pair), "tickets")


async def api(line: Connection, path: str, body: dict | None, token: str = "", allowed=frozenset({200})) -> dict:
    """A call of the API; with a body it is a POST. Raises Unexpected."""
    headers = {"Content_Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    sent = b"" if body is None else json.dumps(body).encode()
    answer = await line.ask("GET" if body is None else "POST", path, sent, **headers)
    require(answer.status in allowed, f"{path}: {answer.status} {answer.body[:200]!r}")
    return json.loads(answer.body)


async def page(
    line: Connection, method: str, path: str, session: str = "", form: dict | None = None, allowed=frozenset({200})
) -> Answer:
    """A page, or a form that is sent. Raises Unexpected."""
    cookie = f"csrftoken={CSRF}" + (f"; sessionid={session}" if session else "")
    sent = urlencode({"csrfmiddlewaretoken": CSRF, **form}, doseq=True).encode() if form else b""
    answer = await line.ask(method, path, sent, Cookie=cookie, Content_Type="application/x-www-form-urlencoded")
    require(answer.status in allowed, f"{method} {path}: {answer.status} {answer.body[:200]!r}")
    return answer


def require(fact: bool, wanted: str) -> None:
    """Raises Unexpected."""
    if not fact:
        raise Unexpected(wanted)


@dataclass
class Turn:
    """What one side did in its turn."""

    done: int = 0
    seconds: float = 0.0
    delays: list[float] = field(default_factory=list)
    strange: Counter = field(default_factory=Counter)


async def take_turn(act: Act, *, port: int, connections: int, seconds: float) -> Turn:
    """So many people do the act again and again for a while; all of them end what they have begun."""
    turn, began = Turn(), time.perf_counter()

    async def go_on() -> None:
        line = Connection(port)
        while (at := time.perf_counter()) < began + seconds:
            try:
                await asyncio.wait_for(act(await line.ready()), 60)
            except (Unexpected, OSError, EOFError) as fault:
                turn.strange[str(fault)[:300]] += 1
                line.close()
                continue
            turn.done += 1
            turn.delays.append(time.perf_counter() - at)
        line.close()

    await asyncio.gather(*(go_on() for _ in range(connections)))
    turn.seconds = time.perf_counter() - began
    return turn
