"""Any story of orders paid by several tenders: words that come twice, late, in any order or never; disputes; crashes.

Whatever happens, the journal says of every account what the tables, the cards and the bank's own book say: money that
came in is revenue, tax, fees and what is owed, and no seat has two owners.
"""

import json
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cinema.errors import CinemaError
from cinema.jobs.runs import work_off
from tests.effort import examples
from tests.factories import a_clerk, a_customer, a_gift_card, a_hall, a_showtime, money
from tests.ticketing.conftest import NOW
from ticketing.jobs import AFTER_SALES
from ticketing.journal import JournalEntry, balances
from ticketing.models import Claim, GiftCard, Order, Payment, Refund, RefundPolicy, SandboxCharge, Ticket
from ticketing.money.events import handle_waiting_events, receive_event
from ticketing.money.in_house import Part, pay_in_parts
from ticketing.money.payments import begin_payment, start_payment
from ticketing.money.providers import PROVIDERS
from ticketing.money.providers.sandbox import SIGNATURE_HEADER
from ticketing.money.redeeming import redeem_gift_card, take_off_gift_card
from ticketing.money.refunds import hand_out_refund, refund_by_customer, refund_order
from ticketing.money.verify import find_faults
from ticketing.sale.holds import hold_seats
from ticketing.sale.orders import cancel_order

SEATS = 6
BANK = PROVIDERS["sandbox"]
JOBS = {*AFTER_SALES, "ask_payment"}
# Where a process may die: in the transaction that sells, and after the bank has done what the house didn't note yet.
CRASHES = {
    "while it sells": "ticketing.sale.orders.post_sale",
    "once a part is taken": "ticketing.money.tenders.post",
    "captured, not noted": "ticketing.money.settling.note_captured",
    "paid out, not noted": "ticketing.money.settling.finish_refund",
    "while a part goes back": "ticketing.money.parts.post_part_undone",
}
some_crash = st.sampled_from([None, None, *CRASHES])
WORDS = ["yes", "yes", "yes", "no", "doubled", "silent", "later"]
some_order = st.integers(0, 30)
some_sum = st.sampled_from([10, 45, 45, 90])


class Crash(Exception):
    """The process ends here: nothing of its transaction is left."""


class Money(RuleBasedStateMachine):
    """What is held, paid in parts, given back and contested; the truth beside the journal is added up anew."""

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.now = NOW
        self.showtime = a_showtime(now=NOW, hall=a_hall(rows=1, cols=SEATS))
        self.ids = list(self.showtime.hall.seats.present().values_list("pk", flat=True))
        self.people, self.clerk = [a_customer(), a_customer()], a_clerk()
        self.cards = [a_gift_card(60, by=self.clerk, now=NOW), a_gift_card(200, by=self.clerk, now=NOW)]
        RefundPolicy.objects.create(audience="customer", valid_from=NOW, until="start", fee_amount=money(5))
        self.orders: list[int] = []
        self.waiting: list[tuple] = []  # the bank's words that are still on their way

    def teardown(self) -> None:
        """Everything that is due is done, everything that was lost is asked for: then all books agree."""
        for _round in range(8):
            self.now += timedelta(minutes=40)
            handle_waiting_events(now=self.now)
            work_off(clock=lambda: self.now, kinds=JOBS)
        faults = list(find_faults(now=self.now))
        books, truth = self.books(), self.truth()
        on_the_way = [name for name in books if name.startswith("reserved")]
        bank = sum(charge.amount - charge.refunded_amount for charge in SandboxCharge.objects.filter(status="captured"))
        transaction.savepoint_rollback(self.point)
        assert faults == []
        assert books == truth
        assert (books.get("provider:sandbox", 0), on_the_way, books.get("advances", 0)) == (bank, [], 0)

    def books(self) -> dict[str, int]:
        """What the journal says lies on each account."""
        return {name: total for (name, _currency), total in balances(JournalEntry.objects.all()).items() if total}

    def truth(self) -> dict[str, int]:
        """The same, out of the rows of payments, refunds, tickets and cards."""
        told = Counter({"goodwill": money(260)})
        for payment in Payment.objects.filter(status__in=["authorised", "captured", "returning"]):
            told[self.place(payment)] += payment.amount
            told["refunds_owed"] -= payment.amount if payment.status == "returning" else 0
        for refund in Refund.objects.decided().select_related("payment"):
            told["fees"] -= refund.fee_amount
            if refund.status == Refund.Status.DONE:
                told[self.place(refund.payment)] -= refund.amount
            else:
                told["refunds_owed"] -= refund.amount
        told["revenue:tickets"] = -sum(ticket.price for ticket in Ticket.objects.standing())
        told["gift_cards"] = -sum(card.balance_amount for card in GiftCard.objects.all())
        told["advances"] = -sum(order.tendered_amount for order in Order.objects.filter(paid_at=None))
        del told["nowhere"]
        return {name: total for name, total in told.items() if total}

    def place(self, payment: Payment) -> str:
        """Where a payment's money is; what a card pays is no money that comes in."""
        if payment.provider in {"gift_card", "free"}:
            return "nowhere"
        if payment.provider == "cash":
            return "cash"
        return f"{'reserved' if payment.status == 'authorised' else 'provider'}:{payment.provider}"

    def pick(self, number: int) -> Order:
        """One of the orders so far, as it is now."""
        return Order.objects.with_details().get(pk=self.orders[number % len(self.orders)])

    @initialize()
    def three_orders_wait(self):
        for at in (0, 2, 4):
            self.hold(person=at % 4 // 2, seats={at, at + 1})

    @rule(person=st.integers(0, 1), seats=st.sets(st.integers(0, SEATS - 1), min_size=1, max_size=3))
    def hold(self, person, seats):
        chosen = [self.ids[seat] for seat in seats]
        with suppress(CinemaError):
            facts = {"showtime_id": self.showtime.pk, "seats": chosen, "customer": self.people[person]}
            self.orders.append(hold_seats(now=self.now, **facts).pk)

    @precondition(lambda self: self.orders)
    @rule(number=some_order, amount=some_sum, word=st.sampled_from(WORDS), crash=some_crash)
    def pay_a_part_at_the_bank(self, number, amount, word, crash):
        with suppress(CinemaError):
            order = self.pick(number)
            payment = start_payment(order=order, provider="sandbox", now=self.now, amount=money(amount))
            begin_payment(payment=payment, now=self.now)
            mood = word if word in {"doubled", "silent"} else ""
            self.waiting += BANK.decide(payment.reference, authorise=word != "no", now=self.now, mood=mood)
        if self.waiting and word != "later":
            self.hear_the_bank(which=len(self.waiting) - 1, twice=word == "doubled", crash=crash)

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 30), twice=st.booleans(), crash=some_crash)
    def hear_the_bank(self, which, twice, crash):
        headers, body = self.waiting[which % len(self.waiting)]
        if not twice:
            self.waiting.remove((headers, body))
        with suppress(CinemaError, Crash), patch(CRASHES[crash or "while it sells"], **_dying(crash)):
            receive_event(provider="sandbox", headers=headers, body=body, now=self.now)

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 30))
    def a_word_is_lost(self, which):
        self.waiting.pop(which % len(self.waiting))

    @precondition(lambda self: self.orders)
    @rule(number=some_order, card=st.integers(0, 1))
    def pay_with_a_gift_card(self, number, card):
        with suppress(CinemaError):
            redeem_gift_card(order=self.pick(number), code=self.cards[card].code, now=self.now)

    @precondition(lambda self: self.orders)
    @rule(number=some_order)
    def take_the_gift_card_off(self, number):
        order = self.pick(number)
        for payment in order.payments.standing().filter(provider="gift_card"):
            with suppress(CinemaError):
                take_off_gift_card(order=order, payment_id=payment.pk, now=self.now)

    @precondition(lambda self: self.orders)
    @rule(number=some_order, cash=some_sum)
    def pay_the_rest_at_the_counter(self, number, cash):
        with suppress(CinemaError):
            order = self.pick(number)
            in_cash = min(money(cash), order.rest_amount)
            parts = [Part("cash", in_cash, received=money(cash)), Part("card", order.rest_amount - in_cash)]
            pay_in_parts(order=order, parts=[part for part in parts if part.amount], now=self.now, by=self.clerk)

    @precondition(lambda self: self.orders)
    @rule(number=some_order)
    def cancel(self, number):
        with suppress(CinemaError):
            cancel_order(order=self.pick(number), now=self.now)

    @precondition(lambda self: self.orders)
    @rule(number=some_order)
    def a_customer_gives_back_with_a_fee(self, number):
        with suppress(CinemaError):
            refund_by_customer(order=self.pick(number), now=self.now)

    @precondition(lambda self: self.orders)
    @rule(number=some_order, which=st.integers(0, 2))
    def a_clerk_gives_one_back(self, number, which):
        order = self.pick(number)
        if tickets := list(order.tickets.exclude(status="refunded")):
            ticket = tickets[which % len(tickets)]
            refund_order(order=order, now=self.now, by=self.clerk, ticket_ids=[ticket.pk])

    @rule()
    def what_waits_is_handed_out(self):
        for refund in Refund.objects.owed():
            with suppress(CinemaError):
                hand_out_refund(refund_id=refund.pk, now=self.now, by=self.clerk)

    @precondition(lambda self: self.orders)
    @rule(number=some_order, again=st.booleans())
    def a_payment_is_contested(self, number, again):
        payment = self.pick(number).payments.filter(provider="sandbox").first()
        if payment is None:
            return
        word = {"kind": "disputed", "reference": str(payment.reference), "amount": "0", "currency": "CNY"}
        body = json.dumps({"id": f"dispute-{payment.pk}-{again}", **word}).encode()
        for _time in range(1 + again):
            receive_event(provider="sandbox", headers={SIGNATURE_HEADER: BANK.sign(body)}, body=body, now=self.now)

    @rule(minutes=st.sampled_from([0, 0, 1, 3, 12]), crash=some_crash)
    def time_passes_and_work_is_done(self, minutes, crash):
        self.now += timedelta(minutes=minutes)
        with patch(CRASHES[crash or "while it sells"], **_dying(crash)):
            work_off(clock=lambda: self.now, kinds=JOBS)
        with suppress(CinemaError):
            handle_waiting_events(now=self.now)

    @invariant()
    def the_journal_says_what_the_rows_say(self):
        assert self.books() == self.truth()

    @invariant()
    def a_seat_has_one_owner_and_an_order_no_more_than_its_sum(self):
        tickets = Ticket.objects.standing().values_list("seat_id", flat=True)
        assert len(tickets) == len(set(tickets)) == Claim.objects.filter(status="sold").count()
        for order in Order.objects.all():
            paid = sum(payment.amount for payment in order.payments.standing())
            assert paid == order.tendered_amount <= order.total_amount
            assert (order.paid_at is None) or paid == order.total_amount
        given = Refund.objects.decided().values_list("payment").annotate(sum=Sum(F("amount") + F("fee_amount")))
        taken = dict(Payment.objects.values_list("pk", "amount"))
        assert [payment for payment, total in given.order_by() if total > taken[payment]] == []


def _dying(crash: str | None) -> dict:
    """What is put in the place of the function: the end of the process, or itself."""
    if crash is not None:
        return {"side_effect": Crash}
    module, _dot, name = CRASHES["while it sells"].rpartition(".")
    return {"new": getattr(__import__(module, fromlist=[name]), name)}


@pytest.mark.django_db
def test_the_journal_holds_whatever_happens_to_money():
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=examples(25),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
