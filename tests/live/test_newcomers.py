"""A guest who is shut out and opens another socket, with no cookie or with a fresh one, beside a family at home."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cinema.rate_limits.callers import cookie_name, new_device
from social.models import Party
from social.rooms import start_party
from tests.live.clients import Client
from tests.live.people import account, film, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


class Guest(Client):
    """A guest's full client at an address, with a browser's cookie or with none."""

    def __init__(self, path: str, *, cookie: str = "", address: str = "203.0.113.7"):
        headers = {"Cookie": f"{cookie_name()}={cookie}"} if cookie else {}
        super().__init__(path, headers=headers, subprotocols=["cinema.v2"])
        self.socket.scope["client"] = (address, 0)

    async def say(self, room: str, name: str) -> str:
        """Join and say something: ``ack``, or the code of the error."""
        await self.send({"type": "join", "room_id": room, "username": name})
        await self.send({"type": "message", "id": "said", "room_id": room, "username": name, "content": name})
        while (frame := await self.receive()).get("ref") != "said":
            assert "closed" not in frame
        return frame.get("code", frame["type"])


def old_cookie() -> str:
    """What a browser was given an hour ago."""
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        return new_device()


@pytest.mark.parametrize("action", ["mute", "ban"])
async def test_another_socket_does_not_help_and_the_family_talks_on(hub, action):
    movie, (_mod, token) = await film(), await account("mod", "moderate_room")
    room, at_home = f"movie-{movie.pk}", [old_cookie(), old_cookie()]
    async with (
        Guest("/ws/chat") as nuisance,
        Guest("/ws/chat", cookie=at_home[0]) as mother,
        Guest("/ws/chat") as plain,
        Client("/ws/chat", headers=token, subprotocols=["cinema.v2"]) as mod,
    ):
        before = [await one.say(room, name) for one, name in ((nuisance, "n"), (mother, "m"), (plain, "p"))]
        await mod.send({"type": "join", "room_id": room})
        said = (await mod.until("joined"))["messages"][0]
        await mod.send({"type": "moderate", "id": "done", "room_id": room, "action": action, "message_id": said["id"]})
        await mod.until("ack")

        async with (
            Guest("/ws/chat") as without,
            Guest("/ws/chat", cookie=new_device()) as fresh,
            Guest("/ws/chat", cookie=at_home[1]) as father,
            Guest("/ws/chat", address="203.0.113.8") as neighbour,
        ):
            anew = [await without.say(room, "n"), await fresh.say(room, "n")]
            others = [await one.say(room, "o") for one in (mother, plain, father, neighbour)]

    assert (before, anew, others) == (["ack"] * 3, ["login_required"] * 2, ["ack"] * 4)


async def test_in_a_party_that_everyone_controls_another_socket_does_not_help_either(hub):
    (host, token), movie = await account("ann"), await film()
    party = await in_thread(start_party, host=host, movie=movie, control=Party.Control.EVERYONE, now=timezone.now())
    room = party.room.key
    async with Guest("/ws/sync") as nuisance, Client("/ws/sync", headers=token, subprotocols=["cinema.v2"]) as ann:
        await nuisance.send({"type": "join", "room_id": room, "username": "n"})
        await nuisance.until("state")
        await ann.send({"type": "join", "room_id": room})
        while not (guests := [one for one in (await ann.until("presence"))["users"] if one["guest"]]):
            pass
        ban = {"type": "moderate", "id": "done", "room_id": room, "action": "ban", "guest_id": guests[0]["guest_id"]}
        await ann.send(ban)
        await nuisance.until_closed()
        async with Guest("/ws/sync") as anew:
            await anew.send({"type": "join", "room_id": room, "username": "n"})
            joined = await anew.until("state")
            answers = []
            for frame in ({"type": "seek", "position": 600}, {"type": "play"}, {"type": "rate", "rate": 2}):
                await anew.send({**frame, "id": frame["type"]})
                answers.append((await anew.until("error"))["code"])

    assert joined["position"] == 0
    assert answers == ["login_required"] * 3


async def test_in_a_film_s_room_a_newcomer_s_place_is_not_passed_on(hub):
    movie, (_mod, token) = await film(), await account("mod", "moderate_room")
    room = f"movie-{movie.pk}"
    here = {"type": "sync", "room_id": room, "username": "n", "current_time": 5}
    async with Guest("/ws/sync") as nuisance, Client("/ws/chat", headers=token, subprotocols=["cinema.v2"]) as mod:
        async with Guest("/ws/chat") as talking:
            await talking.say(room, "n")
            await mod.send({"type": "join", "room_id": room})
            said = (await mod.until("joined"))["messages"][0]
            await mod.send({"type": "moderate", "id": 1, "room_id": room, "action": "ban", "message_id": said["id"]})
            await mod.until("ack")
        await nuisance.send(here)
        await nuisance.settled()
        async with Guest("/ws/sync") as anew:
            await anew.send(here)

            assert (await anew.until("error"))["code"] == "login_required"
