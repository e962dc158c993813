"""A watch party that one of its guests, a plain client or a held key would spoil for the others."""

import asyncio
import contextlib
import json
import time
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

pytestmark = pytest.mark.once  # what a party may do is reckoned in a process, pace in Redis
PREPARE = """
import json
from django.utils import timezone
from accounts.tokens import issue_tokens
from social.rooms import start_party
from tests.factories import a_customer, a_movie
movie, host = a_movie(stream_url="/static/demo/stream/master.m3u8"), a_customer("host")
rules = [("host", "all"), ("everyone", "all"), ("everyone", "off")]
parties = {f"{control} {wait}": [start_party(host=host, movie=movie, control=control, wait=wait, now=timezone.now())
    .room.key for _each in range(9)] for control, wait in rules}
print(json.dumps({"parties": parties, "host": issue_tokens(host).access}))
"""


class Player:
    """One socket of a party: it keeps what it has heard, as a player would."""

    def __init__(self, socket: ClientConnection, room: str) -> None:
        self.socket, self.room = socket, room
        self.frames: list[dict] = []
        self.reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self.socket:
                self.frames.append(json.loads(text))

    async def tell(self, **frame) -> None:
        await self.socket.send(json.dumps({"room_id": self.room, **frame}))

    def all(self, kind: str, **facts) -> list[dict]:
        """Every frame of this type with these facts so far."""
        return [one for one in self.frames if one["type"] == kind and facts.items() <= one.items()]

    async def hear(self, kind: str, **facts) -> dict:
        """A frame of this type with these facts, come or to come."""
        async with asyncio.timeout(60):
            while not (found := self.all(kind, **facts)):
                await asyncio.sleep(0.02)
        return found[-1]

    async def ask(self, **frame) -> dict:
        """The answer to this frame."""
        ref = f"{frame['type']}-{len(self.frames)}-{time.monotonic()}"
        await self.tell(**frame, id=ref)
        async with asyncio.timeout(60):
            while not (found := [one for one in self.frames if one.get("ref") == ref]):
                await asyncio.sleep(0.02)
        return found[-1]

    @property
    def state(self) -> dict:
        """The newest state it has heard of."""
        return max(self.all("state"), key=lambda state: state["rev"])


class House:
    """Servers over one database, and parties nobody has been in."""

    def __init__(self, servers: list) -> None:
        self.servers = servers
        facts = json.loads(servers[0].shell(PREPARE).splitlines()[-1])
        self.parties = {rules: iter(rooms) for rules, rooms in facts["parties"].items()}
        self.host = {"Authorization": f"Bearer {facts['host']}"}

    def party(self, rules: str) -> str:
        return next(self.parties[rules])

    async def enter(
        self, stack: AsyncExitStack, room: str, number: int = 0, *, plain: bool = False, **headers
    ) -> Player:
        """A player in a party, at one of the servers; a plain one has only connected."""
        server = self.servers[number % len(self.servers)]
        offered = [] if plain else ["cinema.v2"]
        line = connect(f"{server.ws_url}/ws/sync", subprotocols=offered, additional_headers=headers, open_timeout=60)
        player = Player(await stack.enter_async_context(line), room)
        if not plain:
            await player.ask(type="join", username=f"guest{number}")
        return player


@pytest.fixture(scope="module", params=["alone", "two"])
def house(request, serve):
    if request.param == "alone":
        return House([serve(RATE_LIMITS="on")])
    redis = request.getfixturevalue("redis_server")
    one = serve(RATE_LIMITS="on", REDIS_URL=redis.url)
    return House([one, serve(RATE_LIMITS="on", REDIS_URL=redis.url, database_url=one.database_url)])


def position_of(state: dict) -> float:
    """Where the film is now, by the server's state."""
    ahead = time.time() * 1000 - state["at"]
    return state["position"] + (max(ahead, 0) / 1000 if state["playing"] else 0)


async def ready(*players: Player) -> None:
    for player in players:
        await player.tell(type="status", state="ready", position=0, rtt_ms=5)
    await asyncio.sleep(0.5)


async def test_a_guest_who_alternates_buffering_and_playing_does_not_stop_the_film_again_and_again(house):
    async with AsyncExitStack() as stack:
        room = house.party("host all")
        host = await house.enter(stack, room, 0, **house.host)
        nuisance = await house.enter(stack, room, 1)
        await ready(host, nuisance)
        await host.ask(type="play")
        began = time.monotonic()
        while time.monotonic() - began < 22:
            for state, seconds in (("buffering", 0.9), ("playing", 0.1)):
                await nuisance.tell(type="status", state=state, position=0)
                await asyncio.sleep(seconds)
        seconds = time.monotonic() - began

    assert any(state["waiting_on"] for state in host.all("state"))
    assert position_of(host.state) >= seconds - 15 - 2


async def test_who_has_the_control_goes_on_without_those_who_are_waited_for(house):
    async with AsyncExitStack() as stack:
        room = house.party("host all")
        host = await house.enter(stack, room, 0, **house.host)
        slow, other = await house.enter(stack, room, 1), await house.enter(stack, room, 0)
        await ready(host, slow, other)
        await host.ask(type="play")
        await slow.tell(type="status", state="buffering", position=1)
        await host.hear("state", reason="waiting")
        refused = await other.ask(type="go_on")
        done = await host.ask(type="go_on")
        going = await other.hear("state", rev=done["rev"])
        for state in ("playing", "buffering"):
            await slow.tell(type="status", state=state, position=1)
        await asyncio.sleep(1)

    assert (refused["code"], done["type"]) == ("not_in_control", "ack")
    assert (going["playing"], going["waiting_on"]) == (True, [])
    assert host.state["playing"] is True


async def test_a_guest_who_never_said_a_word_is_sent_out_and_nobody_else(house):
    async with AsyncExitStack() as stack:
        room = house.party("host all")
        host = await house.enter(stack, room, 0, **house.host)
        silent, other = await house.enter(stack, room, 1), await house.enter(stack, room, 1)
        async with asyncio.timeout(60):
            while not (seen := [one for one in host.all("presence") if one["count"] == 3]):
                await asyncio.sleep(0.05)
        guests = [user for user in seen[-1]["users"] if user["guest"]]
        refused = await other.ask(type="moderate", action="kick", guest_id=guests[0]["guest_id"])
        nobody = await host.ask(type="moderate", action="kick", guest_id="g0")
        done = await host.ask(type="moderate", action="kick", guest_id=guests[0]["guest_id"])
        await asyncio.sleep(1)
        kicked = [player for player in (silent, other) if player.all("error", code="kicked")]

    assert (refused["code"], nobody["code"], done["type"]) == ("not_a_moderator", "unknown_action", "ack")
    assert len(kicked) == 1
    assert len({guest["guest_id"] for guest in guests}) == 2


async def test_a_plain_client_s_first_sync_at_0_is_a_join_and_rewinds_nobody(house):
    async with AsyncExitStack() as stack:
        room = house.party("everyone off")
        host = await house.enter(stack, room, 0, **house.host)
        await host.ask(type="seek", position=600)
        await host.ask(type="play")
        plain = await house.enter(stack, room, 1, plain=True)
        await plain.tell(type="sync", username="old", current_time=0)
        answer = await plain.hear("sync")
        for at in (0.5, 1.0):  # it plays on from where it stood, for it knows no better
            await asyncio.sleep(0.5)
            await plain.tell(type="sync", username="old", current_time=at)
        await asyncio.sleep(0.5)
        playing_on = host.state

    assert answer["current_time"] >= 600
    assert playing_on["playing"] is True
    assert position_of(playing_on) >= 600


async def test_a_plain_client_whose_person_jumps_takes_everybody_along(house):
    async with AsyncExitStack() as stack:
        room = house.party("everyone off")
        host = await house.enter(stack, room, 0, **house.host)
        plain = await house.enter(stack, room, 1, plain=True)
        for at in (0, 0.2, 1200):
            await plain.tell(type="sync", username="old", current_time=at)
            await asyncio.sleep(0.2)
        await host.hear("state", position=1200)
        other = await house.enter(stack, room, 0, plain=True)
        await other.tell(type="sync", username="older", current_time=0)
        await other.hear("sync", current_time=1200)
        await other.tell(type="sync", username="older", current_time=1200.4)  # it follows
        await asyncio.sleep(0.5)
        await host.ask(type="seek", position=60)
        await other.hear("sync", current_time=60)
        await other.tell(type="sync", username="older", current_time=55.0)  # not quite to the point
        await asyncio.sleep(0.5)

    assert (host.state["position"], host.state["by"]) == (60, "host")


async def test_an_arrow_key_held_down_is_a_few_jumps_and_closes_nobody(house):
    async with AsyncExitStack() as stack:
        room = house.party("host all")
        host = await house.enter(stack, room, 0, **house.host)
        viewers = [await house.enter(stack, room, number) for number in (0, 1)]
        await ready(host, *viewers)
        before, began = host.state["rev"], time.monotonic()
        busy = [asyncio.ensure_future(reports_upon_each_state(player)) for player in (host, *viewers)]
        for number in range(150):  # five seconds at thirty a second
            await host.tell(type="seek", id=number, position=float(number))
            await asyncio.sleep(0.033)
        seconds = time.monotonic() - began
        acks = [await host.hear("ack", ref=number) for number in range(150)]
        await viewers[1].hear("state", rev=acks[-1]["rev"])
        for task in busy:
            task.cancel()
        states = [viewer.state for viewer in viewers]
        closed = [player.socket.close_code for player in (host, *viewers)]
        errors = [player.all("error") for player in (host, *viewers)]

    assert (closed, errors) == ([None] * 3, [[]] * 3)
    assert [state["position"] for state in states] == [149.0, 149.0]
    assert acks[-1]["rev"] - before <= seconds / 0.25 + 2


async def reports_upon_each_state(player: Player) -> None:
    """A player that tells of everything its video does upon each jump."""
    told = 0
    while True:
        states = len(player.all("state"))
        for _each in range(told, states):
            for state in ("seeking", "buffering", "seeking", "ready", "playing"):
                await player.tell(type="status", state=state, position=0)
        told = states
        await asyncio.sleep(0.02)


async def test_play_and_pause_in_turn_as_fast_as_a_script_can_is_slowed_down(house):
    async with AsyncExitStack() as stack:
        room = house.party("everyone off")
        guest = await house.enter(stack, room, 1)
        began = time.monotonic()
        answers = [await guest.ask(type=("play", "pause")[number % 2]) for number in range(30)]
        seconds = time.monotonic() - began

    codes = [answer.get("code", "ack") for answer in answers]
    assert set(codes) == {"ack", "rate_limited"}
    assert codes.count("ack") <= 10 + 2 * seconds + 1
