"""Chat for full clients: history, acknowledgement, rejoining, and what moderators do."""

import uuid

import pytest
from django.utils import timezone

from social import chat
from social.models import ChatMessage, Room
from tests.live.clients import Client
from tests.live.people import account, film, in_thread

pytestmark = pytest.mark.django_db(transaction=True)

V2 = ["cinema.v2"]


def bare(frames: list[dict]) -> list[tuple[int, str]]:
    """Number and text of messages."""
    return [(frame["seq"], frame["content"]) for frame in frames]


async def joined(client: Client, room: str, **more) -> dict:
    await client.send({"type": "join", "id": "j", "room_id": room, "username": "visitor", **more})
    return await client.until("joined")


async def test_a_full_client_is_told_who_it_is_and_what_was_said(hub):
    movie, (_ann, token) = await film(), await account("ann")
    room = f"movie-{movie.pk}"
    async with Client("/ws/chat", headers=token, subprotocols=V2) as ann:
        first = await joined(ann, room)
        await ann.send({"type": "message", "id": 7, "room_id": room, "content": " 一 "})
        found = {}
        while not {"ack", "message"} <= found.keys():
            frame = await ann.receive()
            found[frame["type"]] = frame
        ack, message = found["ack"], found["message"]
    async with Client("/ws/chat", subprotocols=V2) as guest:
        again = await joined(guest, room)

    assert (ann.subprotocol, first["ref"], first["last_seq"], first["messages"]) == ("cinema.v2", "j", 0, [])
    assert first["you"]["username"] == "ann"
    assert (ack["ref"], ack["seq"], ack["duplicate"]) == (7, 1, False)
    assert (message["username"], message["content"], message["guest"]) == ("ann", "一", False)
    assert (again["you"]["guest"], bare(again["messages"])) == (True, [(1, "一")])


async def test_hello_makes_a_client_full(hub):
    movie = await film()
    async with Client("/ws/chat") as client:
        await client.send({"type": "hello"})

        assert (await joined(client, f"movie-{movie.pk}"))["last_seq"] == 0


async def test_a_retry_with_the_same_id_is_one_message(hub):
    movie = await film()
    room, msg = f"movie-{movie.pk}", str(uuid.uuid4())
    async with Client("/ws/chat", subprotocols=V2) as client:
        await joined(client, room)
        for number in (1, 2):
            await client.send({"type": "message", "id": number, "room_id": room, "content": "x", "client_msg_id": msg})
        acks = [await client.until("ack"), await client.until("ack")]

    assert [(ack["seq"], ack["duplicate"]) for ack in acks] == [(1, False), (1, True)]


async def test_rejoining_with_since_seq_equals_having_stayed(hub):
    movie = await film()
    room = f"movie-{movie.pk}"
    async with Client("/ws/chat", subprotocols=V2) as stays, Client("/ws/chat", subprotocols=V2) as leaves:
        await joined(stays, room)
        await joined(leaves, room)
        await stays.send({"type": "message", "room_id": room, "content": "one"})
        seen = [await leaves.until("message")]
        await leaves.socket.disconnect()
        leaves.closed = 1000
        for text in ("two", "three"):
            await stays.send({"type": "message", "room_id": room, "content": text})
        whole = [await stays.until("message") for _ in range(3)]
    async with Client("/ws/chat", subprotocols=V2) as back:
        seen += (await joined(back, room, since_seq=1))["messages"]

    assert bare(seen) == bare(whole) == [(1, "one"), (2, "two"), (3, "three")]


async def test_history_pages_backwards_and_forwards(hub):
    movie = await film()
    room = await in_thread(_room_with_messages, movie=movie, count=7)
    async with Client("/ws/chat", subprotocols=V2) as client:
        await joined(client, room.key)
        await client.send({"type": "history", "id": 1, "room_id": room.key, "before_seq": 5, "limit": 3})
        back = await client.until("history")
        await client.send({"type": "history", "id": 2, "room_id": room.key, "after_seq": 5})
        on = await client.until("history")

    assert ([seq for seq, _text in bare(back["messages"])], back["more"]) == ([2, 3, 4], True)
    assert ([seq for seq, _text in bare(on["messages"])], on["more"]) == ([6, 7], False)


async def test_a_gap_in_the_news_is_filled_from_the_rows(hub):
    movie = await film()
    room = await in_thread(_room_with_messages, movie=movie, count=0)
    async with Client("/ws/chat") as client:
        await client.send({"type": "join", "room_id": room.key, "username": "u"})
        await client.settled()
        await in_thread(_say_silently, room=room, texts=["lost"])
        await in_thread(_say, room=room, text="heard")

        assert bare([await client.receive(), await client.receive()]) == [(1, "lost"), (2, "heard")]


async def test_editing_deleting_and_reacting_reach_full_clients_only(hub):
    movie, (user, token) = await film(), await account("ann")
    room = f"movie-{movie.pk}"
    async with (
        Client("/ws/chat", headers=token, subprotocols=V2) as ann,
        Client("/ws/chat", subprotocols=V2) as full,
        Client("/ws/chat") as plain,
    ):
        await joined(ann, room)
        await joined(full, room)
        await plain.send({"type": "join", "room_id": room, "username": "p"})
        await plain.settled()
        await ann.send({"type": "message", "room_id": room, "content": "helo"})
        message = await full.until("message")
        await ann.send({"type": "edit", "room_id": room, "message_id": message["id"], "content": "hello"})
        edit = await full.until("edit")
        await ann.send({"type": "react", "room_id": room, "message_id": message["id"], "key": "love", "op": "add"})
        react = await full.until("react")
        await ann.send({"type": "delete", "room_id": room, "message_id": message["id"]})
        delete = await full.until("delete")

        assert (edit["message_id"], edit["content"]) == (message["id"], "hello")
        assert react["reactions"] == {"love": [user.pk]}
        assert delete["message_id"] == message["id"]
        assert (await plain.receive())["content"] == "helo"
        assert await plain.is_quiet(0.4)


async def test_a_stranger_can_neither_edit_nor_delete_nor_moderate(hub):
    movie, (_ann, ann_token), (_bob, bob_token) = await film(), await account("ann"), await account("bob")
    room = f"movie-{movie.pk}"
    async with (
        Client("/ws/chat", headers=ann_token, subprotocols=V2) as ann,
        Client("/ws/chat", headers=bob_token, subprotocols=V2) as bob,
    ):
        await joined(ann, room)
        await joined(bob, room)
        await ann.send({"type": "message", "room_id": room, "content": "mine"})
        told = (await bob.until("message"))["id"]
        codes = []
        for frame in (
            {"type": "edit", "message_id": told, "content": "his"},
            {"type": "delete", "message_id": told},
            {"type": "moderate", "action": "ban", "message_id": told},
            {"type": "moderate", "action": "slow_mode", "seconds": 9},
            {"type": "delete", "message_id": told + 1},
        ):
            await bob.send({"room_id": room, "id": 1, **frame})
            codes.append((await bob.until("error"))["code"])

    assert codes == ["not_your_message"] * 2 + ["not_a_moderator"] * 2 + ["no_such_message"]


async def test_a_mute_a_ban_and_slow_mode_hold_at_once(hub):
    movie, (_mod, mod_token) = await film(), await account("mod", "moderate_room")
    (ann, ann_token), (_bob, bob_token) = await account("ann"), await account("bob")
    room = f"movie-{movie.pk}"
    async with (
        Client("/ws/chat", headers=mod_token, subprotocols=V2) as mod,
        Client("/ws/chat", headers=ann_token, subprotocols=V2) as noisy,
        Client("/ws/chat", headers=bob_token, subprotocols=V2) as bob,
    ):
        for client in (mod, noisy, bob):
            await joined(client, room)

        async def order(**frame) -> None:
            await mod.send({"type": "moderate", "id": 1, "room_id": room, **frame})
            await mod.until("ack")

        async def attempt(client: Client) -> str:
            await client.send({"type": "message", "id": 2, "room_id": room, "content": "again"})
            while (frame := await client.receive())["type"] not in ("ack", "error"):
                pass
            return frame.get("code", "ok")

        await order(action="mute", user_id=ann.pk)
        muted = await attempt(noisy)
        await order(action="unmute", user_id=ann.pk)
        unmuted = await attempt(noisy)
        await order(action="slow_mode", seconds=60)
        slow = [await attempt(bob), await attempt(bob)]
        await order(action="ban", user_id=ann.pk)
        ending = await noisy.until_closed()
    async with Client("/ws/chat", headers=ann_token, subprotocols=V2) as back:
        await back.send({"type": "join", "room_id": room, "username": "ann"})
        refused = await back.until("error")

    assert (muted, unmuted, slow) == ("muted", "ok", ["ok", "slow_mode"])
    assert [frame["code"] for frame in ending if frame.get("type") == "error"] == ["banned"]
    assert ending[-1] == {"closed": 4503}
    assert refused["code"] == "banned"


async def test_presence_counts_people_and_typing_is_passed_on(hub):
    movie, (_ann, token) = await film(), await account("ann")
    room = f"movie-{movie.pk}"
    async with (
        Client("/ws/chat", headers=token, subprotocols=V2) as one,
        Client("/ws/chat", headers=token, subprotocols=V2) as same_person,
        Client("/ws/chat", subprotocols=V2) as guest,
    ):
        for client in (one, same_person, guest):
            await joined(client, room)
        presence = await guest.until("presence")
        await one.send({"type": "typing", "room_id": room, "on": True})
        typing = await guest.until("typing")

    assert presence["count"] == 2
    assert sorted(user["username"] for user in presence["users"]) == ["ann", "visitor"]
    assert (typing["username"], typing["on"]) == ("ann", True)


@pytest.mark.parametrize("wished", ["ann", "ANN", "\uff21nn", "a\u200bnn", " ann "])
async def test_a_guest_can_t_pass_for_an_account(hub, wished):
    movie, _account = await film(), await account("ann")
    async with Client("/ws/chat", subprotocols=V2) as guest:
        await guest.send({"type": "join", "room_id": f"movie-{movie.pk}", "username": wished})
        you = (await guest.until("joined"))["you"]

    assert you["username"].casefold() == "ann (guest)"


async def test_guests_only_read_or_stay_out_where_the_house_says_so(hub, settings):
    movie = await film()
    room, codes = f"movie-{movie.pk}", []
    for setting in ("read", "off"):
        settings.CHAT_GUESTS = setting
        async with Client("/ws/chat") as guest:
            await guest.send({"type": "join", "room_id": room, "username": "g"})
            await guest.send({"type": "message", "room_id": room, "username": "g", "content": "hi"})
            codes.append((await guest.receive())["code"])

    assert codes == ["login_required", "login_required"]


def _room_with_messages(*, movie, count: int) -> Room:
    room = Room.objects.create(key=f"movie-{movie.pk}", kind="movie", movie=movie, created_at=timezone.now())
    _say_silently(room=room, texts=[str(number) for number in range(1, count + 1)])
    return room


def _say_silently(*, room: Room, texts: list[str]) -> None:
    for text in texts:
        room.refresh_from_db()
        room.last_seq += 1
        room.save()
        ChatMessage.objects.create(
            room=room, seq=room.last_seq, author_key="g1", author_name="g", content=text, created_at=timezone.now()
        )


def _say(*, room: Room, text: str) -> None:
    speaker = chat.Speaker(key="g1", name="g")
    chat.post_message(room=room, speaker=speaker, content=text, now=timezone.now())
