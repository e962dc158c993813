"""``verify`` finds every fault we can think of, planted by SQL behind the domain's back."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from cinema.jobs.models import Job, JobWorker
from tests.factories import a_customer, a_hall, a_paid_order, a_showtime, an_order
from ticketing.journal import Entry, post
from ticketing.models import Claim, LedgerEntry, Order, Payment, SandboxCharge, Seat, Ticket, Verification
from ticketing.money.refunds import refund_order
from ticketing.money.verify import find_faults, one_moment

pytestmark = pytest.mark.django_db


def sql(statement, *values):
    """Do what the domain never would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def ledger(order, kind, **facts):
    """A line in the ledger that nothing stands behind."""
    return LedgerEntry.objects.create(order=order, showtime=order.showtime, kind=kind, **facts)


def posted(order, kind, amount, at):
    """An entry in the journal that nothing stands behind."""
    post(Entry(kind=kind, at=at, currency="CNY", amount=amount, order_id=order.pk))


def swap_prices(order):
    """One ticket dearer and one cheaper, and the same in sum."""
    one, two = order.tickets.all()
    Ticket.objects.filter(pk=one.pk).update(price=one.price + 5)
    Ticket.objects.filter(pk=two.pk).update(price=two.price - 5)


def reserved_for_nothing(order, now):
    """A payment the house believes the bank has let go of."""
    facts = {"order": order, "provider": "sandbox", "amount": 4500, "status": "voided"}
    payment = Payment.objects.create(**facts, created_at=now, settled_at=now)
    SandboxCharge.objects.create(reference=payment.reference, amount=4500, status="authorised")


FAULTS = {
    "a sold seat handed to another order": (
        lambda paid, other: sql("UPDATE ticketing_claim SET order_id = %s WHERE order_id = %s", other.pk, paid.pk)
    ),
    "a claim that vanished": lambda paid, other: sql("DELETE FROM ticketing_claim WHERE order_id = %s", other.pk),
    "a hold made longer": (
        lambda paid, other: sql("UPDATE ticketing_claim SET held_until = '2030-01-01' WHERE order_id = %s", other.pk)
    ),
    "a claim nobody wrote down": lambda paid, other: Claim.objects.create(
        showtime=paid.showtime, seat=paid.showtime.hall.seats.last(), order=other, status="sold"
    ),
    "a hold of an order that is closed": (
        lambda paid, other: sql("UPDATE ticketing_order SET status = 'cancelled' WHERE id = %s", other.pk)
    ),
    "a seat of another hall": (
        lambda paid, other: Seat.objects.filter(pk=paid.lines.first().seat_id).update(hall=a_hall(rows=0))
    ),
    "two owners in the ledger": (
        lambda paid, other: ledger(
            other, "sold", at=paid.paid_at, seat=paid.lines.first().seat, amount=0, ticket=paid.tickets.first()
        )
    ),
    "a return of what another has": (
        lambda paid, other: ledger(other, "returned", at=paid.paid_at, seat=paid.lines.first().seat)
    ),
    "a ticket torn up": lambda paid, other: sql("UPDATE ticketing_ticket SET status = 'refunded'"),
    "a ticket with another seat printed on it": lambda paid, other: Ticket.objects.filter(order=paid).update(
        line=other.lines.get()
    ),
    "two tickets that swapped their prices": lambda paid, other: swap_prices(
        a_paid_order(showtime=paid.showtime, now=paid.paid_at, seats=["B1", "B2"])
    ),
    "a used ticket that admitted nobody": lambda paid, other: sql("UPDATE ticketing_ticket SET status = 'used'"),
    "an admission on a ticket that still admits": lambda paid, other: sql(
        "UPDATE ticketing_ticket SET admitted_at = issued_at"
    ),
    "money the bank still keeps for nothing": lambda paid, other: reserved_for_nothing(other, paid.paid_at),
    "a ticket that became dearer": lambda paid, other: sql("UPDATE ticketing_ticket SET price = 5000"),
    "a ticket sold another way": lambda paid, other: sql("UPDATE ticketing_ticket SET provider = 'cash'"),
    "a ticket of an order that isn't paid": (
        lambda paid, other: sql("UPDATE ticketing_order SET status = 'refunded' WHERE id = %s", paid.pk)
    ),
    "an order that became dearer": (
        lambda paid, other: sql(
            "UPDATE ticketing_order SET total_amount = 9900, tendered_amount = 9900 WHERE id = %s", paid.pk
        )
    ),
    "a line that became cheaper": lambda paid, other: sql("UPDATE ticketing_orderline SET price = 1"),
    "a line in another currency": lambda paid, other: sql("UPDATE ticketing_orderline SET currency = 'JPY'"),
    "a ticket in another currency": lambda paid, other: sql("UPDATE ticketing_ticket SET currency = 'JPY'"),
    "a payment in another currency": lambda paid, other: sql("UPDATE ticketing_payment SET currency = 'JPY'"),
    "a payment that shrank": lambda paid, other: sql("UPDATE ticketing_payment SET amount = 1"),
    "a payment that came undone": lambda paid, other: sql("UPDATE ticketing_payment SET status = 'voided'"),
    "money in the journal that never came": lambda paid, other: posted(other, "sale", 4500, paid.paid_at),
    "money in the journal that never went": lambda paid, other: posted(paid, "paid_out", 1, paid.paid_at),
    "a refund in the order that never was": (
        lambda paid, other: sql("UPDATE ticketing_order SET refunded_amount = 1 WHERE id = %s", paid.pk)
    ),
    "a charge the bank let go": lambda paid, other: sql("UPDATE ticketing_sandboxcharge SET status = 'voided'"),
    "a charge of another amount": lambda paid, other: sql("UPDATE ticketing_sandboxcharge SET amount = 4501"),
    "a charge the bank forgot": lambda paid, other: sql("DELETE FROM ticketing_sandboxcharge"),
    "money the bank gave back unasked": lambda paid, other: sql(
        "UPDATE ticketing_sandboxcharge SET refunded_amount = 1"
    ),
    "a payment that is never captured": lambda paid, other: sql(
        "UPDATE ticketing_payment SET status = 'authorised', settled_at = NULL, decided_at = '2026-01-01'"
    ),
    "a showtime that was called off and keeps its orders": lambda paid, other: sql(
        "UPDATE ticketing_showtime SET status = 'cancelled'"
    ),
    "a charge nobody asked for": lambda paid, other: sql(
        "UPDATE ticketing_payment SET provider = 'cash' WHERE order_id = %s", paid.pk
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(now, fault):
    showtime = a_showtime(now=now)
    paid, other = a_paid_order(now=now, showtime=showtime), an_order(now=now, showtime=showtime, seats=["A2"])
    assert list(find_faults(now=now)) == []

    fault(paid, other)

    assert len(list(find_faults(now=now))) >= 1


def test_sound_books_are_sound(now):
    order = a_paid_order(now=now, seats=["A1", "A2"])
    refund_order(order=order, now=now, by=None, ticket_ids=[order.tickets.first().pk])
    an_order(now=now)

    assert list(find_faults(now=now)) == []


@pytest.mark.django_db(transaction=True)
def test_the_command_reads_one_moment_and_says_what_is_wrong(now):
    order = a_paid_order(now=now)
    out, err = StringIO(), StringIO()
    Job.objects.all().delete()  # what the sale left behind is done, and somebody works
    JobWorker.objects.create(id=uuid4(), name="worker", started_at=timezone.now(), seen_at=timezone.now())

    call_command("verify", stdout=out)
    Ticket.objects.update(status="refunded")
    with pytest.raises(CommandError):
        call_command("verify", stderr=err)

    assert out.getvalue() == "The books are in order: 2 journal entries.\n"
    seat = f"Seat {order.lines.get().seat_id} of showtime {order.showtime_id}"
    assert err.getvalue().splitlines() == [
        f"{seat} is sold without a ticket (order {order.pk}).",
        f"Ticket {order.tickets.get().pk}: status is refunded, the journal says valid.",
    ]
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_the_command_can_look_at_what_happened_since_a_day():
    a_paid_order(now=timezone.now())
    Job.objects.all().delete()
    JobWorker.objects.create(id=uuid4(), name="worker", started_at=timezone.now(), seen_at=timezone.now())
    Ticket.objects.update(price=1)
    tomorrow = timezone.localdate() + timedelta(days=1)

    call_command("verify", "--since", tomorrow.isoformat(), stdout=StringIO())
    with pytest.raises(CommandError, match=r"^\d+ faults found\.$"):
        call_command("verify", "--since", timezone.localdate().isoformat(), stderr=StringIO())

    assert [(one.since, one.fault_count > 0) for one in Verification.objects.order_by("pk")] == [
        (tomorrow, False),
        (timezone.localdate(), True),
    ]
    with pytest.raises(CommandError, match="--since"):
        call_command("verify", "--since", "yesterday")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_in_the_one_moment_on_postgres(now):
    if connection.vendor == "sqlite":
        with one_moment():
            assert Order.objects.count() == 0
        return
    with pytest.raises(DatabaseError), one_moment():
        a_customer()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ticketing_ledgerentry SET amount = 0",
        "DELETE FROM ticketing_ledgerentry",
        "REPLACE",
        "TRUNCATE ticketing_ledgerentry",
    ],
)
def test_the_ledger_cannot_be_changed(now, statement):
    entry = LedgerEntry.objects.filter(order=a_paid_order(now=now)).last()
    before = list(LedgerEntry.objects.values())
    columns = "id, at, kind, order_id, showtime_id, seat_id, amount, currency, reason"
    values = f"{entry.pk}, '2026-05-01', 'sold', {entry.order_id}, {entry.showtime_id}, {entry.seat_id}, 0, 'CNY', ''"
    if statement.startswith("TRUNCATE") and connection.vendor == "sqlite":
        statement = "DELETE FROM ticketing_ledgerentry WHERE id > 0"
    if statement == "REPLACE" and connection.vendor == "sqlite":
        statement = f"INSERT OR REPLACE INTO ticketing_ledgerentry ({columns}) VALUES ({values})"
    elif statement == "REPLACE":
        statement = (
            f"INSERT INTO ticketing_ledgerentry ({columns}) VALUES ({values}) ON CONFLICT (id) DO UPDATE SET amount = 0"
        )

    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError), transaction.atomic():
        sql(statement)

    assert list(LedgerEntry.objects.values()) == before
    assert Payment.objects.count() == 1
