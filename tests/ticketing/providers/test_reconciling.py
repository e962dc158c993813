"""A provider's statement against the tables: what agrees, what is other tills', and every way to differ."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from tests.factories import an_order
from tests.ticketing.providers.test_any_provider import go, hear, paid
from tests.working import do_jobs
from ticketing.jobs import AFTER_SALES
from ticketing.models import Order, Payment, Refund
from ticketing.money.providers.statements import BadStatement
from ticketing.money.reconciling import Reconciliation, compare_statement
from ticketing.money.refunds import refund_order

pytestmark = pytest.mark.once  # no database changes what a provider is told
DAY = timedelta(days=1)


@pytest.fixture
def week(server, now):
    """Three sales: one stands, one was paid back in part, one was for an order given up; and another till's."""
    stands, back = paid(server, now), paid(server, now, seats=["B1", "B2"])
    ticket = back.order.tickets.order_by("pk").first()
    refund_order(order=back.order, now=now, by=None, ticket_ids=[ticket.pk])
    lost, _address = go(an_order(now=now), server, now)
    Order.objects.filter(pk=lost.order_id).update(status="cancelled", closed_at=now)
    hear(server, server.customer_pays(lost), now)
    do_jobs(*AFTER_SALES, at=now)
    return stands, back, lost


def compare(server, house, now, statement=b""):
    """The differences, and how much agrees."""
    count, lines = Reconciliation(), house.read_statement(statement or server.statement())
    span = {"since": now - DAY, "until": now + DAY}
    return list(compare_statement(provider=server.name, lines=lines, count=count, **span)), count


def test_a_statement_of_what_happened_agrees(server, house, now, week):
    taken = 2 if house.captures_apart else 3  # what is reserved and let go of was never taken

    assert compare(server, house, now) == ([], Reconciliation(payments=taken, refunds=taken - 1, foreign=1))


def test_another_sum_is_named(server, house, now, week):
    stands, _back, _lost = week
    Payment.objects.filter(pk=stands.pk).update(amount=4400)

    (fault,) = compare(server, house, now)[0]

    assert fault.endswith(f"took 45.00 CNY for payment {stands.reference} of 44.00 CNY.")


def test_money_for_what_is_not_paid_here_is_named(server, house, now, week):
    stands, _back, _lost = week
    Payment.objects.filter(pk=stands.pk).update(status="expired")

    (fault,) = compare(server, house, now)[0]

    assert fault.endswith(f"took 45.00 CNY for payment {stands.reference}, which is expired here.")


def test_a_refund_that_failed_here_or_was_paid_by_hand_as_well_is_named(server, house, now, week):
    refund = Refund.objects.get()
    Refund.objects.update(status="failed", done_at=None)
    failed = compare(server, house, now)[0]
    Refund.objects.update(status="done", done_at=now, handed_out_by=week[1].order.customer)
    by_hand = compare(server, house, now)[0]

    assert [one.split(": ")[1] for one in failed] == [
        f"gave back 45.00 CNY for refund {refund.reference}, which is failed here."
    ]
    assert [one.split(": ")[1] for one in by_hand] == [
        f"gave back 45.00 CNY for refund {refund.reference}, which is handed out here too."
    ]


def test_what_is_known_on_one_side_only_is_named(server, house, now, week):
    stands, _back, _lost = week
    Payment.objects.filter(pk=stands.pk).update(reference=(new := uuid4()))

    unknown, left_out = compare(server, house, now)[0]

    assert unknown.endswith(f"took 45.00 CNY for a payment {stands.reference} that isn't known here.")
    assert left_out == f"Payment {new} of 45.00 CNY isn't in the statement."


def test_only_the_days_of_the_statement_are_looked_for(server, house, now, week):
    count = Reconciliation()
    span = {"since": now + DAY, "until": now + 2 * DAY}

    assert list(compare_statement(provider=server.name, lines=[], count=count, **span)) == []


def test_another_file_is_told_apart(server, house):
    for file in (b"", b"a,b,c\n1,2,3\n", b"\xff\xff\xff"):
        with pytest.raises(BadStatement):
            list(house.read_statement(file))


def test_the_command_says_what_it_found(server, now, week, tmp_path, capsys):
    (tmp_path / "bill.csv").write_bytes(server.statement())
    days = {"since": (now - DAY).date(), "until": (now + DAY).date()}
    call_command("reconcile", server.name, tmp_path / "bill.csv", **days)
    agreed = capsys.readouterr().out
    Payment.objects.filter(pk=week[0].pk).update(amount=4400)

    with pytest.raises(CommandError, match=r"1 lines are of other tills; 1 differences found\."):
        call_command("reconcile", server.name, tmp_path / "bill.csv", **days)

    assert "refunds agree, 1 lines are of other tills." in agreed
    assert "instead" not in agreed
    for wrong in (
        ["gold", tmp_path / "bill.csv"],
        [server.name, tmp_path / "none.csv"],
        ["sandbox", tmp_path / "bill.csv"],
    ):
        with pytest.raises(CommandError):
            call_command("reconcile", *wrong, **days)
