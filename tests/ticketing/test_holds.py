"""Holding seats: what an order is made of, and every refusal, which must leave nothing behind."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cinema.errors import InvalidInput
from tests.factories import a_clerk, a_customer, a_hall, a_paid_order, a_price_card, a_showtime, an_order, money, pay
from ticketing.models import Claim, Hall, LedgerEntry, Order, Seat, Showtime
from ticketing.prices.tariffs import PriceTypeNotOffered
from ticketing.programme.showtimes import ShowtimeNotFound
from ticketing.sale.best_seats import OrphanSeat
from ticketing.sale.claims import SeatsTaken
from ticketing.sale.hall_changes import set_hall_status
from ticketing.sale.holds import (
    CustomerBanned,
    IdempotencyConflict,
    NoSeatsChosen,
    SalesClosed,
    TooManyPendingOrders,
    TooManySeats,
    hold_seats,
)
from ticketing.sale.orders import WrongOrderStatus, cancel_order
from ticketing.sale.second_chance import hold_again, offer_for

pytestmark = pytest.mark.usefixtures("books")


def refused(error, **request):
    """The hold is refused with this error, and nothing was written."""
    before = Order.objects.count(), Claim.objects.count(), LedgerEntry.objects.count()
    with pytest.raises(error):
        hold_seats(**request)
    assert (Order.objects.count(), Claim.objects.count(), LedgerEntry.objects.count()) == before


def test_a_hold_is_a_pending_order_with_its_lines_and_claims(now):
    showtime = a_showtime(now=now)
    customer = a_customer()

    order = hold_seats(showtime_id=showtime.pk, seats=["A2", "A1"], customer=customer, now=now)

    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert order.customer == customer
    assert order.total_amount == money("90.00")
    assert order.expires_at == now + timedelta(minutes=10)
    assert order.labels == ["A1", "A2"]
    claims = Claim.objects.filter(order=order).order_by("seat_id")
    assert [(claim.seat.label, claim.status, claim.held_until) for claim in claims] == [
        ("A1", "held", order.expires_at),
        ("A2", "held", order.expires_at),
    ]


def test_the_factories_make_what_they_say(now):
    hall = a_hall(plan=["oo_xv"])
    card = a_price_card(vip=20, child=-15)
    showtime = a_showtime(now=now, hall=hall, price_card=card)

    paid = a_paid_order(now=now, showtime=showtime, seats=["A1", "A5"], price_types={"A1": "child"})
    pending = an_order(now=now, showtime=showtime, seats=["A2"])

    assert (paid.status, paid.total_amount, pending.total_amount) == ("paid", money("95.00"), money("45.00"))
    assert [seat.label for seat in hall.seats.present()] == ["A1", "A2", "A4", "A5"]


@pytest.mark.parametrize("how", ["id", "id as text", "label", "small label", "label with space"])
def test_a_seat_goes_by_id_or_label(now, how):
    showtime = a_showtime(now=now)
    seat = showtime.hall.seats.get(row_label="B", col_number=3)
    named = {
        "id": seat.pk,
        "id as text": str(seat.pk),
        "label": "B3",
        "small label": "b3",
        "label with space": " B3 ",
    }[how]

    order = an_order(now=now, showtime=showtime, seats=[named])

    assert [line.seat for line in order.lines.all()] == [seat]


def test_a_number_is_an_id_even_where_rows_are_numbered(now):
    hall = a_hall(rows=1, cols=1)
    hall.seats.update(row_label="1", col_number=2)
    other = Seat.objects.create(pk=12, hall=hall, row_label="9", col_number=9, x=9, y=9)
    showtime = a_showtime(now=now, hall=hall)

    by_number = an_order(now=now, showtime=showtime, seats=["12"])
    by_label = an_order(now=now, showtime=showtime, seats=["1-2"])

    assert [line.seat for line in by_number.lines.all()] == [other]
    assert by_label.labels == ["1-2"]


@pytest.mark.parametrize("seats", [["Z9"], ["A1", "Z9"], [987654321], ["9" * 30], [""], [None], [True], ["A1\x00"]])
def test_a_seat_that_is_not_there_is_refused(now, seats):
    showtime = a_showtime(now=now)

    refused(SeatsTaken, showtime_id=showtime.pk, seats=seats, customer=a_customer(), now=now)


def test_a_seat_of_another_hall_is_refused(now):
    showtime = a_showtime(now=now)
    elsewhere = a_hall().seats.first()

    refused(SeatsTaken, showtime_id=showtime.pk, seats=[elsewhere.pk], customer=a_customer(), now=now)


def test_a_blocked_seat_is_refused(now):
    showtime = a_showtime(now=now, hall=a_hall(plan=["xoo"]))

    refused(SeatsTaken, showtime_id=showtime.pk, seats=["A1"], customer=a_customer(), now=now)


def test_a_removed_seat_is_refused(now):
    showtime = a_showtime(now=now)
    showtime.hall.seats.filter(row_label="A", col_number=1).update(removed_at=now)

    refused(SeatsTaken, showtime_id=showtime.pk, seats=["A1"], customer=a_customer(), now=now)


@pytest.mark.parametrize("state", ["held", "sold"])
def test_a_seat_someone_else_has_is_refused(now, state):
    showtime = a_showtime(now=now)
    order = an_order(now=now, showtime=showtime, seats=["A1"])
    if state == "sold":
        pay(order, now=now)

    refused(SeatsTaken, showtime_id=showtime.pk, seats=["A2", "A1"], customer=a_customer(), now=now)


def test_a_hold_that_ran_out_can_be_taken_over_at_once(now):
    showtime = a_showtime(now=now)
    late = an_order(now=now, showtime=showtime, seats=["A1"])

    refused(
        SeatsTaken,
        showtime_id=showtime.pk,
        seats=["A1"],
        customer=a_customer(),
        now=late.expires_at - timedelta(seconds=1),
    )
    order = an_order(now=late.expires_at, showtime=showtime, seats=["A1"])

    assert Claim.objects.get(showtime=showtime).order == order


def test_no_seats_are_refused(now):
    refused(NoSeatsChosen, showtime_id=a_showtime(now=now).pk, seats=[], customer=a_customer(), now=now)


def test_nine_seats_are_refused_and_eight_are_not(now):
    showtime = a_showtime(now=now, hall=a_hall(rows=1, cols=9))
    labels = [f"A{number}" for number in range(1, 10)]

    refused(TooManySeats, showtime_id=showtime.pk, seats=labels, customer=a_customer(), now=now)

    assert an_order(now=now, showtime=showtime, seats=labels[:8]).total_amount == money("360.00")


@pytest.mark.parametrize("twice", [["A1", "A1"], ["A1", "a1"]])
def test_the_same_seat_twice_is_refused(now, twice):
    refused(InvalidInput, showtime_id=a_showtime(now=now).pk, seats=twice, customer=a_customer(), now=now)


def test_an_unknown_showtime_is_refused(now):
    for showtime_id in (0, -1, 424242, 10**30):
        refused(ShowtimeNotFound, showtime_id=showtime_id, seats=["A1"], customer=a_customer(), now=now)


def test_a_draft_is_not_there_for_customers(now):
    showtime = a_showtime(now=now, status=Showtime.Status.DRAFT)

    refused(ShowtimeNotFound, showtime_id=showtime.pk, seats=["A1"], customer=a_customer(), now=now)


@pytest.mark.parametrize("why", ["cancelled", "begun", "hall closed", "hall retired", "film removed"])
def test_a_showtime_that_is_not_on_sale_sells_nothing(now, why):
    showtime = a_showtime(now=now)
    at = showtime.starts_at if why == "begun" else now
    if why == "cancelled":
        Showtime.objects.update(status=Showtime.Status.CANCELLED)
    if why == "hall closed":
        set_hall_status(hall_id=showtime.hall_id, status=Hall.Status.BANNED, now=now)
    if why == "hall retired":
        Hall.objects.update(hidden=True)
    if why == "film removed":
        type(showtime.movie).objects.update(status="removed")

    refused(SalesClosed, showtime_id=showtime.pk, seats=["A1"], customer=a_customer(), now=at)


def test_sales_may_stay_open_after_the_start(now, settings):
    settings.SALES_CLOSE_MINUTES = 5
    showtime = a_showtime(now=now)

    order = an_order(now=showtime.starts_at + timedelta(minutes=4), showtime=showtime)

    assert order.expires_at == showtime.starts_at + timedelta(minutes=5)


def test_a_hold_never_promises_more_time_than_sales_are_open(now):
    showtime = a_showtime(now=now)

    order = an_order(now=showtime.starts_at - timedelta(minutes=3), showtime=showtime)

    assert order.expires_at == showtime.starts_at


def test_a_banned_customer_buys_nothing(now):
    customer = a_customer(status=1)

    refused(CustomerBanned, showtime_id=a_showtime(now=now).pk, seats=["A1"], customer=customer, now=now)


def test_a_ban_that_is_over_hinders_nobody(now):
    customer = a_customer(status=1, banned_until=now)

    assert an_order(now=now, customer=customer).status == Order.Status.PENDING


def test_a_fourth_unpaid_order_is_refused_until_one_is_closed_or_runs_out(now):
    showtime, customer = a_showtime(now=now), a_customer()
    orders = [an_order(now=now, showtime=showtime, seats=[seat], customer=customer) for seat in ("A1", "A2", "A3")]

    refused(TooManyPendingOrders, showtime_id=showtime.pk, seats=["A4"], customer=customer, now=now)
    cancel_order(order=orders[0], now=now)
    an_order(now=now, showtime=showtime, seats=["A4"], customer=customer)
    refused(TooManyPendingOrders, showtime_id=showtime.pk, seats=["A5"], customer=customer, now=now)
    later = now + timedelta(minutes=10)

    assert an_order(now=later, showtime=showtime, seats=["A5"], customer=customer).status == Order.Status.PENDING


def test_other_peoples_orders_do_not_count(now):
    showtime = a_showtime(now=now)
    for seat in ("A1", "A2", "A3"):
        an_order(now=now, showtime=showtime, seats=[seat])

    assert an_order(now=now, showtime=showtime, seats=["A4"]).status == Order.Status.PENDING


def test_a_clerk_sells_to_nobody_in_particular_without_limit(now):
    hall = a_hall(rows=1, cols=5, orphan_rule=Hall.OrphanRule.STRICT)
    showtime, clerk = a_showtime(now=now, hall=hall), a_clerk()

    orders = [
        hold_seats(showtime_id=showtime.pk, seats=[seat], customer=None, now=now, channel="counter", clerk=clerk)
        for seat in ("A2", "A4", "A1", "A5")
    ]

    assert [(order.customer, order.sold_by) for order in orders] == [(None, clerk)] * 4


def test_the_orphan_rule_refuses_a_single_that_can_be_avoided(now):
    showtime = a_showtime(now=now, hall=a_hall(rows=1, cols=6, orphan_rule=Hall.OrphanRule.STRICT))

    refused(OrphanSeat, showtime_id=showtime.pk, seats=["A2", "A3"], customer=a_customer(), now=now)

    assert an_order(now=now, showtime=showtime, seats=["A1", "A2"]).labels == ["A1", "A2"]


def test_price_types_are_looked_up_by_id_and_by_label_in_any_case(now):
    showtime = a_showtime(now=now, price_card=a_price_card(child=-15, student=-5))
    first = showtime.hall.seats.get(row_label="A", col_number=1)

    order = an_order(
        now=now, showtime=showtime, seats=["A1", "A2"], price_types={str(first.pk): "child", "a2": "student"}
    )

    assert [line.price for line in order.lines.all()] == [money("30.00"), money("40.00")]


def test_a_price_type_the_showtime_does_not_offer_is_refused(now):
    refused(
        PriceTypeNotOffered,
        showtime_id=a_showtime(now=now).pk,
        seats=["A1"],
        price_types={"A1": "child"},
        customer=a_customer(),
        now=now,
    )


def test_a_price_for_a_seat_that_was_not_chosen_is_refused(now):
    refused(
        InvalidInput,
        showtime_id=a_showtime(now=now, price_card=a_price_card(child=-5)).pk,
        seats=["A1"],
        price_types={"A2": "child"},
        customer=a_customer(),
        now=now,
    )


def test_a_reduction_never_makes_a_price_negative(now):
    showtime = a_showtime(now=now, price=money(10), price_card=a_price_card(child=-15))

    assert an_order(now=now, showtime=showtime, price_types={"A1": "child"}).total_amount == 0


def test_the_same_request_under_the_same_key_is_the_same_order(now):
    showtime, customer = a_showtime(now=now), a_customer()
    request = {"showtime": showtime, "customer": customer, "seats": ["A1"], "idempotency_key": "k"}

    first, second = an_order(now=now, **request), an_order(now=now + timedelta(days=9), **request)

    assert first == second


def test_another_request_under_the_same_key_is_refused(now):
    showtime, customer = a_showtime(now=now), a_customer()
    an_order(now=now, showtime=showtime, customer=customer, seats=["A1"], idempotency_key="k")

    refused(
        IdempotencyConflict,
        showtime_id=showtime.pk,
        seats=["A2"],
        customer=customer,
        now=now,
        idempotency_key="k",
    )


def test_a_key_belongs_to_its_customer(now):
    showtime = a_showtime(now=now)

    orders = {an_order(now=now, showtime=showtime, seats=[seat], idempotency_key="k").pk for seat in ("A1", "A2")}

    assert len(orders) == 2


@pytest.mark.parametrize("key", ["k" * 256, "k\x00", "a\nb"])
def test_a_key_that_is_too_long_or_cannot_be_written_is_refused(now, key):
    refused(
        InvalidInput,
        showtime_id=a_showtime(now=now).pk,
        seats=["A1"],
        customer=a_customer(),
        now=now,
        idempotency_key=key,
    )


def test_a_raw_second_claim_is_refused_by_the_database(now):
    order = an_order(now=now)
    claim = Claim.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ticketing_claim (showtime_id, seat_id, order_id, status, held_until) "
            "VALUES (%s, %s, %s, 'sold', NULL)",
            [claim.showtime_id, claim.seat_id, order.pk],
        )

    assert Claim.objects.get().status == "held"


def test_holding_takes_seven_statements_for_one_seat_and_for_eight_in_any_hall(now):
    counts = set()
    for hall, seats in ((a_hall(rows=1, cols=8), 1), (a_hall(rows=1, cols=8), 8), (a_hall(rows=20, cols=20), 8)):
        showtime, customer = a_showtime(now=now, hall=hall), a_customer()
        ids = list(hall.seats.values_list("pk", flat=True)[:seats])
        with CaptureQueriesContext(connection) as queries:
            hold_seats(showtime_id=showtime.pk, seats=ids, customer=customer, now=now)
        counts.add(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))

    assert counts == {7}


def test_a_cancelled_order_frees_its_seats_at_once(now):
    showtime = a_showtime(now=now)
    order = an_order(now=now, showtime=showtime, seats=["A1", "A2"])

    cancel_order(order=order, now=now)

    order.refresh_from_db()
    assert (order.status, order.closed_at, Claim.objects.count()) == ("cancelled", now, 0)
    assert an_order(now=now, showtime=showtime, seats=["A1"]).status == "pending"


def test_cancelling_an_order_that_ran_out_leaves_the_next_owner_alone(now):
    showtime = a_showtime(now=now)
    late = an_order(now=now, showtime=showtime, seats=["A1", "A2"])
    owner = an_order(now=late.expires_at, showtime=showtime, seats=["A1"])

    cancel_order(order=late, now=late.expires_at)

    assert [claim.order for claim in Claim.objects.all()] == [owner]


@pytest.mark.parametrize("state", ["cancelled", "paid"])
def test_only_a_pending_order_can_be_cancelled(now, state):
    order = an_order(now=now)
    cancel_order(order=order, now=now) if state == "cancelled" else pay(order, now=now)

    with pytest.raises(WrongOrderStatus):
        cancel_order(order=order, now=now)

    assert Order.objects.get().status == state


def test_the_same_seats_are_offered_again_while_they_are_free(now):
    showtime = a_showtime(now=now, price_card=a_price_card(child=-15))
    order = an_order(now=now, showtime=showtime, seats=["A1", "A2"], price_types={"A2": "child"})

    offer = offer_for(order=order, now=order.expires_at)
    renewed = hold_again(order=order, seat_ids=[seat.pk for seat in offer.seats], now=order.expires_at)

    order.refresh_from_db()
    assert (offer.is_same, offer.labels) == (True, ["A1", "A2"])
    assert (order.status, renewed.status, renewed.total_amount) == ("cancelled", "pending", money("75.00"))


def test_the_nearest_seats_are_offered_when_some_are_gone(now):
    showtime = a_showtime(now=now, hall=a_hall(rows=1, cols=8))
    order = an_order(now=now, showtime=showtime, seats=["A1", "A2"])
    an_order(now=order.expires_at, showtime=showtime, seats=["A2"])

    offer = offer_for(order=order, now=order.expires_at)

    assert (offer.is_same, offer.labels) == (False, ["A3", "A4"])


def test_nothing_is_held_again_while_the_hold_still_runs(now):
    order = an_order(now=now)

    with pytest.raises(WrongOrderStatus):
        hold_again(order=order, seat_ids=[order.lines.get().seat_id], now=now)

    assert Order.objects.get().status == "pending"


def test_holding_again_in_vain_leaves_the_old_order_as_it_was(now):
    showtime = a_showtime(now=now)
    order = an_order(now=now, showtime=showtime, seats=["A1"])
    an_order(now=order.expires_at, showtime=showtime, seats=["A1"])

    with pytest.raises(SeatsTaken):
        hold_again(order=order, seat_ids=[order.lines.get().seat_id], now=order.expires_at)

    order.refresh_from_db()
    assert order.status == "pending"
