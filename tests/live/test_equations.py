"""Live state as an equation: what was told on entering, with every event since, is what someone is told who enters now.

The same for seat maps stands in ``test_seats.py``.
"""

import json

import pytest
from django.utils import timezone

from cinema.realtime import publish
from social import chat, moderation
from social.models import ChatMessage, Restriction, Room
from social.rooms import start_party
from social.speakers import member
from tests.live.clients import Client
from tests.live.people import account, film, in_thread

pytestmark = pytest.mark.django_db(transaction=True)

V2 = ["cinema.v2"]
LONG = "字" * 150


class Talk:
    """A page with a talk on it: it knows the protocol and nothing else."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def enter(self, room: str) -> "Talk":
        await self.client.send({"type": "join", "room_id": room})
        told = await self.client.until("joined")
        self.rows = {frame["id"]: frame for frame in told["messages"]}
        self.presence, self.slow_seconds = told["presence"], told["limits"]["slow_seconds"]
        return self

    async def until(self, kind: str) -> "Talk":
        """Apply what comes up to the next event of this kind."""
        while True:
            frame = await self.client.receive()
            if apply := getattr(self, f"on_{frame['type']}", None):
                apply(frame)
            if frame["type"] == kind:
                return self

    def on_message(self, frame: dict) -> None:
        self.rows[frame["id"]] = frame

    def on_edit(self, frame: dict) -> None:
        self._reword(frame["message_id"], frame["content"], {"edited": True})

    def on_delete(self, frame: dict) -> None:
        self._reword(frame["message_id"], "", {"deleted": True})

    def on_react(self, frame: dict) -> None:
        row = self.rows[frame["message_id"]]
        row.pop("reactions", None)
        row |= {"reactions": frame["reactions"]} if frame["reactions"] else {}

    def on_presence(self, frame: dict) -> None:
        self.presence = frame

    def on_moderation(self, frame: dict) -> None:
        if frame["action"] == "slow_mode":
            self.slow_seconds = frame["seconds"]

    def _reword(self, message_id: int, content: str, facts: dict) -> None:
        self.rows[message_id] |= {"content": content, **facts}
        for row in self.rows.values():
            if row.get("reply_to") == message_id:
                row["reply"]["content"] = content[:120]

    def facts(self) -> tuple:
        return self.rows, self.presence, self.slow_seconds


async def fresh(room: str, token: dict) -> tuple:
    """What the same person is told who enters now."""
    async with Client("/ws/chat", headers=token, subprotocols=V2) as client:
        return (await Talk(client).enter(room)).facts()


async def test_whatever_happens_in_a_talk_adds_up(hub):
    (ann, _), (mod, token), movie = await account("ann"), await account("mod", "moderate_room"), await film()
    key, equal = f"movie-{movie.pk}", []
    async with Client("/ws/chat", headers=token, subprotocols=V2) as client:
        page = await Talk(client).enter(key)
        await page.until("presence")
        room = await in_thread(Room.objects.select_related("movie").get, key=key)
        by_ann = {"room": room, "speaker": await in_thread(member, user=ann, room=room), "now": timezone.now()}
        by_mod = by_ann | {"speaker": await in_thread(member, user=mod, room=room)}
        whom = {"room": room, "target": moderation.Target(f"u{ann.pk}", "ann"), "by": mod, "now": timezone.now()}

        async def done(told: str, /, function, **kwargs):
            result = await in_thread(function, **kwargs)
            await page.until(told)
            equal.append(page.facts() == await fresh(key, token))
            return result

        first, _ = await done("message", chat.post_message, **by_ann, content="first")
        quote, _ = await done("message", chat.post_message, **by_mod, content="why?", reply_to=first.pk, position=61.5)
        await done("react", chat.react, **by_ann, message_id=quote.pk, sign="love", on=True)
        await done("react", chat.react, **by_mod, message_id=quote.pk, sign="love", on=True)
        await done("react", chat.react, **by_ann, message_id=quote.pk, sign="love", on=False)
        await done("react", chat.react, **by_mod, message_id=quote.pk, sign="love", on=False)
        await done("edit", chat.edit_message, **by_ann, message_id=first.pk, content=LONG)
        await done("delete", chat.delete_message, **by_mod, message_id=first.pk)
        await done("delete", chat.delete_message, **by_mod, message_id=quote.pk)
        await done("moderation", moderation.set_slow_mode, room=room, seconds=30, by=mod)
        await done("moderation", moderation.mute, **whom)
        await done("moderation", moderation.lift, **whom, kind=Restriction.Kind.MUTE)
        await done("moderation", moderation.ban, **whom)
        await done("moderation", moderation.kick, **whom)

    assert equal == [True] * 14


async def test_who_is_here_adds_up_when_people_come_go_and_are_sent_out(hub):
    (ann, ann_token), (mod, token), movie = await account("ann"), await account("mod", "moderate_room"), await film()
    key, equal = f"movie-{movie.pk}", []
    async with Client("/ws/chat", headers=token, subprotocols=V2) as client:
        page = await Talk(client).enter(key)
        await page.until("presence")
        room = await in_thread(Room.objects.get, key=key)
        async with Client("/ws/chat", headers=ann_token, subprotocols=V2) as other:
            await Talk(other).enter(key)
            await page.until("presence")
            equal.append(page.facts() == await fresh(key, token))
            kick = {"target": moderation.Target(f"u{ann.pk}", "ann"), "by": mod, "now": timezone.now()}
            await in_thread(moderation.kick, room=room, **kick)
            await page.until("presence")
            equal.append(page.facts() == await fresh(key, token))
            await Talk(other).enter(key)
            await page.until("presence")
        await page.until("presence")
        equal.append(page.facts() == await fresh(key, token))

    assert equal == [True] * 3
    assert page.presence["count"] == 1


async def test_what_happens_while_someone_is_told_what_there_is_comes_after_it(hub, monkeypatch):
    (ann, token), movie = await account("ann"), await film()
    key = f"movie-{movie.pk}"
    read = chat.catch_up

    def read_and_then_edit(**about):
        told = read(**about)
        if ChatMessage.objects.filter(edited_at=None).exists():
            row = ChatMessage.objects.select_related("room").get()
            speaker = member(user=ann, room=row.room)
            chat.edit_message(room=row.room, speaker=speaker, message_id=row.pk, content="better", now=timezone.now())
        return told

    async with Client("/ws/chat", headers=token, subprotocols=V2) as client:
        await Talk(client).enter(key)
        await client.send({"type": "message", "room_id": key, "content": "good"})
        await client.until("message")
    monkeypatch.setattr(chat, "catch_up", read_and_then_edit)
    async with Client("/ws/chat", headers=token, subprotocols=V2) as client:
        page = await (await Talk(client).enter(key)).until("edit")
        again = await fresh(key, token)

    assert [row["content"] for row in page.rows.values()] == ["better"]
    assert page.rows == again[0]


async def entered(client: Client, room: str) -> dict:
    """The party's state as someone is told it who enters."""
    await client.send({"type": "join", "id": "j", "room_id": room})
    return bare(await client.until("state"))


def bare(state: dict) -> dict:
    return {key: value for key, value in state.items() if key not in {"ref", "you"}}


async def test_whatever_happens_in_a_party_adds_up(hub):
    (ann, token), movie = await account("ann"), await film()
    party = await in_thread(start_party, host=ann, movie=movie, control="everyone", wait="all", now=timezone.now())
    room, equal = party.room.key, []
    async with (
        Client("/ws/sync", headers=token, subprotocols=V2) as host,
        Client("/ws/sync", subprotocols=V2) as guest,
        Client("/ws/sync") as plain,
    ):
        rev = (await entered(host, room))["rev"]
        await entered(guest, room)
        for client in (host, guest):
            await client.send({"type": "status", "state": "ready", "position": 0, "rtt_ms": 10})
            await client.settled()
        for client, frame in (
            (host, {"type": "play"}),
            (guest, {"type": "pause"}),
            (guest, {"type": "seek", "position": 60}),
            (host, {"type": "rate", "rate": 1.5}),
            (host, {"type": "play"}),
            (guest, {"type": "status", "state": "buffering", "position": 60}),
            (guest, {"type": "status", "state": "ready", "position": 60}),
            (host, {"type": "pause"}),
            (plain, {"type": "sync", "room_id": room, "username": "p", "current_time": 300.0}),
            (host, {"type": "status", "state": "ready", "position": 300, "duration": 5999.0}),
        ):
            await client.send({"id": 1, "room_id": room, **frame})
            while (state := await host.until("state"))["rev"] <= rev:
                pass
            rev = state["rev"]
            async with Client("/ws/sync", subprotocols=V2) as late:
                equal.append(json.dumps(bare(state)) == json.dumps(await entered(late, room)))

    assert equal == [True] * 10


async def test_news_of_an_unknown_kind_changes_nothing(hub):
    (_ann, token), movie = await account("ann"), await film()
    key = f"movie-{movie.pk}"
    async with Client("/ws/chat", headers=token, subprotocols=V2) as client:
        page = await Talk(client).enter(key)
        await page.until("presence")
        publish(f"room.{key}", {"kind": "of a later version"})
        await client.settled()

        assert page.facts() == await fresh(key, token)
