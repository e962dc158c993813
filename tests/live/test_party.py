"""Watch parties over the socket: who controls, what everyone is told, who is waited for."""

import pytest
from django.utils import timezone

from cinema.rate_limits import policy
from cinema.rate_limits.limits import By, RateLimit
from social import playback
from social.models import Party
from social.rooms import start_party, timeline_of
from tests.live.clients import Client
from tests.live.people import account, film, in_thread

pytestmark = pytest.mark.django_db(transaction=True)

V2 = ["cinema.v2"]


async def party_of(host, **rules) -> Party:
    return await in_thread(start_party, host=host, movie=await film(), now=timezone.now(), **rules)


async def entered(client: Client, party: Party, name: str = "visitor") -> dict:
    await client.send({"type": "join", "id": "j", "room_id": party.room.key, "username": name})
    return await client.until("state")


async def order(client: Client, **frame) -> dict:
    await client.send({"id": 1, **frame})
    while (answer := await client.receive())["type"] not in ("ack", "error"):
        pass
    return answer


async def state_of(client: Client, rev: int) -> dict:
    while (state := await client.until("state"))["rev"] < rev:
        pass
    return state


async def test_everyone_is_told_the_same_timeline(hub):
    ann, token = await account("ann")
    party = await party_of(ann, wait="off")
    async with (
        Client("/ws/sync", headers=token, subprotocols=V2) as host,
        Client("/ws/sync", subprotocols=V2) as guest,
        Client("/ws/sync") as plain,
    ):
        first = await entered(host, party)
        await entered(guest, party)
        await plain.send({"type": "join", "room_id": party.room.key, "username": "p"})
        beat = await plain.receive()
        rev = (await order(host, type="play"))["rev"]
        states = [await state_of(client, rev) for client in (host, guest)]
        while (told := await plain.receive())["rev"] < rev:
            pass

    assert (first["playing"], first["position"], first["you"]["may_control"]) == (False, 0.0, True)
    assert (beat["type"], beat["playing"], beat["current_time"]) == ("sync", False, 0.0)
    facts = [{key: state[key] for key in ("playing", "position", "rate", "at", "by")} for state in states]
    assert facts[0] == facts[1] == {"playing": True, "position": 0.0, "rate": 1.0, "at": told["at"], "by": "ann"}
    assert (told["type"], told["current_time"]) == ("sync", 0.0)


async def test_a_guest_may_not_control_the_host_s_party_but_one_for_everyone(hub):
    (ann, _token) = await account("ann")
    answers = []
    for control in ("host", "everyone"):
        party = await party_of(ann, control=control)
        async with Client("/ws/sync", subprotocols=V2) as guest:
            await entered(guest, party)
            answers.append((await order(guest, type="seek", position=60)).get("code", "ok"))

    assert answers == ["not_in_control", "ok"]


async def test_a_stale_wish_is_a_conflict_and_brings_the_state(hub):
    ann, token = await account("ann")
    party = await party_of(ann)
    async with Client("/ws/sync", headers=token, subprotocols=V2) as host:
        await entered(host, party)
        rev = (await order(host, type="seek", position=10))["rev"]
        refused = await order(host, type="seek", position=20, if_rev=rev - 1)
        state = await host.until("state")

    assert (refused["code"], state["rev"], state["position"]) == ("conflict", rev, 10)


async def test_a_viewer_whose_player_reports_upon_every_jump_of_the_host_is_not_closed_as_flooding(
    hub, settings, monkeypatch
):
    settings.RATE_LIMITS = True
    monkeypatch.setattr(policy, "FRAMES", RateLimit("frames", By.DEVICE, 10, 3600, refills=True))
    ann, token = await account("ann")
    party = await party_of(ann, wait="off")
    async with (
        Client("/ws/sync", headers=token, subprotocols=V2) as host,
        Client("/ws/sync", subprotocols=V2) as viewer,
    ):
        for client in (host, viewer):
            await entered(client, party)
        for position in range(5):
            rev = (await order(host, type="seek", position=position))["rev"]
            await state_of(viewer, rev)
            for state in ("seeking", "buffering", "seeking", "ready", "paused"):
                await viewer.send({"type": "status", "state": state, "position": position})
        await viewer.settled()

        for _own in range(20):  # what nobody gave an occasion for is flooding still
            await viewer.send({"type": "status", "state": "paused", "position": 4})
        assert (await viewer.until_closed())[-1] == {"closed": 4029}


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "seek", "position": -1}, "invalid_position"),
        ({"type": "seek", "position": float("nan")}, "invalid_position"),
        ({"type": "seek", "position": 6001}, "invalid_position"),
        ({"type": "seek"}, "invalid_position"),
        ({"type": "rate", "rate": 0}, "invalid_rate"),
        ({"type": "rate", "rate": 9}, "invalid_rate"),
        ({"type": "rate", "rate": "fast"}, "invalid_rate"),
    ],
)
async def test_wishes_that_make_no_sense_are_refused(hub, frame, code):
    ann, token = await account("ann")
    party = await party_of(ann)
    async with Client("/ws/sync", headers=token, subprotocols=V2) as host:
        await entered(host, party)

        assert (await order(host, **frame))["code"] == code


async def test_a_plain_host_far_off_the_timeline_seeks_and_a_near_one_reports(hub):
    ann, token = await account("ann")
    party = await party_of(ann)
    async with Client("/ws/sync", headers=token) as host, Client("/ws/sync", subprotocols=V2) as guest:
        rev = (await entered(guest, party))["rev"]
        for position in (0.9, 30.0):
            await host.send({"type": "sync", "room_id": party.room.key, "username": "ann", "current_time": position})
        state = await guest.until("state")
        while state["reason"] != "seek":
            state = await guest.until("state")

    assert (state["position"], state["by"]) == (30.0, "ann")
    assert state["rev"] <= rev + 2


async def test_a_straggler_is_waited_for_and_shown_and_a_late_joiner_is_not(hub):
    ann, token = await account("ann")
    party = await party_of(ann, wait="all")
    async with (
        Client("/ws/sync", headers=token, subprotocols=V2) as host,
        Client("/ws/sync", subprotocols=V2) as guest,
    ):
        for client in (host, guest):
            await entered(client, party)
            await client.send({"type": "status", "state": "ready", "position": 0, "rtt_ms": 10})
        rev = (await order(host, type="play"))["rev"]
        playing = await state_of(host, rev)
        async with Client("/ws/sync", subprotocols=V2) as late:
            arrived = await entered(late, party, "late")
            await late.send({"type": "status", "state": "buffering", "position": 0})
            await guest.send({"type": "status", "state": "buffering", "position": 1})
            waiting = await state_of(host, rev + 1)
        await guest.send({"type": "status", "state": "ready", "position": 1})
        going_on = await state_of(host, rev + 2)

    assert (playing["playing"], arrived["playing"]) == (True, True)
    assert (waiting["playing"], waiting["reason"], waiting["waiting_on"]) == (False, "waiting", ["visitor"])
    assert (going_on["playing"], going_on["waiting_on"]) == (True, [])


async def test_a_straggler_who_leaves_is_waited_for_no_longer(hub):
    ann, token = await account("ann")
    party = await party_of(ann, wait="all")
    async with Client("/ws/sync", headers=token, subprotocols=V2) as host:
        async with Client("/ws/sync", subprotocols=V2) as guest:
            for client in (host, guest):
                await entered(client, party)
                await client.send({"type": "status", "state": "ready", "position": 0})
            rev = (await order(host, type="play"))["rev"]
            await guest.send({"type": "status", "state": "buffering", "position": 1})
            await state_of(host, rev + 1)
        going_on = await state_of(host, rev + 2)

    assert (going_on["playing"], going_on["waiting_on"]) == (True, [])


async def test_the_first_start_waits_for_those_who_load(hub):
    ann, token = await account("ann")
    party = await party_of(ann, wait="all")
    async with (
        Client("/ws/sync", headers=token, subprotocols=V2) as host,
        Client("/ws/sync", subprotocols=V2) as guest,
    ):
        await entered(host, party)
        await entered(guest, party)
        await host.send({"type": "status", "state": "ready", "position": 0})
        rev = (await order(host, type="play"))["rev"]
        waiting = await state_of(host, rev)
        await guest.send({"type": "status", "state": "ready", "position": 0})
        going_on = await state_of(host, rev + 1)

    assert (waiting["playing"], waiting["waiting_on"]) == (False, ["visitor"])
    assert (going_on["playing"], going_on["reason"]) == (True, "play")


async def test_the_host_s_player_says_how_long_the_film_is_and_a_guest_s_does_not(hub):
    ann, token = await account("ann")
    party = await party_of(ann, control="everyone")
    lengths = []
    async with (
        Client("/ws/sync", headers=token, subprotocols=V2) as host,
        Client("/ws/sync", subprotocols=V2) as guest,
    ):
        for client in (guest, host):
            await entered(client, party)
            await client.send({"type": "status", "state": "ready", "position": 0, "duration": 120.0})
            await client.settled()
            lengths.append(await in_thread(_length, party=party))

    assert lengths == [6000.0, 120.0]


def _length(*, party: Party) -> float:
    return timeline_of(Party.objects.get(pk=party.pk)).length


async def test_a_ping_brings_four_stamps_in_order(hub):
    async with Client("/ws/sync") as client:
        await client.send({"type": "ping", "id": 9, "t0": 5.5})
        pong = await client.receive()

    assert (pong["type"], pong["ref"], pong["t0"]) == ("pong", 9, 5.5)
    assert 0 < pong["t1"] <= pong["t2"]


async def test_a_film_s_room_has_no_control(hub):
    movie = await film()
    async with Client("/ws/sync") as client:
        await client.send({"type": "join", "room_id": f"movie-{movie.pk}", "username": "u"})
        await client.send({"type": "play"})

        assert (await client.receive())["code"] == "not_in_control"


async def test_a_change_whose_news_was_lost_is_found_by_looking_again(hub, monkeypatch):
    monkeypatch.setattr("social.consumers.sync_feed.LOOK_AGAIN_SECONDS", 0.2)
    ann, _token = await account("ann")
    party = await party_of(ann)
    async with Client("/ws/sync", subprotocols=V2) as guest:
        await entered(guest, party)
        await in_thread(_seek_silently, party=party, position=42.0)

        assert (await guest.until("state"))["position"] == 42.0


def _seek_silently(*, party: Party, position: float) -> None:
    line = playback.seek(timeline_of(party), now=0, by="ann", position=position, lead=0)
    Party.objects.filter(pk=party.pk).update(rev=line.rev, timeline=line.as_json())


async def test_who_comes_back_at_once_hears_who_is_here(hub):
    ann, token = await account("ann")
    _bob, his_token = await account("bob")
    party = await party_of(ann, wait="off")
    async with Client("/ws/sync", headers=token, subprotocols=V2) as host:
        await entered(host, party)
        async with Client("/ws/sync", headers=his_token, subprotocols=V2) as once:
            await entered(once, party)
            while (await host.until("presence"))["count"] != 2:
                pass
        async with Client("/ws/sync", headers=his_token, subprotocols=V2) as again:
            await entered(again, party)
            presence = await again.until("presence")

    assert sorted(user["username"] for user in presence["users"]) == ["ann", "bob"]
