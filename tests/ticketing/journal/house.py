"""A small house in which everything that the journal attests has happened, sealed; and ways past its guards."""

from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db import connection

from backoffice.returns import file_return
from cinema.days import day_of, film_week_of
from tests.backoffice.staff import may
from tests.factories import (
    a_clerk,
    a_customer,
    a_hall,
    a_shift,
    a_showtime,
    a_till,
    afterwards,
    an_order,
    authorised,
    begun,
    pay,
)
from ticketing.constraints import unseal_ledger
from ticketing.door.admission import admit_ticket, undo_admission
from ticketing.journal import seal_waiting
from ticketing.models import Order
from ticketing.money.approvals import approve_refund, ask_for_refund
from ticketing.money.days import close_day
from ticketing.money.gift_cards import issue_gift_card, set_gift_card_state
from ticketing.money.in_house import Part, pay_in_house, pay_in_parts
from ticketing.money.payments import begin_payment, note_disputed, start_payment, take_payment
from ticketing.money.redeeming import redeem_gift_card
from ticketing.money.refunds import hand_out_refund, refund_order
from ticketing.money.shifts import close_shift, move_cash
from ticketing.money.verify import find_chain_faults, find_faults
from ticketing.sale.broken_seats import move_ticket
from ticketing.sale.orders import cancel_order


class House:
    """Sales online and at the counter, refunds, a move, admissions, money for nothing; and what came to nothing."""

    def __init__(self, now: datetime) -> None:
        self.now, self.clerk, self.other = now, a_clerk(), a_clerk()
        self.showtime = a_showtime(now=now, hall=a_hall(rows=4), starts_at=now + timedelta(minutes=30))
        self.online = pay(self._held("A1", "A2", "A3", now=now), now=now)
        self.cash = self._at_the_counter("cash", "B1", "B2")
        self.card = self._at_the_counter("card", "B4")
        self.unpaid = self._held("C1", now=now)
        self.cancelled = self._held("C2", now=now)
        cancel_order(order=self.cancelled, now=now, by=self.clerk)
        refund_order(order=self.online, now=now, by=None, reason="ill", ticket_ids=[self.ticket(self.online, 0).pk])
        afterwards(now)
        refund_order(order=self.cash, now=now, by=self.clerk, ticket_ids=[self.ticket(self.cash, 0).pk])
        refund_order(order=self.card, now=now, by=self.clerk, reason="late", handed_out=False)
        refund = self.card.payments.get().refunds.get()
        hand_out_refund(refund_id=refund.pk, now=now, by=self.other)
        self._money_for_nothing()
        self._in_parts()
        self._at_the_door()
        self._in_a_shift()
        move_ticket(ticket_id=self.ticket(self.online, 2).pk, to="D4", now=now, by=self.clerk, reason="broken")
        seal_waiting(now=now)

    def ticket(self, order: Order, number: int) -> Any:
        """One of an order's tickets."""
        return order.tickets.order_by("pk")[number]

    def faults(self) -> list[str]:
        """What verification says of it."""
        return [*find_chain_faults(now=self.now), *find_faults(now=self.now)]

    def first_fault(self) -> str:
        """The first of them, nothing where there is none: where one will do, the rest need not be looked for."""
        return next(chain(find_chain_faults(now=self.now), find_faults(now=self.now)), "")

    def _held(self, *seats: str, now: datetime) -> Order:
        return an_order(showtime=self.showtime, seats=seats, customer=a_customer(), now=now)

    def _at_the_counter(self, provider: str, *seats: str) -> Order:
        facts = {"channel": "counter", "clerk": self.clerk}
        order = an_order(showtime=self.showtime, seats=seats, now=self.now, **facts)
        pay_in_house(order=order, provider=provider, now=self.now, by=self.clerk)
        return Order.objects.get(pk=order.pk)

    def _money_for_nothing(self) -> None:
        late = self._held("C4", now=self.now)
        payment = begun(late, self.now)
        cancel_order(order=late, now=self.now)
        take_payment(payment=payment, amount=payment.amount, captured=True, now=self.now)
        declined = self._held("C6", now=self.now)
        authorised(begun(declined, self.now), self.now, yes=False)

    def _in_parts(self) -> None:
        """One order paid by cash and card of which all went back, one of which a part is reserved, one whose part was
        let go of; and a payment that was contested.
        """
        facts = {"channel": "counter", "clerk": self.clerk}
        mixed = an_order(showtime=self.showtime, seats=["B6", "B7"], now=self.now, **facts)
        pay_in_parts(
            order=mixed, parts=[Part("cash", 5000, received=5000), Part("card", 4000)], now=self.now, by=self.clerk
        )
        refund_order(order=mixed, now=self.now, by=self.clerk, reason="both")
        kept, gone = self._held("C7", now=self.now), self._held("C8", now=self.now)
        parts = [start_payment(order=order, provider="sandbox", now=self.now, amount=2000) for order in (kept, gone)]
        for payment in parts:
            begin_payment(payment=payment, now=self.now)
            authorised(payment, self.now)
        gone.refresh_from_db()
        cancel_order(order=gone, now=self.now)
        afterwards(self.now)
        self._with_gift_cards()
        note_disputed(payment=self.online.payments.get(), why="fraud", now=self.now)

    def _with_gift_cards(self) -> None:
        """Cards that paid an order, part of one that was sold, of one that waits, and of one that was given up."""
        given = issue_gift_card(amount=20_000, method="given", by=self.clerk, now=self.now, reason="sorry", key="one")
        sold = issue_gift_card(amount=3_000, method="cash", by=self.clerk, now=self.now)
        whole, mixed, waiting, gone = (self._held(seat, now=self.now) for seat in ("D5", "D6", "D7", "D8"))
        for order, card in ((whole, given), (mixed, sold)):
            redeem_gift_card(order=order, code=card.code, now=self.now)
            order.refresh_from_db()
        pay_in_house(order=mixed, provider="office", now=self.now, by=self.clerk)
        refund_order(order=whole, now=self.now, by=None, reason="ill")
        refund_order(order=mixed, now=self.now, by=self.clerk, reason="ill")
        part = issue_gift_card(amount=1_000, method="card", by=self.clerk, now=self.now)
        redeem_gift_card(order=gone, code=part.code, now=self.now)
        gone.refresh_from_db()
        cancel_order(order=gone, now=self.now)
        afterwards(self.now)
        redeem_gift_card(order=waiting, code=part.code, now=self.now)
        set_gift_card_state(card_id=part.card.pk, state="blocked", by=self.clerk, now=self.now, reason="lost")

    def _in_a_shift(self) -> None:
        """A till with a shift that was counted and one that is open; a refund of each that a second person approved."""
        till, second = a_till(), may(a_clerk(), "approve_refund")
        shift = a_shift(self.clerk, now=self.now, till=till, float_amount=10_000)
        for kind, amount in (("in", 500), ("out", 300), ("drop", 700)):
            move_cash(shift_id=shift.pk, kind=kind, amount=amount, by=self.clerk, now=self.now, reason="x", key=kind)
        sold = self._at_the_counter("cash", "D1", "D2")
        asked = ask_for_refund(
            order=sold, now=self.now, by=self.clerk, reason="ill", ticket_ids=[self.ticket(sold, 0).pk]
        )
        approve_refund(refund_id=asked.pk, now=self.now, by=second, decision="yes")
        hand_out_refund(refund_id=asked.pk, now=self.now, by=self.clerk)
        close_shift(shift_id=shift.pk, counted=9_000, by=self.clerk, now=self.now, note="short")
        self._documents()
        a_shift(self.other, now=self.now, till=till)

    def _documents(self) -> None:
        """The day is closed, and a week's return filed."""
        close_day(number=1, by=self.other, now=self.now, note="quiet")
        week = film_week_of(day_of(self.showtime.starts_at))
        file_return(movie=self.showtime.movie, week=week, by=self.other, now=self.now + timedelta(days=8))

    def _at_the_door(self) -> None:
        for order, number in ((self.online, 1), (self.cash, 1)):
            admit_ticket(code=self.ticket(order, number).code, by=self.other, now=self.now)
        undo_admission(code=self.ticket(self.cash, 1).code, by=self.clerk, reason="wrong", now=self.now)


def without_guards() -> None:
    """Take away what keeps rows from being changed, as whoever owns the database can."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    unseal_ledger(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def sql(statement: str, *values: Any) -> int:
    """Do what the domain never would; returns how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount
