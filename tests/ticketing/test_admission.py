"""At the door: a ticket admits once."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from tests.factories import a_clerk, a_customer, a_paid_order, a_showtime
from ticketing.door.admission import (
    NoReasonGiven,
    NotAdmitted,
    NotAtThisTime,
    TicketRefunded,
    TicketUsed,
    WrongShowtime,
    admit_ticket,
    find_ticket,
    undo_admission,
)
from ticketing.models import JournalEntry, Ticket
from ticketing.money.call_offs import call_off_showtime
from ticketing.money.refunds import refund_order
from ticketing.sale.tickets import TicketNotFound

pytestmark = pytest.mark.usefixtures("books")


def a_ticket_for_tonight(now, **facts) -> Ticket:
    """A ticket of a showtime that starts half an hour after ``now``: its doors are open."""
    showtime = a_showtime(starts_at=now + timedelta(minutes=30))
    return a_paid_order(now=now, showtime=showtime, **facts).tickets.select_related("showtime").get()


def test_a_ticket_admits_once(now):
    ticket, clerk = a_ticket_for_tonight(now), a_clerk()

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
    ticket = a_ticket_for_tonight(now)

    with pytest.raises(WrongShowtime):
        admit_ticket(code=ticket.code, by=a_clerk(), now=now, showtime_id=a_showtime(now=now).pk)

    assert Ticket.objects.get().status == "valid"


@pytest.mark.parametrize("names_the_showtime", [True, False])
@pytest.mark.parametrize(
    ("before_the_start", "admits"),
    [
        (timedelta(days=90), False),
        (timedelta(minutes=60, seconds=1), False),
        (timedelta(minutes=60), True),
        (timedelta(0), True),
        (-timedelta(minutes=99), True),
        (-timedelta(minutes=100), False),
    ],
)
def test_a_ticket_admits_from_an_hour_before_the_start_until_the_end(now, before_the_start, admits, names_the_showtime):
    ticket = a_paid_order(now=now).tickets.select_related("showtime").get()
    at = ticket.showtime.starts_at - before_the_start
    door = ticket.showtime_id if names_the_showtime else None

    with nullcontext() if admits else pytest.raises(NotAtThisTime):
        admit_ticket(code=ticket.code, by=a_clerk(), now=at, showtime_id=door)

    assert (Ticket.objects.get().status == "used") is admits


@pytest.mark.parametrize("names_the_showtime", [True, False])
def test_a_showtime_called_off_admits_nobody(now, names_the_showtime):
    ticket = a_ticket_for_tonight(now)
    call_off_showtime(showtime_id=ticket.showtime_id, now=now, by=a_clerk())  # its orders are given back a moment later

    with pytest.raises(NotAtThisTime, match=r"取消|called off"):
        admit_ticket(
            code=ticket.code, by=a_clerk(), now=now, showtime_id=ticket.showtime_id if names_the_showtime else None
        )

    assert Ticket.objects.get().status == "valid"


def test_the_house_may_open_its_doors_earlier(now, settings):
    ticket = a_paid_order(now=now).tickets.select_related("showtime").get()
    settings.ADMISSION_OPENS_MINUTES = 120

    admit_ticket(code=ticket.code, by=a_clerk(), now=ticket.showtime.starts_at - timedelta(minutes=119))

    assert Ticket.objects.get().status == "used"


def test_an_admission_is_taken_back_with_a_reason_and_the_ticket_admits_again(now):
    ticket, usher, other = a_ticket_for_tonight(now), a_clerk(), a_clerk()
    admit_ticket(code=ticket.code, by=usher, now=now)

    undone = undo_admission(code=ticket.code, by=other, reason=" 误扫 ", now=now + timedelta(minutes=1))
    admit_ticket(code=ticket.code, by=usher, now=now + timedelta(minutes=2))

    assert (undone.status, undone.admitted_at, undone.admitted_by) == ("valid", None, None)
    entries = JournalEntry.objects.filter(facts__ticket=ticket.pk).order_by("id")
    assert list(entries.values_list("kind", "operator", "reason")) == [
        ("admission", usher.pk, ""),
        ("undone", other.pk, "误扫"),
        ("admission", usher.pk, ""),
    ]


def test_an_admission_is_not_taken_back_without_a_reason_twice_or_after_a_refund(now):
    ticket, clerk = a_ticket_for_tonight(now), a_clerk()

    with pytest.raises(NotAdmitted):
        undo_admission(code=ticket.code, by=clerk, reason="never in", now=now)
    admit_ticket(code=ticket.code, by=clerk, now=now)
    with pytest.raises(NoReasonGiven):
        undo_admission(code=ticket.code, by=clerk, reason="  ", now=now)
    refund_order(order=ticket.order, now=now, by=clerk)
    with pytest.raises(TicketRefunded):
        undo_admission(code=ticket.code, by=clerk, reason="too late", now=now)

    assert Ticket.objects.get().status == "refunded"


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
