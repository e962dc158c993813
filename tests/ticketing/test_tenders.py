"""Orders paid by several payments: sold when they reach the sum, never beyond it, given back when they don't."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Letter
from backoffice.reports.takings import takings
from cinema.days import day_of, one_day
from tests.backoffice.staff import may
from tests.factories import (
    a_clerk,
    a_customer,
    a_shift,
    a_showtime,
    afterwards,
    an_order,
    authorised,
    begun,
    money,
)
from ticketing.journal import JournalEntry, balances
from ticketing.models import Order, Payment, Refund, RefundPolicy, SandboxCharge, Ticket
from ticketing.money.approvals import approve_refund, ask_for_refund
from ticketing.money.days import figures_of as day_figures
from ticketing.money.in_house import Part, pay_in_house, pay_in_parts
from ticketing.money.payments import begin_payment, start_payment, take_payment
from ticketing.money.providers import UnknownProvider
from ticketing.money.refunds import hand_out_refund, refund_by_customer, refund_order
from ticketing.money.shifts import figures_of
from ticketing.sale.orders import OtherSumDue, cancel_order

pytestmark = pytest.mark.usefixtures("books")


def part(order, amount, now):
    """A part of the order, reserved at the bank."""
    payment = start_payment(order=order, provider="sandbox", now=now, amount=amount)
    begin_payment(payment=payment, now=now)
    return authorised(payment, now)


def accounts():
    """What lies on each account of the journal that isn't empty."""
    return {account: total for (account, _currency), total in balances(JournalEntry.objects.all()).items() if total}


def at_the_bank():
    """What the bank has in its book."""
    return sorted(SandboxCharge.objects.values_list("status", "amount", "refunded_amount"))


def at_the_counter(clerk, now, *seats, cash):
    """Sold by this clerk for so much cash and the rest by card."""
    showtime = a_showtime(now=now)
    order = an_order(showtime=showtime, seats=seats, now=now, channel="counter", clerk=clerk)
    pay_in_parts(
        order=order,
        parts=[Part("cash", cash, received=cash), Part("card", order.total_amount - cash)],
        now=now,
        by=clerk,
    )
    return Order.objects.get(pk=order.pk)


def test_the_part_that_reaches_the_sum_sells_the_order(now):
    order = an_order(now=now, seats=["A1", "A2"])

    first = part(order, money(30), now)
    order.refresh_from_db()
    waiting = (order.status, order.tendered_amount, first.status, Ticket.objects.count(), accounts())
    second = part(order, money(60), now)
    afterwards(now)

    order.refresh_from_db()
    assert waiting == ("pending", money(30), "authorised", 0, {"reserved:sandbox": 3000, "advances": -3000})
    assert (order.status, order.tendered_amount, second.amount) == ("paid", money(90), money(60))
    assert at_the_bank() == [("captured", 3000, 0), ("captured", 6000, 0)]
    assert accounts() == {"provider:sandbox": 9000, "revenue:tickets": -9000}
    assert set(Ticket.objects.values_list("provider", flat=True)) == {"several"}
    assert Letter.objects.filter(kind="tickets").count() == 1


def test_a_payment_for_more_than_is_left_is_let_go_of_and_the_order_waits_for_its_rest(now):
    order = an_order(now=now, seats=["A1", "A2"])
    whole = begun(order, now)
    elsewhere = Payment.objects.create(
        order=order, provider="other", amount=money(30), currency="CNY", created_at=now, status="pending"
    )
    take_payment(payment=elsewhere, amount=money(30), captured=True, now=now)

    whole = authorised(whole, now)
    afterwards(now)

    order.refresh_from_db()
    assert (whole.status, whole.last_error) == ("voiding", "other_sum_due")
    assert (order.status, order.tendered_amount) == ("pending", money(30))
    assert at_the_bank() == [("voided", 9000, 0)]


def test_no_two_parts_together_exceed_the_sum_whatever_is_written(now):
    order = an_order(now=now, seats=["A1"])
    part(order, money(30), now)

    for values in ({"tendered_amount": money(46)}, {"tendered_amount": -1}, {"status": "paid", "paid_at": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**values)


def test_an_order_that_is_never_paid_in_full_gives_back_what_was_taken_when_its_time_is_over(now):
    customer = a_customer()
    order = an_order(now=now, seats=["A1", "A2"], customer=customer)
    reserved = part(order, money(30), now)

    afterwards(order.expires_at - timedelta(seconds=1))
    order.refresh_from_db()
    before = order.tendered_amount
    afterwards(order.expires_at)
    afterwards(order.expires_at)

    order.refresh_from_db()
    reserved.refresh_from_db()
    assert (before, order.tendered_amount, order.status) == (money(30), 0, "pending")
    assert (reserved.status, at_the_bank(), accounts()) == ("voided", [("voided", 3000, 0)], {})
    told = Letter.objects.get(kind="not_sold", recipient=customer)
    assert "30" in told.text


def test_whoever_is_at_the_bank_with_the_rest_when_the_time_runs_out_has_ten_minutes_more(now):
    order = an_order(now=now, seats=["A1", "A2"])
    part(order, money(30), now)
    order.refresh_from_db()
    rest = begun(order, now)

    afterwards(order.expires_at)
    rest = authorised(rest, order.expires_at + timedelta(minutes=9))
    afterwards(order.expires_at + timedelta(minutes=30))

    order.refresh_from_db()
    assert (rest.amount, rest.status, order.status) == (money(60), "authorised", "paid")
    assert at_the_bank() == [("captured", 3000, 0), ("captured", 6000, 0)]


def test_a_cancelled_order_gives_back_its_parts_at_once(now):
    order = an_order(now=now, seats=["A1", "A2"])
    part(order, money(30), now)
    order.refresh_from_db()

    cancel_order(order=order, now=now)
    afterwards(now)

    order.refresh_from_db()
    assert (order.status, order.tendered_amount, at_the_bank()) == ("cancelled", 0, [("voided", 3000, 0)])
    assert accounts() == {}


def test_a_part_that_comes_late_or_for_an_order_that_is_gone_is_let_go_of(now):
    late, gone = an_order(now=now, seats=["A1", "A2"]), an_order(now=now, seats=["A3", "A4"])
    payments = [start_payment(order=order, provider="sandbox", now=now, amount=money(30)) for order in (late, gone)]
    for payment in payments:
        begin_payment(payment=payment, now=now)
    cancel_order(order=gone, now=now)

    heard = [authorised(payment, late.expires_at) for payment in payments]

    assert [(payment.status, payment.last_error) for payment in heard] == [("voiding", "wrong_order_status")] * 2


def test_who_pays_the_rest_in_another_sum_meets_a_new_payment(now):
    order = an_order(now=now, seats=["A1", "A2"])
    whole = begun(order, now)
    other = Payment.objects.create(
        order=order, provider="other", amount=money(30), currency="CNY", created_at=now, status="pending"
    )
    take_payment(payment=other, amount=money(30), captured=True, now=now)
    order.refresh_from_db()

    rest = start_payment(order=order, provider="sandbox", now=now)

    whole.refresh_from_db()
    assert (whole.status, rest.amount, rest.status) == ("expired", money(60), "created")
    with pytest.raises(UnknownProvider):
        start_payment(order=order, provider="sandbox", now=now, amount=0)


def test_cash_and_card_at_the_counter_sell_together_and_the_drawer_holds_the_cash(now):
    clerk = a_clerk()
    shift = a_shift(clerk, now=now, float_amount=money(100))

    order = at_the_counter(clerk, now, "A1", "A2", cash=money(50))

    figures = figures_of(shift)
    by_method = {one.method: (one.sales, one.taken) for one in figures.methods}
    assert (order.status, figures.expected, figures.tickets) == ("paid", money(150), 2)
    assert by_method == {"cash": (1, money(50)), "card": (1, money(40))}
    assert accounts() == {
        f"cash:{shift.till.code}": money(150),
        "floats": -money(100),
        "provider:card": money(40),
        "revenue:tickets": -money(90),
    }
    methods = day_figures(JournalEntry.objects.all())["methods"]
    assert {name: one["sale"] for name, one in methods.items()} == {"card": money(40), "cash": money(50)}
    rows = takings(period=one_day(day_of(now)), by="method").rows
    assert sorted(row[2] for row in rows) == [money(40), money(50)]


@pytest.mark.parametrize(
    "parts",
    [
        [Part("cash", 5000)],
        [Part("cash", 5000), Part("card", 4001)],
        [Part("cash", 9000), Part("card", 0)],
        [Part("cash", 10000), Part("card", -1000)],
    ],
)
def test_parts_that_do_not_come_to_the_sum_sell_nothing(now, parts):
    clerk = a_clerk()
    order = an_order(now=now, seats=["A1", "A2"], channel="counter", clerk=clerk)

    with pytest.raises(OtherSumDue):
        pay_in_parts(order=order, parts=parts, now=now, by=clerk)

    assert (Payment.objects.count(), Order.objects.get().status) == (0, "pending")


@pytest.mark.parametrize("methods", [("cash", "cash"), ("office", "card"), ("sandbox", "card"), ()])
def test_only_what_the_counter_takes_is_taken_there_and_each_once(now, methods):
    clerk = a_clerk()
    order = an_order(now=now, seats=["A1", "A2"], channel="counter", clerk=clerk)

    with pytest.raises(UnknownProvider):
        pay_in_parts(order=order, parts=[Part(method, 4500) for method in methods], now=now, by=clerk)

    assert Payment.objects.count() == 0


def test_the_clerk_takes_what_the_customer_has_not_paid_online(now):
    clerk = a_clerk()
    order = an_order(now=now, seats=["A1", "A2"])
    part(order, money(30), now)
    order.refresh_from_db()

    rest = pay_in_house(order=order, provider="cash", now=now, by=clerk)
    afterwards(now)

    assert (rest.amount, Order.objects.get().status, at_the_bank()) == (money(60), "paid", [("captured", 3000, 0)])


def test_the_last_payment_gives_back_first_and_each_no_more_than_it_took(now):
    order = an_order(now=now, seats=["A1", "A2", "A3"])
    for amount in (money(60), money(75)):
        order.refresh_from_db()
        part(order, amount, now)
    afterwards(now)
    order.refresh_from_db()
    tickets = list(order.tickets.order_by("pk"))

    refund_order(order=order, now=now, by=None, ticket_ids=[tickets[0].pk])
    first = list(Refund.objects.values_list("payment__amount", "amount"))
    refund_order(order=order, now=now, by=None, ticket_ids=[tickets[1].pk, tickets[2].pk])
    afterwards(now)

    order.refresh_from_db()
    assert first == [(money(75), money(45))]
    assert sorted(Refund.objects.values_list("payment__amount", "amount", "status")) == [
        (money(60), money(60), "done"),
        (money(75), money(30), "done"),
        (money(75), money(45), "done"),
    ]
    assert (order.status, order.paid_back_amount, order.refund_status) == ("refunded", money(135), "done")
    assert at_the_bank() == [("captured", 6000, 6000), ("captured", 7500, 7500)]
    assert accounts() == {}


def test_a_fee_is_kept_once_however_many_payments_give_back(now):
    RefundPolicy.objects.create(audience="customer", valid_from=now, until="start", fee_amount=money(25))
    order = an_order(now=now, seats=["A1", "A2"])
    for amount in (money(60), money(30)):
        order.refresh_from_db()
        part(order, amount, now)
    afterwards(now)
    order = Order.objects.with_details().get()

    refund_by_customer(order=order, now=now)
    afterwards(now)

    order.refresh_from_db()
    refunds = list(Refund.objects.order_by("pk").values_list("payment__amount", "amount", "fee_amount"))
    assert refunds == [(money(30), 0, money(30)), (money(60), money(40), money(20))]
    assert (order.paid_back_amount, order.refund_fee_amount, order.refund_status) == (money(40), money(50), "done")
    assert accounts() == {"provider:sandbox": money(50), "fees": -money(50)}


def test_cash_and_card_go_back_by_the_clerks_hand_and_out_of_their_drawer(now):
    clerk = a_clerk()
    shift = a_shift(clerk, now=now, float_amount=money(100))
    order = at_the_counter(clerk, now, "A1", "A2", cash=money(50))

    refund_order(order=order, now=now, by=clerk)

    back = {one.method: (one.refunds, one.paid_back) for one in figures_of(shift).methods}
    assert back == {"card": (1, money(40)), "cash": (1, money(50))}
    assert figures_of(shift).expected == money(100)
    assert set(Refund.objects.values_list("status", "shift")) == {("done", shift.pk)}


def test_a_second_person_approves_once_for_all_payments_and_each_is_handed_out(now):
    clerk, second = a_clerk(), may(a_clerk(), "approve_refund")
    shift = a_shift(clerk, now=now, float_amount=money(100))
    order = at_the_counter(clerk, now, "A1", "A2", cash=money(50))

    asked = ask_for_refund(order=order, now=now, by=clerk, reason="ill")
    approve_refund(refund_id=asked.pk, now=now, by=second)
    waiting = list(Refund.objects.order_by("pk").values_list("method", "amount", "status"))
    for refund in Refund.objects.order_by("pk"):
        hand_out_refund(refund_id=refund.pk, now=now, by=clerk)

    assert waiting == [("card", money(40), "approved"), ("cash", money(50), "approved")]
    assert (Order.objects.get().refund_status, figures_of(shift).expected) == ("done", money(100))


def test_each_payment_of_an_order_costs_the_sale_one_more_insert_and_lock_only(now):
    counts = []
    for parts in ([Part("card", 9000)], [Part("cash", 5000), Part("card", 4000)]):
        clerk = a_clerk()
        order = an_order(now=now, seats=["A1", "A2"], channel="counter", clerk=clerk)
        with CaptureQueriesContext(connection) as queries:
            pay_in_parts(order=order, parts=parts, now=now, by=clerk)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))

    assert counts[1] == counts[0] + 1
