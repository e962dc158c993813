"""Gift cards: issued once, spent to the last cent and no further, blocked, and paid back onto."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts.models import Letter
from cinema.rate_limits import Caller, RateLimited
from tests.factories import (
    a_clerk,
    a_customer,
    a_gift_card,
    a_shift,
    a_showtime,
    a_till,
    afterwards,
    an_order,
    authorised,
    begun,
    money,
)
from ticketing.journal import JournalEntry, balances
from ticketing.models import GiftCard, Order, Payment, Refund, Ticket
from ticketing.money.gift_cards import (
    BadGiftCardValue,
    GiftCardExpired,
    GiftCardIssuedAlready,
    GiftCardNeedsReason,
    GiftCardNotFound,
    GiftCardSpent,
    find_gift_card,
    issue_gift_card,
    set_gift_card_state,
)
from ticketing.money.in_house import Part, pay_in_house, pay_in_parts
from ticketing.money.payments import PaymentNotFound
from ticketing.money.providers import UnknownProvider
from ticketing.money.redeeming import redeem_gift_card, take_off_gift_card
from ticketing.money.refunds import refund_order
from ticketing.money.shifts import ShiftNeeded, figures_of
from ticketing.sale.orders import WrongOrderStatus, cancel_order

pytestmark = pytest.mark.usefixtures("books")


def accounts():
    """What lies on each account of the journal that isn't empty."""
    return {account: total for (account, _currency), total in balances(JournalEntry.objects.all()).items() if total}


def left(issued):
    """What is on the card now."""
    return GiftCard.objects.get(pk=issued.card.pk).balance_amount


def test_a_card_sold_at_a_till_puts_its_price_into_the_drawer_and_is_owed(now):
    clerk = a_clerk()
    shift = a_shift(clerk, now=now, float_amount=money(100))

    issued = issue_gift_card(amount=money(80), method="cash", by=clerk, now=now)
    issue_gift_card(amount=money(30), method="card", by=clerk, now=now)

    figures = figures_of(shift)
    assert (figures.expected, figures.gift_cards) == (money(180), money(110))
    assert {one.method: (one.sales, one.taken) for one in figures.methods} == {"cash": (1, 8000), "card": (1, 3000)}
    assert issued.card.expires_at == now + timedelta(days=settings.GIFT_CARD_DAYS)
    assert accounts() == {
        f"cash:{shift.till.code}": money(180),
        "floats": -money(100),
        "provider:card": money(30),
        "gift_cards": -money(110),
    }


def test_the_code_is_kept_nowhere_and_found_however_it_is_typed(now, settings):
    issued = a_gift_card(50, now=now)
    settings.JOURNAL_KEY_FALLBACKS = [settings.JOURNAL_KEY]
    settings.JOURNAL_KEY = "another key"

    typed = issued.code.lower().replace("-", " ")

    assert find_gift_card(code=typed, now=now) == issued.card
    plain = issued.code.replace("-", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM ticketing_giftcard")
        row = repr(cursor.fetchall())
    facts = repr(list(JournalEntry.objects.values_list("facts")))
    assert (plain in row, plain in facts, issued.card.last_four in row) == (False, False, True)


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"amount": 0}, BadGiftCardValue),
        ({"amount": -1}, BadGiftCardValue),
        ({"amount": 100 * settings.MAX_GIFT_CARD + 1}, BadGiftCardValue),
        ({"method": "given", "reason": "  "}, GiftCardNeedsReason),
        ({"method": "cash"}, ShiftNeeded),
    ],
)
def test_what_may_not_be_issued_is_not(now, facts, refusal):
    a_till()

    with pytest.raises(refusal):
        issue_gift_card(**{"amount": 100, "method": "given", "reason": "x", **facts}, by=a_clerk(), now=now)

    assert (GiftCard.objects.count(), JournalEntry.objects.count()) == (0, 0)


def test_a_double_click_issues_one_card(now):
    clerk = a_clerk()
    facts = {"amount": 100, "method": "given", "reason": "x", "by": clerk, "now": now, "key": "one"}

    issue_gift_card(**facts)
    with pytest.raises(GiftCardIssuedAlready):
        issue_gift_card(**facts)

    assert GiftCard.objects.count() == 1


def test_a_card_with_enough_on_it_sells_the_order(now):
    issued, order = a_gift_card(100, now=now), an_order(now=now, seats=["A1", "A2"])

    payment = redeem_gift_card(order=order, code=issued.code, now=now)
    afterwards(now)

    order.refresh_from_db()
    assert (order.status, payment.status, left(issued)) == ("paid", "captured", money(10))
    assert set(Ticket.objects.values_list("provider", flat=True)) == {"gift_card"}
    assert accounts() == {"goodwill": money(100), "gift_cards": -money(10), "revenue:tickets": -money(90)}
    assert Letter.objects.filter(kind="tickets").count() == 1


def test_what_is_on_the_card_is_taken_and_the_rest_is_paid_at_the_bank(now):
    issued, order = a_gift_card(50, now=now), an_order(now=now, seats=["A1", "A2"])
    whole = begun(order, now)

    redeem_gift_card(order=order, code=issued.code, now=now)
    order.refresh_from_db()
    waiting = (order.status, order.rest_amount, left(issued), Ticket.objects.count())
    rest = authorised(begun(order, now), now)
    afterwards(now)

    order.refresh_from_db()
    whole.refresh_from_db()
    assert waiting == ("pending", money(40), 0, 0)
    assert (whole.status, rest.amount, order.status) == ("expired", money(40), "paid")
    assert accounts() == {"goodwill": money(50), "provider:sandbox": money(40), "revenue:tickets": -money(90)}


def test_an_order_that_is_not_paid_in_time_puts_everything_back_onto_the_card(now):
    issued, order = a_gift_card(50, now=now), an_order(now=now, seats=["A1", "A2"])
    payment = redeem_gift_card(order=order, code=issued.code, now=now)

    afterwards(order.expires_at)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.tendered_amount, payment.status, left(issued)) == (0, "returned", money(50))
    assert accounts() == {"goodwill": money(50), "gift_cards": -money(50)}
    assert issued.card.last_four in Letter.objects.get(kind="not_sold").text


def test_a_customer_takes_the_card_off_again_and_nobody_elses(now):
    issued, order = a_gift_card(50, now=now), an_order(now=now, seats=["A1", "A2"])
    payment = redeem_gift_card(order=order, code=issued.code, now=now)
    other = an_order(now=now, seats=["A3"])

    with pytest.raises(PaymentNotFound):
        take_off_gift_card(order=other, payment_id=payment.pk, now=now)
    take_off_gift_card(order=order, payment_id=payment.pk, now=now)
    with pytest.raises(PaymentNotFound):
        take_off_gift_card(order=order, payment_id=payment.pk, now=now)

    order.refresh_from_db()
    assert (order.rest_amount, left(issued), Letter.objects.count()) == (money(90), money(50), 0)


def test_what_was_paid_with_a_card_cannot_be_taken_off_once_the_order_is_sold(now):
    issued, order = a_gift_card(100, now=now), an_order(now=now)
    payment = redeem_gift_card(order=order, code=issued.code, now=now)

    with pytest.raises(PaymentNotFound):
        take_off_gift_card(order=order, payment_id=payment.pk, now=now)

    assert left(issued) == money(55)


def test_a_refund_goes_back_onto_the_card_last_and_at_once(now):
    issued, clerk = a_gift_card(30, now=now), a_clerk()
    customer = a_customer()
    order = an_order(now=now, seats=["A1", "A2"], customer=customer)
    redeem_gift_card(order=order, code=issued.code, now=now)
    order.refresh_from_db()
    authorised(begun(order, now), now)
    afterwards(now)
    order.refresh_from_db()
    first, second = order.tickets.order_by("pk")

    refund_order(order=order, now=now, by=clerk, ticket_ids=[first.pk])
    afterwards(now)
    after_one = left(issued)
    refund_order(order=order, now=now, by=clerk, ticket_ids=[second.pk])

    shares = Refund.objects.order_by("pk").values_list("method", "amount", "status")
    assert (after_one, left(issued)) == (0, money(30))
    assert list(shares) == [("sandbox", 4500, "done"), ("sandbox", 1500, "approved"), ("gift_card", 3000, "done")]
    assert issued.card.last_four in Letter.objects.filter(kind="refunded").latest("pk").text


def test_a_card_that_money_goes_back_onto_is_good_for_a_while_longer(now):
    issued, order = a_gift_card(100, now=now), an_order(now=now)
    redeem_gift_card(order=order, code=issued.code, now=now)
    soon = now + timedelta(minutes=1)
    entry_day = issued.card.expires_at

    refund_order(order=order, now=soon, by=None)
    kept = GiftCard.objects.get().expires_at

    assert kept == entry_day
    late = entry_day + timedelta(days=1)
    showtime = a_showtime(now=entry_day)
    again = an_order(now=entry_day - timedelta(hours=1), showtime=showtime, seats=["A2"])
    redeem_gift_card(order=again, code=issued.code, now=entry_day - timedelta(hours=1))
    refund_order(order=Order.objects.get(pk=again.pk), now=late, by=None)
    assert GiftCard.objects.get().expires_at == late + timedelta(days=90)


def test_expired_blocked_empty_and_unknown_cards_pay_nothing(now):
    expired, blocked, empty = (a_gift_card(50, now=now) for _card in range(3))
    set_gift_card_state(card_id=blocked.card.pk, state="blocked", by=a_clerk(), now=now, reason="lost")
    redeem_gift_card(order=an_order(now=now, seats=["A1", "A2"]), code=empty.code, now=now)
    order = an_order(now=now, seats=["A4"])
    tries = [
        (expired.code, expired.card.expires_at, GiftCardExpired),
        (blocked.code, now, GiftCardNotFound),
        (empty.code, now, GiftCardSpent),
        ("ABCD-EFGH-JKLM-NPQR", now, GiftCardNotFound),
        ("", now, GiftCardNotFound),
        ("\x00' OR 1=1 --", now, GiftCardNotFound),
    ]

    for code, at, refusal in tries:
        with pytest.raises(refusal):
            find_gift_card(code=code, now=at)
        if at == now:
            with pytest.raises(refusal):
                redeem_gift_card(order=order, code=code, now=now)

    assert Payment.objects.filter(order=order).count() == 0


def test_a_blocked_card_pays_again_once_it_is_unblocked_and_each_step_is_in_the_journal_once(now):
    issued, clerk = a_gift_card(50, now=now), a_clerk()

    for state in ("blocked", "blocked", "active"):
        set_gift_card_state(card_id=issued.card.pk, state=state, by=clerk, now=now, reason="found")

    assert find_gift_card(code=issued.code, now=now) == issued.card
    assert JournalEntry.objects.filter(kind="gift_card_state").count() == 2
    with pytest.raises(GiftCardNeedsReason):
        set_gift_card_state(card_id=issued.card.pk, state="blocked", by=clerk, now=now, reason=" ")
    with pytest.raises(GiftCardNotFound):
        set_gift_card_state(card_id=0, state="blocked", by=clerk, now=now, reason="x")


def test_wrong_codes_are_counted_and_right_ones_are_not(now, settings):
    settings.RATE_LIMITS = True
    issued, caller = a_gift_card(50, now=now), Caller.at("203.0.113.7", account=7001)

    for _right in range(12):
        find_gift_card(code=issued.code, now=now, caller=caller)
    for _wrong in range(10):
        with pytest.raises(GiftCardNotFound):
            find_gift_card(code="ABCD", now=now, caller=caller)

    with pytest.raises(RateLimited):
        find_gift_card(code=issued.code, now=now, caller=caller)


def test_an_order_that_waits_no_more_takes_no_card(now):
    issued, order = a_gift_card(50, now=now), an_order(now=now)
    cancel_order(order=order, now=now)

    with pytest.raises(WrongOrderStatus):
        redeem_gift_card(order=order, code=issued.code, now=now)

    assert left(issued) == money(50)


def test_cash_card_and_gift_card_sell_one_order_at_the_counter(now):
    clerk = a_clerk()
    shift = a_shift(clerk, now=now)
    issued = a_gift_card(20, by=clerk, now=now)
    order = an_order(now=now, seats=["A1", "A2"], channel="counter", clerk=clerk)
    parts = [
        Part("card", money(40)),
        Part("cash", money(30), money(50)),
        Part("gift_card", money(20), card=issued.card),
    ]

    payments = pay_in_parts(order=order, parts=parts, now=now, by=clerk)

    assert [payment.provider for payment in payments] == ["gift_card", "card", "cash"]
    assert (Order.objects.get().status, left(issued), figures_of(shift).expected) == ("paid", 0, money(30))
    assert payments[2].change_amount == money(20)


def test_a_card_is_no_word_of_a_clerk(now):
    order = an_order(now=now)

    with pytest.raises(UnknownProvider):
        pay_in_house(order=order, provider="gift_card", now=now, by=a_clerk())
    with pytest.raises(UnknownProvider):
        pay_in_parts(order=order, parts=[Part("gift_card", money(45))], now=now, by=a_clerk())


@pytest.mark.parametrize("column", ["balance_amount = -1", "balance_amount = 5001", "reason = ''"])
def test_the_database_itself_keeps_cards_sound(now, column):
    issued = a_gift_card(50, now=now)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE ticketing_giftcard SET {column} WHERE id = %s", [issued.card.pk])
