"""What may get lost between a commit and its news is made good, and a fault of the database ends no one for good."""

import uuid

import pytest
from django.db import OperationalError
from django.utils import timezone

from social import chat
from social.consumers import chat_feed
from social.consumers.sync_feed import SyncFeed
from social.rooms import start_party
from tests.live.clients import Client
from tests.live.people import account, film, in_thread

pytestmark = pytest.mark.django_db(transaction=True)

V2 = ["cinema.v2"]


@pytest.fixture
def lost_news(monkeypatch):
    """While this lasts nothing that is published arrives."""
    with monkeypatch.context() as patch:
        patch.setattr("cinema.realtime.publishing.deliver_here", lambda topic, body: None)
        yield patch


async def talker(client: Client, room: str) -> Client:
    await client.send({"type": "join", "room_id": room, "username": "t"})
    await client.until("joined")
    return client


async def test_a_retry_tells_the_room_of_a_message_whose_news_was_lost(hub, lost_news):
    room, msg = f"movie-{(await film()).pk}", str(uuid.uuid4())
    said = {"type": "message", "room_id": room, "content": "x", "client_msg_id": msg}
    async with Client("/ws/chat", subprotocols=V2) as one, Client("/ws/chat", subprotocols=V2) as two:
        await talker(one, room)
        await talker(two, room)
        await one.send(said)
        first = await one.until("ack")
        lost_news.undo()
        await one.send(said)

        assert (await two.until("message"))["id"] == first["id"]
        assert (await one.until("ack"))["duplicate"] is True


async def test_a_last_message_whose_news_was_lost_is_found_by_looking_again(hub, lost_news, monkeypatch):
    monkeypatch.setattr(chat_feed, "LOOK_AGAIN_SECONDS", 0.2)
    room = f"movie-{(await film()).pk}"
    async with Client("/ws/chat", subprotocols=V2) as one, Client("/ws/chat", subprotocols=V2) as two:
        await talker(one, room)
        await talker(two, room)
        await one.send({"type": "message", "room_id": room, "content": "x"})

        assert (await two.until("message"))["seq"] == 1


async def test_a_database_that_is_away_closes_the_socket_with_come_back(hub, monkeypatch):
    def away(**_about: object) -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    room = f"movie-{(await film()).pk}"
    async with Client("/ws/chat", subprotocols=V2) as client:
        await talker(client, room)
        monkeypatch.setattr(chat, "post_message", away)
        await client.send({"type": "message", "room_id": room, "content": "x"})
        ending = await client.until_closed()

    assert [frame.get("code") or frame.get("closed") for frame in ending][-2:] == ["restarting", 4004]


async def test_whoever_leaves_a_party_while_the_database_is_away_doesn_t_stay_in_its_list(hub, monkeypatch):
    async def away(self: SyncFeed, key: str) -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    host, token = await account("ann")
    party = await in_thread(start_party, host=host, movie=await film(), now=timezone.now())
    key = party.room.key
    async with Client("/ws/sync", headers=token, subprotocols=V2) as stays:
        await stays.send({"type": "join", "room_id": key})
        await stays.until("state")
        feed = SyncFeed.open_feeds[hub, SyncFeed, key]
        goes = Client("/ws/sync", subprotocols=V2)
        async with goes:
            await goes.send({"type": "join", "room_id": key, "username": "g"})
            await goes.until("state")
            before = len(feed.members)
            monkeypatch.setattr(SyncFeed, "caught_up", away)
            with pytest.raises(OperationalError):
                await goes.socket.disconnect(timeout=5)
            goes.closed = 1000
        after = len(feed.members)
        monkeypatch.undo()

    assert (before, after) == (2, 1)
