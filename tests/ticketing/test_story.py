"""Any story of holding, paying, paying late, cancelling, refunding and time passing, against a model of a few lines."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from cinema.jobs.runs import work_off
from tests.effort import examples
from tests.factories import a_customer, a_hall, a_showtime, afterwards, authorised
from tests.ticketing.conftest import NOW
from ticketing.jobs import AFTER_SALES
from ticketing.journal import JournalEntry, balances
from ticketing.models import Order, Refund, SandboxCharge, Ticket
from ticketing.money.payments import begin_payment, start_payment
from ticketing.money.providers import PROVIDERS
from ticketing.money.refunds import refund_by_customer, refund_order
from ticketing.money.verify import find_faults
from ticketing.sale.claims import SeatsTaken
from ticketing.sale.holds import TooManyPendingOrders, hold_seats
from ticketing.sale.orders import WrongOrderStatus, cancel_order
from ticketing.sale.seatmap import seat_map

SEATS = 6
some_seats = st.sets(st.integers(0, SEATS - 1), min_size=1, max_size=3)
some_order = st.integers(0, 30)


class Story(RuleBasedStateMachine):
    """The model: for each order its seats, its status and when its hold ends; for each seat nothing of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.now = NOW
        self.showtime = a_showtime(now=NOW, hall=a_hall(rows=1, cols=SEATS))
        self.ids = list(self.showtime.hall.seats.present().values_list("pk", flat=True))
        self.people = [a_customer(), a_customer()]
        self.orders: list[dict] = []

    def teardown(self) -> None:
        self.now += PROVIDERS["sandbox"].window
        work_off(clock=lambda: self.now, kinds={*AFTER_SALES, "ask_payment"})
        faults = list(find_faults(now=self.now))
        books, truth = balances(JournalEntry.objects.all()), self.money()
        transaction.savepoint_rollback(self.point)
        assert faults == []
        assert {account: sum_ for (account, _currency), sum_ in books.items() if sum_} == truth

    def money(self) -> dict[str, int]:
        """What the journal must say: earned by tickets that stand, owed to who gave some back, the rest at the bank."""
        charges = SandboxCharge.objects.filter(status="captured")
        at_the_bank = sum(charge.amount - charge.refunded_amount for charge in charges)
        earned = sum(ticket.price for ticket in Ticket.objects.standing())
        owed = sum(refund.amount for refund in Refund.objects.owed())
        told = {"provider:sandbox": at_the_bank, "revenue:tickets": -earned, "refunds_owed": -owed}
        return {account: sum_ for account, sum_ in told.items() if sum_}

    def owner(self, seat: int) -> dict | None:
        """Whose the seat is now."""
        for order in self.orders:
            live = order["status"] == "paid" or (order["status"] == "pending" and order["until"] > self.now)
            if live and seat in order["seats"]:
                return order
        return None

    def pick(self, number: int) -> tuple[dict, Order]:
        """One of the orders so far."""
        known = self.orders[number % len(self.orders)]
        return known, Order.objects.select_related("showtime__movie", "showtime__hall").get(pk=known["pk"])

    def waiting(self, person: int) -> int:
        """How many unpaid orders hold seats for this person."""
        mine = [order for order in self.orders if order["person"] == person and order["status"] == "pending"]
        return sum(order["until"] > self.now for order in mine)

    @rule(person=st.integers(0, 1), seats=some_seats)
    def hold(self, person, seats):
        taken = any(self.owner(seat) for seat in seats)
        crowded = self.waiting(person) >= 3
        try:
            order = hold_seats(
                showtime_id=self.showtime.pk,
                seats=[self.ids[seat] for seat in seats],
                customer=self.people[person],
                now=self.now,
            )
        except TooManyPendingOrders:
            assert crowded
        except SeatsTaken:
            assert taken
            assert not crowded
        else:
            assert not taken
            assert not crowded
            known = {"pk": order.pk, "person": person, "seats": seats, "status": "pending", "until": order.expires_at}
            self.orders.append(known)

    @precondition(lambda self: self.orders)
    @rule(number=some_order, word=st.sampled_from(["success", "decline", "silence"]), wait=st.integers(0, 12))
    def pay(self, number, word, wait):
        known, order = self.pick(number)
        try:
            payment = start_payment(order=order, provider="sandbox", now=self.now)
        except WrongOrderStatus:
            assert known["status"] != "pending"
            return
        except SeatsTaken:
            assert known["until"] <= self.now
            assert any(self.owner(seat) for seat in known["seats"])
            return
        begin_payment(payment=payment, now=self.now)
        self.now += timedelta(minutes=wait)
        free = all(self.owner(seat) in (None, known) for seat in known["seats"])
        if word == "silence":
            return
        heard = authorised(payment, self.now, yes=word == "success")
        afterwards(self.now)
        assert heard.status == ("declined" if word == "decline" else "authorised" if free else "voiding")
        if heard.status == "authorised":
            known["status"] = "paid"

    @precondition(lambda self: self.orders)
    @rule(number=some_order)
    def cancel(self, number):
        known, order = self.pick(number)
        try:
            cancel_order(order=order, now=self.now)
        except WrongOrderStatus:
            assert known["status"] != "pending"
        else:
            assert known["status"] == "pending"
            known["status"] = "cancelled"

    @precondition(lambda self: self.orders)
    @rule(number=some_order)
    def refund(self, number):
        known, order = self.pick(number)
        try:
            refund_by_customer(order=order, now=self.now)
        except WrongOrderStatus:
            assert known["status"] != "paid"
        else:
            assert known["status"] == "paid"
            known["status"] = "refunded"
            afterwards(self.now)

    @precondition(lambda self: self.orders)
    @rule(number=some_order, which=st.integers(0, 2))
    def refund_one(self, number, which):
        known, order = self.pick(number)
        tickets = list(order.tickets.exclude(status="refunded").select_related("line"))
        if not tickets:
            assert known["status"] != "paid"
            return
        ticket = tickets[which % len(tickets)]
        refund_order(order=order, now=self.now, by=None, ticket_ids=[ticket.pk])
        known["seats"] = known["seats"] - {self.ids.index(ticket.seat_id)}
        known["status"] = "paid" if len(tickets) > 1 else "refunded"
        afterwards(self.now)

    @rule(minutes=st.integers(1, 15))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @invariant()
    def the_map_shows_what_the_model_says(self):
        def shown(seat):
            owner = self.owner(seat)
            return "available" if owner is None else "sold" if owner["status"] == "paid" else "held"

        states = seat_map(showtime=self.showtime, now=self.now).seats
        assert [state.status for state in states] == [shown(seat) for seat in range(SEATS)]

    @invariant()
    def the_bank_keeps_the_price_of_every_sold_seat(self):
        charges = SandboxCharge.objects.filter(status="captured")
        kept = sum(charge.amount - charge.refunded_amount for charge in charges)
        assert kept == 4500 * sum(len(order["seats"]) for order in self.orders if order["status"] == "paid")


@pytest.mark.django_db
def test_every_story_ends_with_sound_books():
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=examples(25),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
