"""At the door: a ticket admits once."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from tests.factories import a_clerk, a_customer, a_paid_order, a_showtime
from ticketing.door.admission import NotAtThisTime, TicketRefunded, TicketUsed, WrongShowtime, admit_ticket, find_ticket
from ticketing.models import Showtime, Ticket
from ticketing.money.refunds import refund_order
from ticketing.sale.tickets import TicketNotFound

pytestmark = pytest.mark.usefixtures("books")


def test_a_ticket_admits_once(now):
    ticket, clerk = a_paid_order(now=now).tickets.get(), a_clerk()

    admission = admit_ticket(code=f" {ticket.code.lower()} ", by=clerk, now=now, showtime_id=ticket.showtime_id)

    assert (admission.ticket.status, admission.ticket.admitted_at, admission.ticket.admitted_by) == ("used", now, clerk)
    with pytest.raises(TicketUsed) as refusal:
        admit_ticket(code=ticket.code, by=a_clerk(), now=now)
    assert refusal.value.ticket.admitted_by == clerk


def test_a_refunded_ticket_does_not_admit(now):
    order = a_paid_order(now=now)
    refund_order(order=order, now=now, by=None)

    with pytest.raises(TicketRefunded):
        admit_ticket(code=order.tickets.get().code, by=a_clerk(), now=now)


def test_a_ticket_for_another_showtime_does_not_admit(now):
    ticket = a_paid_order(now=now).tickets.get()

    with pytest.raises(WrongShowtime):
        admit_ticket(code=ticket.code, by=a_clerk(), now=now, showtime_id=a_showtime(now=now).pk)

    assert Ticket.objects.get().status == "valid"


@pytest.mark.parametrize(
    ("before_the_start", "admits"),
    [
        (timedelta(hours=18), False),
        (timedelta(hours=17, minutes=59), True),
        (timedelta(0), True),
        (-timedelta(minutes=99), True),
        (-timedelta(minutes=100), False),
    ],
)
def test_where_no_showtime_is_named_a_ticket_admits_while_its_own_is_near(now, before_the_start, admits):
    ticket = a_paid_order(now=now).tickets.select_related("showtime").get()
    at = ticket.showtime.starts_at - before_the_start

    with nullcontext() if admits else pytest.raises(NotAtThisTime):
        admit_ticket(code=ticket.code, by=a_clerk(), now=at)

    assert (Ticket.objects.get().status == "used") is admits
    assert Showtime.objects.at_door(at).exists() is ticket.showtime.is_at_door(at) is admits


def test_a_showtime_called_off_admits_nobody(now):
    ticket = a_paid_order(showtime=a_showtime(starts_at=now + timedelta(hours=1)), now=now).tickets.get()
    Showtime.objects.update(status="cancelled")

    with pytest.raises(NotAtThisTime):
        admit_ticket(code=ticket.code, by=a_clerk(), now=now)


@pytest.mark.parametrize("code", ["", "NOSUCHTICKET2345", "\x00", "x" * 500, "座"])
def test_an_unknown_code_is_not_found(now, db, code):
    with pytest.raises(TicketNotFound):
        admit_ticket(code=code, by=a_clerk(), now=now)


def test_a_stranger_does_not_find_the_ticket(now):
    order = a_paid_order(now=now)
    code = order.tickets.get().code

    assert find_ticket(code=code, user=order.customer).code == code
    with pytest.raises(TicketNotFound):
        find_ticket(code=code, user=a_customer())
