"""Holding seats."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.factories import a_customer, a_hall, a_paid_order, a_price_card, a_showtime, an_order
from ticketing.holds import hold_seats
from ticketing.models import Claim, Order

pytestmark = pytest.mark.usefixtures("books")


def test_a_hold_is_a_pending_order_with_its_lines_and_claims(now):
    showtime = a_showtime(now=now)
    customer = a_customer()

    order = hold_seats(showtime_id=showtime.pk, seats=["A2", "A1"], customer=customer, now=now)

    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert order.customer == customer
    assert order.total_amount == Decimal("90.00")
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

    assert (paid.status, paid.total_amount, pending.total_amount) == ("paid", Decimal("95.00"), Decimal("45.00"))
    assert [seat.label for seat in hall.seats.present()] == ["A1", "A2", "A4", "A5"]
