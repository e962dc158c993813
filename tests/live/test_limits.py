"""What one address, browser or person may do to everybody: real servers, one alone and two over Redis."""

import asyncio
import contextlib
import json
import re
import time
import urllib.request
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cinema.realtime.database import in_database_thread

pytestmark = pytest.mark.once  # limits are counted in processes and in Redis
PREPARE = """
import json
from django.contrib.auth.models import Permission
from accounts.tokens import issue_tokens
from tests.factories import a_customer, a_movie
moderator = a_customer("moderator")
moderator.user_permissions.add(Permission.objects.get(codename="moderate_room"))
print(json.dumps({"movies": [a_movie(f"Film {n}").pk for n in range(9)], "moderator": issue_tokens(moderator).access}))
"""


class House:
    """One or more servers over one database."""

    def __init__(self, servers: list) -> None:
        self.servers = servers
        facts = json.loads(servers[0].shell(PREPARE).splitlines()[-1])
        self.movies, self.moderator = iter(facts["movies"]), facts["moderator"]

    def room(self) -> str:
        """A room nobody has been in."""
        return f"movie-{next(self.movies)}"

    def connect(self, number: int = 0, *, address: str = "127.0.0.1", kind: str = "chat", **headers: str) -> connect:
        """A socket to one of the servers, from an address of this machine."""
        server = self.servers[number % len(self.servers)]
        return connect(
            f"{server.ws_url}/ws/{kind}",
            subprotocols=["cinema.v2"],
            local_addr=(address, 0),
            additional_headers=headers,
            open_timeout=60,
            ping_interval=None,
            max_queue=None,  # as a browser, it takes in what comes while nobody looks
        )

    def cookie(self) -> str:
        """What a page gives a browser that comes for the first time."""
        with urllib.request.urlopen(f"{self.servers[0].url}/", timeout=60) as page:
            return re.search(r"device=[^;]+", ";".join(page.headers.get_all("Set-Cookie")))[0]


@pytest.fixture(scope="module", params=["alone", "two"])
def house(request, serve):
    if request.param == "alone":
        return House([serve(RATE_LIMITS="on")])
    redis = request.getfixturevalue("redis_server")
    one = serve(RATE_LIMITS="on", REDIS_URL=redis.url)
    return House([one, serve(RATE_LIMITS="on", REDIS_URL=redis.url, database_url=one.database_url)])


async def tell(socket: ClientConnection, **frame) -> None:
    await socket.send(json.dumps(frame))


async def hear(socket: ClientConnection, kind: str, **facts) -> dict:
    """The next frame of this type with these facts."""
    while True:
        frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
        if frame["type"] == kind and all(frame.get(key) == value for key, value in facts.items()):
            return frame


async def joined(stack: AsyncExitStack, house: House, room: str, count: int, **where) -> list[ClientConnection]:
    """So many guests in a room."""
    sockets = [await stack.enter_async_context(house.connect(number, **where)) for number in range(count)]
    for number, socket in enumerate(sockets):
        await tell(socket, type="join", room_id=room, username=f"guest{number}")
        await hear(socket, "joined")
    return sockets


async def answer(socket: ClientConnection, ref: object) -> str:
    """``ack``, or the code of the error, to what was sent with this id."""
    while True:
        frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
        if frame.get("ref") == ref:
            return frame.get("code", frame["type"])


async def say(socket: ClientConnection, room: str, count: int = 1) -> list[str]:
    """Say something so often, at once, and hear what became of each."""
    for number in range(count):
        await tell(socket, type="message", id=f"m{number}", room_id=room, content=f"{number}")
    return [await answer(socket, f"m{number}") for number in range(count)]


async def test_40_guest_sockets_of_one_address_put_no_200_messages_into_a_chat(house):
    room, began = house.room(), time.monotonic()
    async with AsyncExitStack() as stack:
        sockets = await joined(stack, house, room, 40, address="127.0.1.1")
        began = time.monotonic()
        told = await asyncio.gather(*(say(socket, room, 5) for socket in sockets))
        seconds = time.monotonic() - began
        elsewhere = await joined(stack, house, room, 1, address="127.0.2.1")
        neighbour = await say(elsewhere[0], room)

    answers = [one for each in told for one in each]
    assert set(answers) == {"ack", "rate_limited"}
    assert 15 <= answers.count("ack") <= 15 + 3 * seconds + 1
    assert neighbour == ["ack"]


async def test_a_family_at_home_and_a_class_at_school_talk_behind_one_address(house):
    room = house.room()
    async with AsyncExitStack() as stack:
        family = await joined(stack, house, room, 6, address="127.0.3.1")
        at_home = [await say(one, room, 2) for one in family]
        pupils = await joined(stack, house, room, 30, address="127.0.4.1")
        at_school = []
        for pupil in pupils:  # two or three of them a second
            at_school += await say(pupil, room)
            await asyncio.sleep(0.35)

    assert at_home == [["ack", "ack"]] * 6
    assert at_school == ["ack"] * 30


async def test_110_typing_frames_do_not_become_3190(house):
    room = house.room()
    async with AsyncExitStack() as stack:
        typist, *others = await joined(stack, house, room, 30, address="127.0.5.1")
        began = time.monotonic()
        for _each in range(110):
            await tell(typist, type="typing", room_id=room, on=True)
        await say(typist, room)
        seconds = time.monotonic() - began
        heard = [await typing_until_message(other) for other in others]

    assert 1 <= min(heard) <= max(heard) <= 2 + seconds / 2 + 1


async def test_twenty_who_type_behind_one_address_do_not_flood_a_room(house):
    room = house.room()
    async with AsyncExitStack() as stack:
        reader = (await joined(stack, house, room, 1, address="127.0.11.1"))[0]
        typists = await joined(stack, house, room, 20, address="127.0.12.1")
        began = time.monotonic()
        for typist in typists * 2:
            await tell(typist, type="typing", room_id=room, on=True)
        for typist in typists:
            await tell(typist, type="nonsense", id="done")
            await answer(typist, "done")
        seconds = time.monotonic() - began
        await say(typists[0], room)
        heard = await typing_until_message(reader)

    assert 1 <= heard <= 10 + 2 * seconds + 1 < 40


async def typing_until_message(socket: ClientConnection) -> int:
    """How many ``typing`` frames came before the next message."""
    count = 0
    while (frame := json.loads(await asyncio.wait_for(socket.recv(), 60)))["type"] != "message":
        count += frame["type"] == "typing"
    return count


async def test_600_sockets_of_an_address_are_not_let_in(house):
    async with AsyncExitStack() as stack:
        welcome, refused = [], []
        for number in range(150):
            socket = await stack.enter_async_context(house.connect(number, address="127.0.6.1", kind="seats"))
            (welcome if await is_welcome(socket) else refused).append(socket)
        stranger = await stack.enter_async_context(house.connect(address="127.0.7.1", kind="seats"))
        others = await is_welcome(stranger)
        await welcome[0].close()
        await asyncio.sleep(0.5)
        again = await stack.enter_async_context(house.connect(address="127.0.6.1", kind="seats"))
        after_one_left = await is_welcome(again)

    assert (len(welcome), len(refused)) == (120, 30)
    assert {socket.close_code for socket in refused} == {4029}
    assert (others, after_one_left) == (True, True)


async def is_welcome(socket: ClientConnection) -> bool:
    """Whether the socket is served: then nonsense is called so."""
    with contextlib.suppress(ConnectionClosed):
        await tell(socket, type="nonsense", id="n")
    code = json.loads(await asyncio.wait_for(socket.recv(), 60))["code"]
    if code == "too_many_sockets":
        await socket.wait_closed()
    return code == "unknown_type"


@pytest.mark.parametrize("action", ["mute", "kick", "ban"])
async def test_what_befalls_one_guest_befalls_nobody_else_behind_the_address(house, action):
    room, cookie = house.room(), house.cookie()
    async with AsyncExitStack() as stack:
        moderator = await stack.enter_async_context(house.connect(0, Authorization=f"Bearer {house.moderator}"))
        await tell(moderator, type="join", room_id=room)
        await hear(moderator, "joined")
        others = await joined(stack, house, room, 2, address="127.0.8.1", Cookie=house.cookie())
        others += await joined(stack, house, room, 2, address="127.0.8.1")
        nuisance = (await joined(stack, house, room, 1, address="127.0.8.1", Cookie=cookie))[0]
        await asyncio.sleep(1.1)  # a browser is known from the end of the second in which its cookie was signed
        await say(nuisance, room)
        message = await hear(moderator, "message")
        await tell(moderator, type="moderate", id="m", room_id=room, action=action, message_id=message["id"])
        await answer(moderator, "m")
        said = [await say(other, room) for other in others]
        # Another line, the same browser: whoever is muted or banned still is.
        async with house.connect(1, address="127.0.9.1", Cookie=cookie) as elsewhere:
            await tell(elsewhere, type="join", id="j", room_id=room, username="me again")
            entered = await answer(elsewhere, "j")
            allowed = entered if entered == "banned" else (await say(elsewhere, room))[0]

    assert said == [["ack"]] * 4
    assert allowed == {"mute": "muted", "kick": "ack", "ban": "banned"}[action]


async def test_a_guest_s_retry_after_a_break_is_the_same_message(house):
    room, frame = house.room(), {"type": "message", "id": 1, "client_msg_id": "9b3f1f0e-0000-4000-8000-000000000001"}
    acks = []
    for number in range(2):
        async with house.connect(number, address="127.0.10.1") as socket:
            await tell(socket, type="join", room_id=room, username="g")
            await hear(socket, "joined")
            await tell(socket, **frame, room_id=room, content="once")
            acks.append(await hear(socket, "ack"))

    assert acks[0]["seq"] == acks[1]["seq"] == 1
    assert [ack["duplicate"] for ack in acks] == [False, True]


@pytest.mark.django_db(transaction=True)
async def test_a_slow_question_does_not_hold_up_every_socket_of_the_process(django_user_model):
    def slow() -> int:
        time.sleep(0.3)
        return django_user_model.objects.count()

    began = time.monotonic()
    found = await asyncio.gather(*(in_database_thread(slow)() for _each in range(6)))

    assert found == [0] * 6
    assert time.monotonic() - began < 1.5
