"""Every type of frame × everybody, on real sockets of the application, in a house that wants a second factor."""

from dataclasses import dataclass
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from accounts.bans import ban_user
from accounts.tokens import issue_tokens
from cinema.rate_limits.callers import cookie_name, new_device
from social.chat import post_message
from social.consumers import ChatSocket, SyncSocket
from social.models import Party
from social.rooms import room_of, start_party
from social.speakers import member
from tests.access.frames import FRAMES
from tests.access.people import EVERYBODY, PROVEN, make
from tests.factories import a_customer, a_movie, a_showtime, an_administrator
from tests.live.clients import Client
from ticketing.consumers import SeatsSocket

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
SOCKETS = {"/ws/chat": ChatSocket, "/ws/sync": SyncSocket, "/ws/seats": SeatsSocket}


@dataclass
class Visit:
    """One who comes, and what there is to speak about: the customer's message and party, a showtime."""

    headers: dict[str, str]
    token: str
    message_id: int
    room: str
    party: Party
    showtime_id: int

    def frame(self, path: str, kind: str) -> dict[str, Any]:
        """A sound frame of this type."""
        facts = {"token": self.token, "content": "hello", "message_id": self.message_id, "key": "like", "op": "add"}
        facts |= {"position": 60, "current_time": 60, "rate": 1.5, "state": "playing", "t0": 1, "on": True}
        facts |= {"action": "slow_mode", "seconds": 0, "showtime_id": self.showtime_id, "username": "visitor"}
        room = self.room if path == "/ws/chat" else self.party.room.key
        return {**facts, "type": kind, "id": kind, "room_id": room}


def test_every_type_of_frame_has_its_row():
    assert {path: set(kinds) for path, kinds in FRAMES.items()} == {
        path: set(socket.handlers) for path, socket in SOCKETS.items()
    }


@pytest.mark.parametrize("path", FRAMES)
@pytest.mark.parametrize("who", EVERYBODY)
async def test_each_may_say_what_the_table_says_and_nothing_else(who, path, hub, settings):
    settings.STAFF_MFA = True
    visit = await visited_by(who)
    async with Client(path, headers=visit.headers, subprotocols=["cinema.v2"]) as client:
        allowed = {kind for kind in FRAMES[path] if await is_done(client, visit.frame(path, kind))}

    assert allowed == {kind for kind, people in FRAMES[path].items() if who in people}


async def is_done(client: Client, frame: dict[str, Any]) -> bool:
    """Whether a frame is obeyed: it is answered by no error, and the socket stays open."""
    if client.closed is not None:
        return False
    await client.send(frame)
    await client.send({"type": "nonsense", "id": "settled"})
    refused = False
    while (answer := await client.receive()).get("ref") != "settled":
        assert answer.get("code") != "server_fault"
        refused = refused or (answer["type"] == "error" if "type" in answer else True)
        if "closed" in answer:
            return False
    return not refused


@database_sync_to_async
def visited_by(who: str) -> Visit:
    """The house as one of everybody finds it, with the token or cookie they come with."""
    now, customer, boss = timezone.now(), a_customer(), an_administrator()
    movie = a_movie(stream_url="/static/demo/stream/master.m3u8")
    room = room_of(key=f"movie-{movie.pk}", now=now)
    message, _is_retry = post_message(room=room, speaker=member(user=customer, room=room), content="first", now=now)
    party = start_party(host=customer, movie=movie, now=now)
    user = make(who, customer=customer)
    headers, token = {}, "none"
    if user is not None:
        token = issue_tokens(user, second_factor=who in PROVEN).access
        headers["Authorization"] = f"Bearer {token}"
    if who == "guest":
        headers["Cookie"] = f"{cookie_name()}={new_device()}"
    if who == "banned":
        ban_user(user_id=user.pk, by=boss)
    return Visit(headers, token, message.pk, room.key, party, a_showtime(movie=movie).pk)
