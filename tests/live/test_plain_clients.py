"""Frozen plain clients: they know the documents' frames and nothing else, and are strict about it."""

import time

import pytest
from channels.db import database_sync_to_async
from model_bakery import baker

from accounts.models import User
from accounts.tokens import issue_tokens
from tests.live.clients import Client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]  # what a frame looks like is no matter of rows

DOCUMENTED = {
    "message": {"room_id": str, "username": str, "content": str},
    "sync": {"room_id": str, "username": str, "current_time": (int, float)},
}


@pytest.fixture
def movie():
    return baker.make("catalog.Movie", title="流浪", duration=100, status="released")


def token_of(username: str) -> str:
    user = User.objects.create_user(username, f"{username}@example.com", "correct horse 1")
    return issue_tokens(user).access


class Plain(Client):
    """Fails on any frame the documents don't have."""

    async def receive(self) -> dict:
        frame = await super().receive()
        wanted = DOCUMENTED[frame["type"]]
        for key, kind in wanted.items():
            assert isinstance(frame[key], kind)
        return {key: frame[key] for key in ("type", *wanted)}


@pytest.mark.parametrize("path", ["/ws/chat", "/ws/chat/"])
async def test_two_guests_talk(hub, movie, path):
    room = f"movie-{movie.pk}"
    async with Plain(path) as one, Plain(path) as two:
        for client, name in ((one, "user1"), (two, "user2")):
            await client.send({"type": "join", "room_id": room, "username": name})
            await client.settled()
        await two.send({"type": "message", "room_id": room, "username": "user2", "content": "Totally agree!"})
        heard = [await client.receive() for client in (one, two)]
        quiet = [await client.is_quiet(0.4) for client in (one, two)]

    wanted = {"type": "message", "room_id": room, "username": "user2", "content": "Totally agree!"}
    assert heard == [wanted, wanted]
    assert quiet == [True, True]


async def test_with_a_token_the_account_s_name_is_stamped(hub, movie):
    token = await database_sync_to_async(token_of)("ann")
    room = f"movie-{movie.pk}"
    async with Plain("/ws/chat", headers={"Authorization": f"Bearer {token}"}) as ann, Plain("/ws/chat") as guest:
        await guest.send({"type": "join", "room_id": room, "username": "user1"})
        await guest.settled()
        await ann.send({"type": "join", "room_id": room, "username": "somebody else"})
        await ann.send({"type": "message", "room_id": room, "username": "somebody else", "content": "Hi"})

        assert await guest.receive() == {"type": "message", "room_id": room, "username": "ann", "content": "Hi"}


async def test_two_guests_keep_in_step_and_nobody_hears_themselves(hub, movie):
    room = f"movie-{movie.pk}"
    async with Plain("/ws/sync") as one, Plain("/ws/sync/") as two:
        await two.send({"type": "sync", "room_id": room, "username": "user2", "current_time": 0})
        await two.settled()
        await one.send({"type": "sync", "room_id": room, "username": "user1", "current_time": 1234.56})

        assert await two.receive() == {"type": "sync", "room_id": room, "username": "user1", "current_time": 1234.56}
        assert await one.is_quiet(0.4)
        assert await two.is_quiet()


async def test_on_sync_with_a_token_the_account_s_name_is_stamped(hub, movie):
    token = await database_sync_to_async(token_of)("ann")
    room = f"movie-{movie.pk}"
    async with Plain("/ws/sync", headers={"Authorization": f"Bearer {token}"}) as ann, Plain("/ws/sync") as guest:
        await guest.send({"type": "join", "room_id": room, "username": "user1"})
        await guest.send({"type": "sync", "room_id": room, "username": "user1", "current_time": 5})
        await guest.settled()
        await ann.send({"type": "sync", "room_id": room, "username": "user1", "current_time": 6})

        assert await guest.receive() == {"type": "sync", "room_id": room, "username": "ann", "current_time": 6}


async def test_a_player_that_says_where_it_is_eighty_times_at_once_is_not_passed_on_eighty_times(hub, movie, settings):
    settings.RATE_LIMITS = True
    room = f"movie-{movie.pk}"
    async with Plain("/ws/sync") as one, Plain("/ws/sync") as two:
        await two.send({"type": "sync", "room_id": room, "username": "user2", "current_time": 0})
        await two.settled()
        began = time.monotonic()
        for second in range(80):
            await one.send({"type": "sync", "room_id": room, "username": "user1", "current_time": second})
        await one.settled()
        seconds = time.monotonic() - began
        heard = 0
        while not await two.is_quiet(0.3):
            await two.receive()
            heard += 1

    assert 20 <= heard <= 20 + 5 * seconds + 1 < 80
