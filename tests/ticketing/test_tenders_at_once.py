"""Parts of one order that are paid at one moment: never more than its sum, and sold once."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from tests.factories import a_customer, a_showtime, an_order, money
from tests.ticketing.test_tills_together import all_tills
from ticketing.models import Order, Payment, Ticket
from ticketing.money.parts import give_back_part, release_parts
from ticketing.money.payments import note_captured, take_payment
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


def somebody_waits() -> bool:
    """Whether another connection waits for a lock by now; asks for ten seconds at most."""
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return True
    return False


@pytest.mark.postgres  # SQLite has one writer at a time
def test_a_part_that_is_captured_while_it_is_given_back_is_sent_back_and_not_let_go_of(now):
    order = an_order(now=now, showtime=a_showtime(now=now), seats=["A1", "A2"], customer=a_customer())
    [payment] = parts_of(order, 1, money(45), now)
    take_payment(payment=payment, amount=payment.amount, captured=False, now=now)
    given_back = []

    def give_back():
        try:
            given_back.append(give_back_part(payment_id=payment.pk, now=now))
        finally:
            connection.close()

    other = threading.Thread(target=give_back)
    with transaction.atomic():
        note_captured(payment=payment, now=now)
        other.start()
        assert somebody_waits()
    other.join(20)

    payment.refresh_from_db()
    assert (given_back, payment.status) == ([True], "returning")
    assert list(find_faults(now=now)) == []
