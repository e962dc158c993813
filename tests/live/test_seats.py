"""The live seat map as an equation: what was shown, with the changes told, is what a fresh look shows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from cinema.realtime import publish, showtime_topic
from tests.factories import money
from tests.live.clients import Client
from tests.live.people import account, film, in_thread
from ticketing.models import Claim, Order, Seat, Showtime, Ticket
from ticketing.money.call_offs import call_off_showtime
from ticketing.money.in_house import pay_in_house
from ticketing.money.refunds import refund_order
from ticketing.programme.scheduling import add_showtime
from ticketing.sale.broken_seats import move_ticket, set_for_sale
from ticketing.sale.hall_changes import replace_grid
from ticketing.sale.holds import hold_seats
from ticketing.sale.orders import cancel_order
from ticketing.venue.grids import default_grid
from ticketing.venue.halls import add_hall

pytestmark = pytest.mark.django_db(transaction=True)


class Map:
    """A page: it knows the protocol and nothing else."""

    def __init__(self, client: Client) -> None:
        self.client, self.seq, self.seats = client, None, {}

    async def watch(self, showtime: Showtime) -> "Map":
        await self.client.send({"type": "watch", "showtime_id": showtime.pk})
        self.apply(await self.client.until("seats"))
        return self

    def apply(self, frame: dict) -> None:
        if frame["type"] == "seats":
            self.seq, self.seats = frame["seq"], {seat["seat_id"]: seat for seat in frame["seats"]}
            return
        assert frame["type"] == "change"
        assert self.seq <= frame["seq"] <= self.seq + 1
        self.seq = frame["seq"]
        self.seats |= {seat["seat_id"]: seat for seat in frame["seats"]}

    async def next(self) -> dict:
        frame = await self.client.receive()
        self.apply(frame)
        return frame


async def showtime_of(seats: int = 12) -> Showtime:
    movie, now = await film(), timezone.now()
    return await in_thread(_planned, movie=movie, seats=seats, now=now)


def _planned(*, movie, seats, now) -> Showtime:
    hall = add_hall(name="1", total_seats=seats, hall_type="standard", now=now)
    return add_showtime(movie=movie, hall=hall, starts_at=now + timedelta(days=1), price=money(40))


async def fresh(showtime: Showtime, headers: dict | None = None) -> tuple[int, dict]:
    """What someone sees who looks for the first time."""
    async with Client("/ws/seats", headers=headers) as client:
        page = await Map(client).watch(showtime)
    return page.seq, page.seats


async def test_hold_pay_cancel_and_refund_are_told_and_add_up(hub):
    showtime, (ann, _token) = await showtime_of(), await account("ann")
    told, equal = [], []
    async with Client("/ws/seats") as client:
        page = await Map(client).watch(showtime)
        ids = list(page.seats)

        async def done(function, **kwargs):
            result = await in_thread(function, now=timezone.now(), **kwargs)
            frame = await page.next()
            told.append([seat["status"] for seat in frame["seats"]])
            equal.append((page.seq, page.seats) == await fresh(showtime))
            return result

        first = await done(hold_seats, showtime_id=showtime.pk, seats=ids[:2], customer=ann)
        await done(cancel_order, order=first)
        second = await done(hold_seats, showtime_id=showtime.pk, seats=ids[1:4], customer=ann)
        await done(pay_in_house, order=second, provider="cash", by=None)
        await done(refund_order, order=second, by=ann, reason="")

    assert told == [["held"] * 2, ["available"] * 2, ["held"] * 3, ["sold"] * 3, ["available"] * 3]
    assert equal == [True] * 5


async def test_a_seat_taken_off_sale_is_not_shown_free_when_it_is_given_back(hub):
    showtime, (ann, _token) = await showtime_of(), await account("ann")
    async with Client("/ws/seats") as client:
        page = await Map(client).watch(showtime)
        ids, now = list(page.seats), timezone.now()
        order = await in_thread(hold_seats, showtime_id=showtime.pk, seats=ids[:2], customer=ann, now=now)
        await page.next()
        broken = await in_thread(Seat.objects.get, pk=ids[0])
        await in_thread(set_for_sale, seat=broken, is_available=False, now=now)
        await page.next()
        await in_thread(cancel_order, order=order, now=now)
        frame = await page.next()

        assert {seat["seat_id"]: seat["status"] for seat in frame["seats"]} == {ids[0]: "blocked", ids[1]: "available"}
        assert (page.seq, page.seats) == await fresh(showtime)


async def test_a_moved_ticket_and_a_showtime_called_off_are_told_and_add_up(hub):
    showtime, (ann, _token) = await showtime_of(), await account("ann")
    equal = []
    async with Client("/ws/seats") as client:
        page = await Map(client).watch(showtime)
        ids, now = list(page.seats), timezone.now()
        order = await in_thread(hold_seats, showtime_id=showtime.pk, seats=ids[:1], customer=ann, now=now)
        await in_thread(pay_in_house, order=order, provider="cash", by=None, now=now)
        free = await in_thread(Seat.objects.get, pk=ids[3])
        ticket = await in_thread(Ticket.objects.get, order=order)
        await in_thread(move_ticket, ticket_id=ticket.pk, to=free.label, now=now, by=ann)
        while {seat: page.seats[seat]["status"] for seat in ids if page.seats[seat]["status"] != "available"} != {
            ids[3]: "sold"
        }:
            await page.next()
        equal.append((page.seq, page.seats) == await fresh(showtime))
        await in_thread(call_off_showtime, showtime_id=showtime.pk, now=now, by=ann)
        told = await page.client.receive()

    assert equal == [True]
    assert (told["type"], told["code"]) == ("error", "no_such_showtime")  # nothing is sold any more from that moment


async def test_a_hold_that_runs_out_is_shown_free_again_without_any_job(hub):
    showtime, (ann, _token) = await showtime_of(), await account("ann")
    async with Client("/ws/seats") as client:
        page = await Map(client).watch(showtime)
        ids = list(page.seats)
        await in_thread(hold_seats, showtime_id=showtime.pk, seats=ids[:2], customer=ann, now=timezone.now())
        await page.next()
        await in_thread(_run_out_soon, showtime=showtime)
        # The stored end moved behind the feed's back: any later event makes it look again.
        publish(showtime_topic(showtime.pk), {"reload": True})
        frame = await page.next()

        assert [seat["status"] for seat in frame["seats"]] == ["available"] * 2
        assert (page.seq, page.seats) == await fresh(showtime)


async def test_own_held_seats_are_marked_for_their_owner_only(hub):
    showtime, (ann, token), (_bob, bobs) = await showtime_of(), await account("ann"), await account("bob")
    async with Client("/ws/seats", headers=token) as own, Client("/ws/seats", headers=bobs) as other:
        mine, others = await Map(own).watch(showtime), await Map(other).watch(showtime)
        seat = next(iter(mine.seats))
        await in_thread(hold_seats, showtime_id=showtime.pk, seats=[seat], customer=ann, now=timezone.now())
        told = [(await page.next())["seats"] for page in (mine, others)]

    assert told == [[{"seat_id": seat, "status": "held", "mine": True}], [{"seat_id": seat, "status": "held"}]]
    assert (await fresh(showtime, token))[1][seat]["mine"] is True


async def test_a_lost_or_late_event_is_made_good_by_the_whole_map(hub, monkeypatch):
    showtime, (ann, _token) = await showtime_of(), await account("ann")
    async with Client("/ws/seats") as client:
        page = await Map(client).watch(showtime)
        ids = list(page.seats)
        with monkeypatch.context() as patch:
            patch.setattr("cinema.realtime.publishing.deliver_here", lambda topic, body: None)
            await in_thread(hold_seats, showtime_id=showtime.pk, seats=ids[:1], customer=ann, now=timezone.now())
        await in_thread(hold_seats, showtime_id=showtime.pk, seats=ids[1:2], customer=ann, now=timezone.now())
        frame = await page.next()

        assert frame["type"] == "seats"
        assert (page.seq, page.seats) == await fresh(showtime)


async def test_a_change_whose_news_was_lost_is_found_by_looking_again(hub, monkeypatch):
    monkeypatch.setattr("ticketing.consumers.LOOK_AGAIN_SECONDS", 0.2)
    showtime, (ann, _token) = await showtime_of(), await account("ann")
    async with Client("/ws/seats") as client:
        page = await Map(client).watch(showtime)
        with monkeypatch.context() as patch:
            patch.setattr("cinema.realtime.publishing.deliver_here", lambda topic, body: None)
            seat = next(iter(page.seats))
            await in_thread(hold_seats, showtime_id=showtime.pk, seats=[seat], customer=ann, now=timezone.now())
        await page.next()

        assert page.seats[seat]["status"] == "held"
        assert (page.seq, page.seats) == await fresh(showtime)


async def test_a_new_grid_is_shown_whole(hub):
    showtime = await showtime_of()
    async with Client("/ws/seats") as client:
        page = await Map(client).watch(showtime)
        await in_thread(replace_grid, hall_id=showtime.hall_id, grid=default_grid(20), now=timezone.now())
        frame = await page.next()

        assert (frame["type"], len(frame["seats"])) == ("seats", 20)
        assert (page.seq, page.seats) == await fresh(showtime)


@pytest.mark.parametrize("showtime_id", [0, -1, 10**30, "1", None, True, [], 999_999])
async def test_a_showtime_that_isn_t_there_is_refused(hub, showtime_id):
    async with Client("/ws/seats") as client:
        await client.send({"type": "watch", "id": 1, "showtime_id": showtime_id})

        assert (await client.receive())["code"] == "no_such_showtime"


async def test_a_draft_is_shown_to_nobody(hub):
    showtime = await showtime_of()
    await in_thread(lambda: Showtime.objects.filter(pk=showtime.pk).update(status="draft"))
    async with Client("/ws/seats") as client:
        await client.send({"type": "watch", "showtime_id": showtime.pk})

        assert (await client.receive())["code"] == "no_such_showtime"


def _run_out_soon(*, showtime: Showtime) -> None:
    soon = timezone.now() + timedelta(milliseconds=300)
    Claim.objects.filter(showtime=showtime).update(held_until=soon)
    Order.objects.filter(showtime=showtime).update(expires_at=soon)
    assert User.objects.exists()
