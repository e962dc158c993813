"""Parts of one order that are paid at one moment: never more than its sum, and sold once."""

import pytest
from django.db.models import Sum

from tests.factories import a_customer, a_showtime, an_order, money
from tests.ticketing.test_tills_together import all_tills
from ticketing.models import Order, Payment, Ticket
from ticketing.money.parts import release_parts
from ticketing.money.payments import take_payment
from ticketing.money.verify import find_faults

pytestmark = pytest.mark.django_db(transaction=True)


def parts_of(order, count, amount, now):
    """So many payments under way, each at a provider of its own."""
    facts = {"order": order, "amount": amount, "currency": "CNY", "status": "pending", "created_at": now}
    return [Payment.objects.create(provider=f"p{number}", **facts) for number in range(count)]


def taking(payment, now):
    """The act of hearing that this payment was taken."""
    return lambda: take_payment(payment=payment, amount=payment.amount, captured=True, now=now).status


@pytest.mark.parametrize("amount", [30, 40])
def test_16_parts_at_once_never_exceed_the_sum(now, amount):
    order = an_order(now=now, showtime=a_showtime(now=now), seats=["A1", "A2"], customer=a_customer())
    payments = parts_of(order, 16, money(amount), now)

    heard = all_tills(*[taking(payment, now) for payment in payments])

    order.refresh_from_db()
    stand = Payment.objects.standing().aggregate(sum=Sum("amount"))["sum"]
    assert order.tendered_amount == stand == money({30: 90, 40: 80}[amount])
    assert sorted(heard) == sorted(["captured"] * {30: 3, 40: 2}[amount] + ["returning"] * {30: 13, 40: 14}[amount])
    assert (order.status, Ticket.objects.count()) == {30: ("paid", 2), 40: ("pending", 0)}[amount]
    assert list(find_faults(now=now)) == []


def test_the_last_part_against_the_end_of_the_hold_has_one_outcome(now):
    for round_ in range(5):
        showtime = a_showtime(now=now)
        order = an_order(now=now, showtime=showtime, seats=["A1", "A2"], customer=a_customer())
        first, last = parts_of(order, 2, money(45), now)
        taking(first, now)()
        Payment.objects.filter(pk=last.pk).update(status="created")
        over = order.expires_at

        all_tills(taking(last, now), lambda order=order, over=over: release_parts(order_id=order.pk, now=over) and "")

        order.refresh_from_db()
        standing = Payment.objects.standing().filter(order=order).count()
        assert (order.status, standing, order.tendered_amount) in {
            ("paid", 2, money(90)),
            ("pending", 1, money(45)),
            ("pending", 0, 0),
        }, round_
    assert list(find_faults(now=now)) == []
    assert Order.objects.count() == 5
