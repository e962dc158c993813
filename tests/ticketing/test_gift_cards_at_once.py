"""One gift card, 64 who pay with it at one moment: what was on it is spent, and not a cent more."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from cinema.errors import CinemaError
from tests.factories import a_customer, a_gift_card, a_hall, a_showtime, an_order, money
from ticketing.models import GiftCard, Order, Payment
from ticketing.money.gift_cards import GiftCardSpent, take_from_card
from ticketing.money.parts import release_parts
from ticketing.money.redeeming import redeem_gift_card
from ticketing.money.verify import find_faults

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(acts):
    """Do all of it at one moment; what each came to."""

    def run(act):
        try:
            return act()
        except CinemaError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_64_orders_at_once_spend_what_is_on_the_card(now):
    issued = a_gift_card(100, now=now)
    showtime = a_showtime(now=now, hall=a_hall(rows=8, cols=8))
    people = [a_customer() for _each in range(64)]
    seats = [f"{row}{number}" for row in "ABCDEFGH" for number in range(1, 9)]
    of_whom = zip(seats, people, strict=True)
    orders = [an_order(now=now, showtime=showtime, seats=[seat], customer=who) for seat, who in of_whom]

    heard = all_at_once(
        [lambda order=order: redeem_gift_card(order=order, code=issued.code, now=now).amount for order in orders]
    )

    taken = sorted(amount for amount in heard if isinstance(amount, int))
    spent = Payment.objects.filter(gift_card=issued.card).aggregate(sum=Sum("amount"))["sum"]
    assert (taken, spent) == ([money(10), money(45), money(45)], money(100))
    assert {word for word in heard if isinstance(word, str)} <= {"gift_card_spent"}
    assert (GiftCard.objects.get().balance_amount, Order.objects.paid().count()) == (0, 2)
    assert list(find_faults(now=now)) == []


def test_64_who_take_from_a_balance_at_once_are_stopped_by_the_update_itself(now):
    issued = a_gift_card(100, now=now)

    def take():
        with transaction.atomic():
            take_from_card(card=issued.card, amount=money(30), now=now)
        return "taken"

    heard = all_at_once([take] * 64)

    assert (heard.count("taken"), heard.count(GiftCardSpent.code)) == (3, 61)
    assert GiftCard.objects.get().balance_amount == money(10)


def test_a_card_that_is_used_while_another_order_gives_it_back_ends_right(now):
    issued = a_gift_card(50, now=now)
    showtime = a_showtime(now=now)
    first = an_order(now=now, showtime=showtime, seats=["A1", "A2"], customer=a_customer())
    redeem_gift_card(order=first, code=issued.code, now=now)
    others = [an_order(now=now, showtime=showtime, seats=[f"B{n}"], customer=a_customer()) for n in (1, 3, 5)]

    all_at_once(
        [
            lambda: release_parts(order_id=first.pk, now=first.expires_at),
            *[lambda order=order: redeem_gift_card(order=order, code=issued.code, now=now).amount for order in others],
        ]
    )

    standing = Payment.objects.standing().filter(gift_card=issued.card).aggregate(sum=Sum("amount", default=0))["sum"]
    assert GiftCard.objects.get().balance_amount == money(50) - standing
    assert list(find_faults(now=now)) == []
