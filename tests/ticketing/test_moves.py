"""Moving a showtime people have tickets for: time, hall, seats, money back, and who is told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Letter
from cinema.clock import local
from cinema.errors import InvalidInput
from tests.factories import (
    a_clerk,
    a_customer,
    a_hall,
    a_paid_order,
    a_showtime,
    an_administrator,
    an_order,
    money,
    pay,
)
from tests.working import do_jobs
from ticketing.models import Claim, Hall, Order, Showtime, Ticket
from ticketing.money.refunds import RefundClosed, refund_by_customer, refund_order
from ticketing.programme.scheduling import HallClosed, ShowtimesOverlap, add_showtime
from ticketing.programme.showtimes import ShowtimeChanged, ShowtimeNotFound, newest_change
from ticketing.sale.moves import NoEqualSeats, ShowtimeStays, look_ahead, move_showtime, still_to_be_told
from ticketing.sale.orders import WrongOrderStatus
from ticketing.sale.showtime_changes import update_showtime

pytestmark = pytest.mark.usefixtures("books")
HOUR = timedelta(hours=1)


def seats_of(order: Order) -> list[tuple[str, str]]:
    """Code, and hall and row of the seat, of its standing tickets."""
    tickets = order.tickets.exclude(status=Ticket.Status.REFUNDED).select_related("seat__hall").order_by("pk")
    return [(ticket.code, f"{ticket.seat.hall.name} {ticket.seat.label}") for ticket in tickets]


def test_another_time_keeps_tickets_and_seats(now):
    showtime = a_showtime(now=now)
    order = a_paid_order(now=now, showtime=showtime, seats=["A1", "A2"])
    before = seats_of(order)

    moved = move_showtime(
        showtime_id=showtime.pk, hall=showtime.hall, starts_at=showtime.starts_at + HOUR, now=now, by=a_clerk()
    )

    assert (moved.starts_at, moved.ends_at) == (showtime.starts_at + HOUR, showtime.ends_at + HOUR)
    assert (moved.moved_at, seats_of(order), order.status) == (now, before, "paid")


def test_another_hall_gives_everyone_the_same_row_number_and_kind(now):
    old = a_hall(name="一号厅", plan=["vvoo", "oooo"])
    new = a_hall(name="二号厅", plan=["vvooxx", "oooo__", "oooooo"])
    showtime = a_showtime(now=now, hall=old)
    first = a_paid_order(now=now, showtime=showtime, seats=["A1", "A2"])
    second = a_paid_order(now=now, showtime=showtime, seats=["B4"])
    codes = {code for code, _seat in seats_of(first) + seats_of(second)}

    move_showtime(
        showtime_id=showtime.pk, hall=new, starts_at=showtime.starts_at, now=now, by=a_clerk(), reason="放映机"
    )

    assert [seat for _code, seat in seats_of(first)] == ["二号厅 A1", "二号厅 A2"]
    assert [seat for _code, seat in seats_of(second)] == ["二号厅 B4"]
    assert {code for code, _seat in seats_of(first) + seats_of(second)} == codes
    assert set(Claim.objects.values_list("seat__hall", "status")) == {(new.pk, "sold")}
    assert an_order(now=now, showtime=Showtime.objects.get(), seats=["C6"]).status == "pending"


def test_a_hall_without_an_equal_for_every_seat_is_refused(now):
    showtime = a_showtime(now=now, hall=a_hall(plan=["vvoo"]))
    order = a_paid_order(now=now, showtime=showtime, seats=["A1", "A4"])
    smaller = a_hall(plan=["ooox"])

    with pytest.raises(NoEqualSeats) as refusal:
        move_showtime(showtime_id=showtime.pk, hall=smaller, starts_at=showtime.starts_at, now=now, by=a_clerk())

    showtime.refresh_from_db()
    assert refusal.value.details["labels"] == ["A1", "A4"]
    assert (showtime.moved_at, [seat[-2:] for _code, seat in seats_of(order)]) == (None, ["A1", "A4"])
    assert Letter.objects.filter(kind=Letter.Kind.MOVED).count() == 0


def test_a_showtime_goes_to_another_hall_and_back(now):
    one, two = a_hall(), a_hall()
    showtime = a_showtime(now=now, hall=one)
    an_order(now=now - HOUR, showtime=showtime, seats=["A1"])  # its hold has run out
    order = a_paid_order(now=now, showtime=showtime, seats=["B1"])
    other = a_paid_order(now=now, showtime=showtime, seats=["B2", "B3"])
    refund_order(order=other, now=now, by=None, ticket_ids=[other.tickets.first().pk])

    for hall in (two, one):
        move_showtime(showtime_id=showtime.pk, hall=hall, starts_at=showtime.starts_at, now=now, by=a_clerk())

    assert [seat for _code, seat in seats_of(order)] == [f"{one.name} B1"]
    assert [seat for _code, seat in seats_of(other)] == [f"{one.name} B3"]


def test_whoever_has_not_paid_loses_the_hold_and_pays_nothing(now):
    showtime = a_showtime(now=now)
    order = an_order(now=now, showtime=showtime, seats=["A1"])

    move_showtime(
        showtime_id=showtime.pk, hall=showtime.hall, starts_at=showtime.starts_at + HOUR, now=now, by=a_clerk()
    )

    order.refresh_from_db()
    assert (order.status, Claim.objects.count()) == ("cancelled", 0)
    with pytest.raises(WrongOrderStatus):
        pay(order, now=now)


def test_everyone_with_an_account_is_told_in_their_language(now):
    showtime = a_showtime(now=now)
    a_paid_order(now=now, showtime=showtime, seats=["A1"], customer=a_customer("lin"))
    a_paid_order(now=now, showtime=showtime, seats=["A2"], customer=a_customer("kim", language="en"))
    an_order(now=now, showtime=showtime, seats=["A3"], customer=a_customer("wei"))
    Letter.objects.all().delete()

    move_showtime(
        showtime_id=showtime.pk, hall=showtime.hall, starts_at=showtime.starts_at + HOUR, now=now, by=a_clerk()
    )
    waiting = still_to_be_told(showtime)
    do_jobs("tell_moved_order", at=now)

    assert (waiting, still_to_be_told(showtime)) == (2, 0)
    told = Letter.objects.order_by("recipient__username").values_list("recipient__username", "kind", "language")
    assert [(name, kind) for name, kind, _language in told] == [
        ("kim", "moved"),
        ("lin", "moved"),
        ("wei", "cancelled"),
    ]
    assert Letter.objects.get(recipient__username="kim").text.startswith("We are sorry: the showtime")


def test_of_two_moves_each_is_told_with_its_own_times_and_whoever_gave_back_in_between_hears_of_neither(now):
    showtime = a_showtime(now=now)
    a_paid_order(now=now, showtime=showtime, seats=["A1"], customer=a_customer("kim", language="en"))
    gone = a_paid_order(now=now, showtime=showtime, seats=["A2"], customer=a_customer("lin"))
    Letter.objects.all().delete()
    for hours, later in ((1, timedelta()), (2, timedelta(minutes=1))):
        where = {"hall": showtime.hall, "starts_at": showtime.starts_at + hours * HOUR}
        move_showtime(showtime_id=showtime.pk, **where, now=now + later, by=a_clerk())
    refund_by_customer(order=Order.objects.with_details().get(pk=gone.pk), now=now)

    do_jobs("tell_moved_order", at=now + HOUR)
    do_jobs("tell_moved_order", at=now + HOUR)

    first, second = Letter.objects.filter(kind="moved").order_by("pk").values_list("text", flat=True)
    at, then, finally_ = (f"{local(showtime.starts_at + hours * HOUR):%H:%M}" for hours in range(3))
    assert [(first.index(then) < first.index(at)), (second.index(finally_) < second.index(then))] == [True, True]
    assert list(Letter.objects.filter(kind="moved").values_list("recipient__username", flat=True)) == ["kim", "kim"]


def test_after_a_move_tickets_may_be_given_back_until_the_start(now):
    showtime = a_showtime(now=now)
    before = a_paid_order(now=now, showtime=showtime, seats=["A1"])
    moved = move_showtime(
        showtime_id=showtime.pk, hall=showtime.hall, starts_at=showtime.starts_at + HOUR, now=now, by=a_clerk()
    )
    after = a_paid_order(now=now + timedelta(minutes=1), showtime=moved, seats=["A2"])
    late = moved.starts_at - timedelta(minutes=1)

    back = refund_by_customer(order=Order.objects.with_details().get(pk=before.pk), now=late)

    assert (back.status, back.refunded_amount) == ("refunded", money(45))
    with pytest.raises(RefundClosed):
        refund_by_customer(order=Order.objects.with_details().get(pk=after.pk), now=late)


def test_what_stands_in_the_way_is_refused_and_nothing_happens(now):
    showtime, boss = a_showtime(now=now), an_administrator()
    a_paid_order(now=now, showtime=showtime, seats=["A1"])
    busy, closed = a_hall(), a_hall(status=Hall.Status.BANNED)
    add_showtime(movie=showtime.movie, hall=busy, starts_at=showtime.starts_at, price=money(45))
    cases = {
        ShowtimesOverlap: {"hall": busy},
        HallClosed: {"hall": closed},
        InvalidInput: {"starts_at": now - HOUR},
        ShowtimeStays: {},
    }

    for refusal, place in cases.items():
        place = {"hall": showtime.hall, "starts_at": showtime.starts_at} | place
        assert isinstance(look_ahead(showtime_id=showtime.pk, now=now, **place).refusal, refusal)
        with pytest.raises(refusal):
            move_showtime(showtime_id=showtime.pk, now=now, by=boss, **place)

    with pytest.raises(ShowtimeNotFound):
        move_showtime(showtime_id=0, hall=busy, starts_at=now + HOUR, now=now, by=boss)
    assert Showtime.objects.get(pk=showtime.pk).moved_at is None


@pytest.mark.parametrize("state", ["draft", "cancelled", "over"])
def test_only_what_is_on_sale_and_not_over_moves(now, state):
    facts = {"starts_at": now - 9 * HOUR} if state == "over" else {"status": state}
    showtime = a_showtime(now=now, **facts)

    with pytest.raises(ShowtimeStays):
        move_showtime(showtime_id=showtime.pk, hall=showtime.hall, starts_at=now + 9 * HOUR, now=now, by=a_clerk())


def test_looking_ahead_names_whom_it_concerns_and_changes_nothing(now):
    showtime, other = a_showtime(now=now), a_hall()
    paid = a_paid_order(now=now, showtime=showtime, seats=["A1", "A2"])
    unpaid = an_order(now=now, showtime=showtime, seats=["A3"])
    an_order(now=now - HOUR, showtime=showtime, seats=["A4"])

    outlook = look_ahead(showtime_id=showtime.pk, hall=other, starts_at=showtime.starts_at + HOUR, now=now)

    assert (outlook.paid, outlook.unpaid, outlook.ticket_count, outlook.refusal) == ([paid], [unpaid], 2, None)
    assert outlook.showtime.ends_at == showtime.ends_at + HOUR
    assert list(Showtime.objects.values_list("hall", "starts_at")) == [(showtime.hall_id, showtime.starts_at)]


def test_the_second_of_two_managers_is_told(now):
    showtime = a_showtime(now=now)
    a_paid_order(now=now, showtime=showtime)
    seen = newest_change(showtime)
    update_showtime(showtime_id=showtime.pk, now=now, price=money(60))

    with pytest.raises(ShowtimeChanged):
        move_showtime(
            showtime_id=showtime.pk,
            hall=showtime.hall,
            starts_at=showtime.starts_at + HOUR,
            seen=seen,
            now=now,
            by=a_clerk(),
        )

    assert Showtime.objects.get().moved_at is None


def test_moving_takes_the_same_statements_for_one_ticket_and_for_three(now):
    counts = []
    for labels in (["A1"], ["A1", "A2", "A3"]):
        showtime, other, boss = a_showtime(now=now), a_hall(), a_clerk()
        a_paid_order(now=now, showtime=showtime, seats=labels)
        with CaptureQueriesContext(connection) as queries:
            move_showtime(showtime_id=showtime.pk, hall=other, starts_at=showtime.starts_at, now=now, by=boss)
        counts.append(len(queries))

    assert counts[0] == counts[1] < 40
