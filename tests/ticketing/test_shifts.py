"""A clerk's shift at a till: what must be in the drawer, who may touch it, and what stands once it is counted."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from backoffice.counter import finish_by_card, reserve_for_card, sell_for_cash
from tests.backoffice.staff import may
from tests.factories import a_clerk, a_customer, a_paid_order, a_shift, a_showtime, a_till, afterwards, an_order, money
from ticketing.models import CashMovement, Claim, Order, Payment, Refund, Shift, Till
from ticketing.money.in_house import pay_in_house
from ticketing.money.refunds import hand_out_refund, note_refund_failed, refund_order
from ticketing.money.shifts import (
    NotInDrawer,
    NotYourShift,
    ReasonNeeded,
    ShiftIsOpen,
    ShiftNeeded,
    ShiftNotFound,
    close_shift,
    figures_of,
    find_shift,
    move_cash,
    open_shift,
)
from ticketing.money.tills import TillCodeStays, TillInUse, TillNameTaken, TillNotFound, save_till

pytestmark = pytest.mark.usefixtures("books")


def sell(clerk, now, *seats, showtime=None, received=None, key=""):
    """Sell these seats for cash at the counter."""
    showtime = showtime or a_showtime(now=now)
    facts = {"showtime_id": showtime.pk, "seats": seats or ["A1"], "price_types": {}, "key": key or f"k{showtime.pk}"}
    return sell_for_cash(**facts, received=received, clerk=clerk, now=now)


def test_the_drawer_holds_the_float_and_what_came_and_went_in_cash(now):
    clerk, boss = a_clerk(), a_clerk()
    shift = a_shift(clerk, now=now, float_amount=money(200))
    order = sell(clerk, now, "A1", "A2", received=money(100))
    card = reserve_for_card(
        showtime_id=order.showtime_id, seats=["A3"], price_types={}, clerk=clerk, now=now, key="card"
    )
    finish_by_card(order=card, clerk=clerk, now=now)
    refund_order(order=order, now=now, by=clerk, ticket_ids=[order.tickets.first().pk])
    moves = [("in", 50, "零钱"), ("out", 12, "买水"), ("drop", 100, "")]
    for kind, amount, reason in moves:
        move_cash(shift_id=shift.pk, kind=kind, amount=money(amount), by=clerk, now=now, reason=reason)
    a_shift(boss, now=now, float_amount=money(7))

    figures = figures_of(shift)

    assert figures.expected == money(200 + 90 - 45 + 50 - 12 - 100)
    assert figures.tickets == 3
    assert [(one.method, one.sales, one.taken, one.refunds, one.paid_back) for one in figures.methods] == [
        ("card", 1, money(45), 0, 0),
        ("cash", 1, money(90), 1, money(45)),
    ]


def test_what_was_handed_over_and_given_back_as_change_is_kept(now):
    clerk = a_clerk()

    order = sell(clerk, now, received=money(50))

    payment = order.payments.get()
    assert (payment.received_amount, payment.change_amount, payment.operator) == (money(50), money(5), clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(received_amount=money(44))


def test_closing_freezes_the_figures_and_names_the_difference(now):
    clerk, later = a_clerk(), now + timedelta(hours=8)
    shift = a_shift(clerk, now=now, float_amount=money(200))
    order = sell(clerk, now)

    closed = close_shift(shift_id=shift.pk, counted=money(240), by=clerk, now=later, note="少五元")
    a_shift(clerk, now=later, till=shift.till)
    refund_order(order=order, now=later, by=clerk)

    closed.refresh_from_db()
    assert (closed.expected_amount, closed.counted_amount, closed.difference) == (money(245), money(240), money(-5))
    assert (closed.z_number, closed.closed_at, closed.closed_by, closed.note) == (1, later, clerk, "少五元")
    assert figures_of(closed).expected == money(245)
    assert figures_of(Shift.objects.open().get()).expected == money(-45)


def test_z_reports_of_a_till_are_numbered_without_a_gap(now):
    first, second, clerk = a_till(), a_till(), a_clerk()
    for till in (first, second, first, first):
        shift = a_shift(clerk, now=now, till=till)
        close_shift(shift_id=shift.pk, counted=0, by=clerk, now=now)

    numbers = {till: list(till.shifts.order_by("pk").values_list("z_number", flat=True)) for till in (first, second)}

    assert numbers == {first: [1, 2, 3], second: [1]}


def test_one_shift_a_till_and_one_a_clerk(now):
    clerk, till = a_clerk(), a_till()
    a_shift(clerk, now=now, till=till)

    for who, where in ((a_clerk(), till), (clerk, a_till())):
        with pytest.raises(ShiftIsOpen):
            a_shift(who, now=now, till=where)
    facts = {"float_amount": 0, "opened_at": now}
    for row in ({"till": till, "clerk": a_clerk()}, {"till": a_till(), "clerk": clerk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Shift.objects.create(**row, **facts)


def test_no_shift_is_opened_at_a_till_that_is_out_of_use(now):
    till = a_till(is_active=False)

    with pytest.raises(TillNotFound):
        open_shift(till_id=till.pk, clerk=a_clerk(), float_amount=0, now=now)


@pytest.mark.parametrize("method", ["cash", "card"])
def test_a_house_with_tills_takes_money_at_the_counter_within_a_shift_only(now, method):
    a_till()
    order, clerk = an_order(now=now), a_clerk()

    with pytest.raises(ShiftNeeded):
        pay_in_house(order=order, provider=method, now=now, by=clerk)
    with pytest.raises(ShiftNeeded):
        pay_in_house(order=order, provider=method, now=now, by=None)

    a_shift(clerk, now=now)
    assert pay_in_house(order=order, provider=method, now=now, by=clerk).shift == Shift.objects.get()


def test_a_house_whose_tills_are_all_out_of_use_sells_as_one_without(now):
    a_till(is_active=False)

    order = sell(a_clerk(), now)

    assert (order.payments.get().shift, Order.objects.get().status) == (None, "paid")


def test_what_is_booked_to_the_office_and_what_is_free_needs_no_shift(now):
    a_till()
    clerk, free = a_clerk(), an_order(now=now, showtime=a_showtime(now=now, price=0))

    office = pay_in_house(order=an_order(now=now), provider="office", now=now, by=clerk)
    nothing = pay_in_house(order=free, provider="cash", now=now, by=clerk)

    assert (office.shift, nothing.provider, nothing.shift) == (None, "free", None)


def test_without_a_shift_no_card_is_asked_for_and_no_seat_held(now):
    a_till()
    showtime = a_showtime(now=now)
    facts = {"showtime_id": showtime.pk, "seats": ["A1"], "price_types": {}, "clerk": a_clerk(), "now": now, "key": "k"}

    with pytest.raises(ShiftNeeded):
        reserve_for_card(**facts)
    with pytest.raises(ShiftNeeded):
        sell_for_cash(received=None, **facts)

    assert (Claim.objects.count(), Order.objects.count()) == (0, 0)


def test_a_card_that_was_charged_when_the_shift_had_just_ended_keeps_its_seats(now):
    clerk = a_clerk()
    shift = a_shift(clerk, now=now)
    showtime = a_showtime(now=now)
    order = reserve_for_card(showtime_id=showtime.pk, seats=["A1"], price_types={}, clerk=clerk, now=now, key="card")
    close_shift(shift_id=shift.pk, counted=0, by=clerk, now=now)

    with pytest.raises(ShiftNeeded):
        finish_by_card(order=order, clerk=clerk, now=now)
    a_shift(clerk, now=now, till=shift.till)

    assert finish_by_card(order=order, clerk=clerk, now=now).status == "paid"


def test_refunded_without_a_shift_cash_waits_at_the_box_office_for_somebody_who_has_one(now):
    seller, office = a_clerk(), a_clerk()
    first = a_shift(seller, now=now)
    order = sell(seller, now)

    refund_order(order=order, now=now, by=office)
    waiting = Refund.objects.get()
    with pytest.raises(ShiftNeeded):
        hand_out_refund(refund_id=waiting.pk, now=now, by=office)
    hand_out_refund(refund_id=waiting.pk, now=now, by=seller)

    done = Refund.objects.get()
    assert (waiting.status, waiting.shift) == ("approved", None)
    assert (done.status, done.shift, done.method, figures_of(first).cash_refunds) == ("done", first, "cash", money(45))


def test_what_a_bank_refused_to_pay_back_is_handed_out_of_a_drawer(now):
    manager = may(a_clerk(), "refund_beyond_limits")
    order = a_paid_order(now=now)
    refund_order(order=order, now=now, by=manager)
    refund = Refund.objects.get()
    note_refund_failed(refund_id=refund.pk, why="no", now=now)
    shift = a_shift(manager, now=now, float_amount=money(100))

    hand_out_refund(refund_id=refund.pk, now=now, by=manager)

    refund.refresh_from_db()
    assert (refund.method, refund.shift, figures_of(shift).expected) == ("cash", shift, money(55))


@pytest.mark.parametrize("kind", ["out", "drop"])
def test_no_more_is_taken_out_than_there_is(now, kind):
    clerk = a_clerk()
    shift = a_shift(clerk, now=now, float_amount=money(10))

    with pytest.raises(NotInDrawer):
        move_cash(shift_id=shift.pk, kind=kind, amount=money("10.01"), by=clerk, now=now, reason="x")

    assert CashMovement.objects.count() == 0


def test_cash_moves_for_a_reason_and_once_by_key(now):
    clerk = a_clerk()
    shift = a_shift(clerk, now=now)

    for kind in ("in", "out"):
        with pytest.raises(ReasonNeeded):
            move_cash(shift_id=shift.pk, kind=kind, amount=1, by=clerk, now=now, reason="  ")
    for _click in range(2):
        move_cash(shift_id=shift.pk, kind="in", amount=money(5), by=clerk, now=now, reason="零钱", key="one")

    assert figures_of(shift).expected == money(5)


def test_a_shift_is_its_clerks_and_the_managers(now):
    clerk, stranger, manager = a_clerk(), a_clerk(), may(a_clerk(), "manage_shifts")
    shift = a_shift(clerk, now=now)

    for act in (
        lambda: move_cash(shift_id=shift.pk, kind="in", amount=1, by=stranger, now=now, reason="x"),
        lambda: close_shift(shift_id=shift.pk, counted=0, by=stranger, now=now),
        lambda: find_shift(shift_id=shift.pk, by=stranger),
    ):
        with pytest.raises(NotYourShift):
            act()

    assert close_shift(shift_id=shift.pk, counted=0, by=manager, now=now).closed_by == manager


def test_nothing_moves_in_a_shift_that_is_closed(now):
    clerk = a_clerk()
    shift = a_shift(clerk, now=now)
    close_shift(shift_id=shift.pk, counted=0, by=clerk, now=now)

    with pytest.raises(ShiftNotFound):
        move_cash(shift_id=shift.pk, kind="in", amount=1, by=clerk, now=now, reason="x")
    with pytest.raises(ShiftNotFound):
        close_shift(shift_id=shift.pk, counted=0, by=clerk, now=now)
    with pytest.raises(ShiftNeeded):
        sell(clerk, now)


def test_a_till_in_use_stays_and_so_does_the_code_of_one_that_was_used(now):
    clerk, till = a_clerk(), a_till("A")
    shift = a_shift(clerk, now=now, till=till)
    till.is_active = False

    with pytest.raises(TillInUse):
        save_till(till=till)
    close_shift(shift_id=shift.pk, counted=0, by=clerk, now=now)
    till.code = "B"
    with pytest.raises(TillCodeStays):
        save_till(till=till)
    till.code, till.name = "A", "大堂"
    save_till(till=till)
    with pytest.raises(TillNameTaken):
        save_till(till=Till(code="C", name="大堂"))

    assert Till.objects.values_list("code", "name", "is_active").get() == ("A", "大堂", False)


def test_a_customers_online_payment_belongs_to_no_shift(now):
    a_shift(a_clerk(), now=now)

    order = a_paid_order(now=now, customer=a_customer())
    afterwards(now)

    assert (order.payments.get().shift, order.payments.get().operator) == (None, None)
