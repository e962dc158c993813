"""What breaks while people talk, and what came of it: for the tests with a few sockets, for the bench with hundreds."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from websockets import State, connect

from tests.live.faulty_house import House
from tests.live.followers import Crowd, beside

BEFORE_SECONDS, BETWEEN_SECONDS = 1.0, 0.05
PAGES = ("/", "/films/{movie}/", "/account/login/")


@dataclass
class Outcome:
    """What one fault did."""

    name: str
    sockets: int
    said: int
    lost: int
    doubled: int
    unordered: int
    away_seconds: float  # from the fault to the moment the broken part answered again
    back_seconds: float  # from then until every socket was open again
    heard_seconds: float  # from then until everybody had heard everything

    @property
    def faultless(self) -> bool:
        """Whether everybody heard everything once and in order."""
        return not (self.lost or self.doubled or self.unordered)


async def talk_through(house: House, name: str, sockets: int, breaking: Callable, texts: int = 10) -> Outcome:
    """Let a crowd in all rooms talk while ``breaking`` breaks a part and brings it back."""
    share = [sockets // len(house.rooms) + (number < sockets % len(house.rooms)) for number in range(len(house.rooms))]
    crowds = [Crowd(room, [house.sockets.ws_url] * count) for room, count in zip(house.rooms, share, strict=True)]
    people = [person for crowd in crowds for person in crowd.people]
    said = [[f"{name} {room} {number}" for number in range(texts)] for room in house.rooms]
    async with contextlib.AsyncExitStack() as stack:
        await asyncio.gather(*(stack.enter_async_context(crowd) for crowd in crowds))
        talking = [
            asyncio.create_task(crowd.talk(lines, BETWEEN_SECONDS * 10))
            for crowd, lines in zip(crowds, said, strict=True)
        ]
        await asyncio.sleep(BEFORE_SECONDS)
        broken_at = time.monotonic()
        await breaking()
        answers_at = time.monotonic()
        while any(person.chat.socket.state is not State.OPEN for person in people):
            await asyncio.sleep(0.02)
        back_at = time.monotonic()
        await asyncio.gather(*talking)
        with contextlib.suppress(TimeoutError):  # what is missing then is counted
            await asyncio.gather(*(crowd.everything_heard(texts) for crowd in crowds))
        heard = [[person.heard for person in crowd.people] for crowd in crowds]
        heard_at = max(person.heard_at for person in people)
    return Outcome(
        name=name,
        sockets=sockets,
        said=texts * len(crowds),
        lost=sum(len(set(lines) - set(one)) for lines, all_of in zip(said, heard, strict=True) for one in all_of),
        doubled=sum(len(one) - len(set(one)) for all_of in heard for one in all_of),
        unordered=sum(one != other for all_of in heard for one, other in pairwise(all_of)),
        away_seconds=answers_at - broken_at,
        back_seconds=back_at - answers_at,
        heard_seconds=max(0.0, heard_at - answers_at),
    )


@dataclass
class WithoutRedis:
    """What the house did while Redis was away."""

    pages: list[int]
    seconds: float  # for the pages and a sale from the order to the payment


async def sell_without_redis(house: House) -> WithoutRedis:
    """Stop Redis, open pages, sell two seats, bring Redis back."""
    await beside(house.redis.stop)
    try:
        began = time.monotonic()
        movie = house.rooms[0].partition("-")[2]
        pages = [await beside(house.web.get, page.format(movie=movie)) for page in PAGES]
        await beside(house.sell, "member0", house.seats[:2])
        return WithoutRedis(pages, time.monotonic() - began)
    finally:
        await beside(house.redis.start)


async def ended_after(house: House, code: str, name: str) -> tuple[list[int], float]:
    """Ten sockets of somebody whose tokens are ended: how they were closed, and how long the last of them took."""
    headers = {"Authorization": f"Bearer {house.tokens[name]}"}
    async with contextlib.AsyncExitStack() as stack:
        sockets = []
        for number in range(10):
            path = ("chat", "sync", "seats")[number % 3]
            socket = await stack.enter_async_context(
                connect(f"{house.sockets.ws_url}/ws/{path}", additional_headers=headers)
            )
            await socket.send(json.dumps({"type": "nonsense"}))
            await socket.recv()  # it answers, so it knows by now who is speaking
            sockets.append(socket)
        ended = asyncio.create_task(_last_end(sockets))
        changed_at = await beside(house.end_tokens, code, name)
        ended_at = await asyncio.wait_for(ended, 60)
    return sorted({socket.close_code or 0 for socket in sockets}), ended_at - changed_at


async def _last_end(sockets: list) -> float:
    await asyncio.gather(*(socket.wait_closed() for socket in sockets))
    return time.time()


class Page:
    """A seat map that stays open: the whole map first, changes then, and again from the start after a break."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.statuses: dict[int, str] = {}

    async def __aenter__(self) -> "Page":
        self.following = asyncio.create_task(self._follow())
        await self.shows({})
        return self

    async def __aexit__(self, *_why: object) -> None:
        self.following.cancel()

    async def shows(self, wanted: dict[int, str]) -> None:
        """Wait until these seats are shown so."""
        async with asyncio.timeout(60):
            while not self.statuses or wanted.items() - self.statuses.items():
                await asyncio.sleep(0.02)

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                async with connect(f"{self.house.sockets.ws_url}/ws/seats") as socket:
                    await socket.send(json.dumps({"type": "watch", "showtime_id": self.house.showtime}))
                    async for text in socket:
                        seats = json.loads(text).get("seats", ())
                        self.statuses |= {seat["seat_id"]: seat["status"] for seat in seats}
            await asyncio.sleep(0.2)
