# ruff: noqa: B023  (each act is done before its round ends)
"""Two things at one moment, in threads with a connection each: one of them wins, both stay whole, nobody hangs."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from accounts.bans import ban_user
from backoffice.counter import reserve, sell_for_cash
from catalog.films import remove_movie
from cinema.errors import CinemaError
from cinema.rate_limits import Caller
from tests.factories import (
    a_clerk,
    a_customer,
    a_hall,
    a_movie,
    a_paid_order,
    a_showtime,
    afterwards,
    an_administrator,
    an_order,
    authorised,
    begun,
    money,
)
from ticketing.door.admission import TicketUsed, admit_ticket
from ticketing.models import (
    Claim,
    Order,
    Payment,
    Refund,
    SandboxCharge,
    Seat,
    Showtime,
    Ticket,
)
from ticketing.money.call_offs import call_off_showtime
from ticketing.money.events import receive_event
from ticketing.money.in_house import pay_in_house
from ticketing.money.providers import PROVIDERS
from ticketing.money.refunds import hand_out_refund, refund_order
from ticketing.money.verify import find_faults
from ticketing.programme.scheduling import add_showtime
from ticketing.sale import hold_budget
from ticketing.sale.broken_seats import move_ticket, set_for_sale
from ticketing.sale.hall_changes import replace_grid, set_hall_status
from ticketing.sale.holds import hold_seats
from ticketing.sale.orders import cancel_order
from ticketing.sale.second_chance import hold_again
from ticketing.sale.showtime_changes import update_showtime
from ticketing.venue.grids import default_grid

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def at_once(*acts: Callable[[], object]) -> list:
    """Everybody starts at one moment; answers what each returned, or the refusal it met. Any other error is raised."""
    barrier, results, faults = threading.Barrier(len(acts)), [None] * len(acts), []

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(60)
            results[place] = act()
        except CinemaError as refusal:
            results[place] = refusal.code
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert faults == []
    return results


def buy(showtime: Showtime, seats: list, now, customer=None, **facts) -> Callable[[], Order]:
    """Holding these seats, to be done later."""
    customer = customer or a_customer()
    return lambda: hold_seats(showtime_id=showtime.pk, seats=seats, customer=customer, now=now, **facts)


def paying(order: Order, now) -> Callable[[], str]:
    """The word of the bank that the customer said yes, to be heard later."""
    payment = begun(order, now)
    ((headers, body),) = PROVIDERS["sandbox"].decide(payment.reference, authorise=True, now=now)
    return lambda: receive_event(provider="sandbox", headers=headers, body=body, now=now).status


def test_one_request_sent_many_times_at_once_is_one_order(now):
    customer = a_customer()
    showtime = a_showtime(now=now)
    for seat in ("A1", "A2"):
        an_order(now=now, showtime=showtime, seats=[seat], customer=customer)

    orders = at_once(*[buy(showtime, ["A3"], now, customer, idempotency_key="k") for _each in range(6)])

    assert {order.pk for order in orders} == {Order.objects.get(lines__label="A3").pk}


def test_a_double_click_at_the_counter_is_one_sale(now):
    for number in range(ROUNDS):
        showtime, clerk = a_showtime(now=now), a_clerk()
        facts = {"showtime_id": showtime.pk, "price_types": {}, "clerk": clerk, "now": now, "seats": ["A1", "A2"]}

        held = at_once(*[lambda: reserve(**facts, key=f"card-{number}")] * 4)
        sold = at_once(*[lambda: sell_for_cash(**facts | {"seats": ["B1"]}, received=None, key=f"cash-{number}")] * 4)

        assert len({order.pk for order in held}) == len({order.pk for order in sold}) == 1
        assert {order.status for order in sold} == {"paid"}
    assert Payment.objects.count() == ROUNDS
    assert list(find_faults(now=now)) == []


def test_parallel_orders_of_one_customer_count_one_another(now):
    showtime, customer = a_showtime(now=now), a_customer()

    results = at_once(*[buy(showtime, [f"A{number}"], now, customer) for number in range(1, 7)])

    assert sorted(str(result) for result in results if isinstance(result, str)) == ["too_many_pending"] * 3
    assert Order.objects.count() == 3


def test_a_ban_and_a_hold_leave_no_order_made_after_the_ban(now):
    for _round in range(ROUNDS):
        customer, boss = a_customer(), an_administrator()
        _banned, held = at_once(
            lambda: ban_user(user_id=customer.pk, by=boss), buy(a_showtime(now=now), ["A1"], now, customer)
        )

        assert held == "banned" or isinstance(held, Order)
        with pytest.raises(CinemaError):
            an_order(now=now, customer=customer)


def test_two_payments_of_one_order_at_once_are_one(now):
    for _round in range(ROUNDS):
        order = an_order(now=now, seats=["A1", "A2"])

        cash = {"order": order, "provider": "cash", "now": now, "by": None}
        results = at_once(paying(order, now), lambda facts=cash: pay_in_house(**facts).status)

        assert results in (["authorised", "wrong_order_status"], ["voiding", "captured"])
    at_once(*[lambda: afterwards(now)] * 2)
    assert set(SandboxCharge.objects.values_list("status", flat=True)) <= {"captured", "voided"}
    assert list(find_faults(now=now)) == []


def test_a_new_price_in_the_moment_of_paying_costs_nobody_their_seat(now):
    for price in range(50, 50 + 2 * ROUNDS):
        order = an_order(now=now)

        heard, _changed = at_once(
            paying(order, now),
            lambda: update_showtime(showtime_id=order.showtime_id, now=now, price=money(price)),
        )

        assert heard == "authorised"
    assert list(find_faults(now=now)) == []


def test_one_notification_heard_twice_at_once_sells_once(now):
    for _round in range(ROUNDS):
        hear = paying(an_order(now=now), now)

        assert at_once(hear, hear, hear) == ["authorised"] * 3
    assert list(find_faults(now=now)) == []


def test_a_late_payment_and_a_new_buyer_share_nothing(now):
    for _round in range(ROUNDS):
        showtime = a_showtime(now=now)
        late = an_order(now=now, showtime=showtime, seats=["A1", "A2", "A3"])
        pay_late = paying(late, late.expires_at)

        paid, held = at_once(pay_late, buy(showtime, ["A3", "A2"], late.expires_at))

        assert (paid, held) == ("authorised", "seats_taken") or (paid == "voiding" and isinstance(held, Order))
    assert list(find_faults(now=now)) == []


def test_two_refunds_at_once_give_back_once(now):
    for _round in range(ROUNDS):
        order, clerk = a_paid_order(now=now, seats=["A1", "A2"]), a_clerk()

        at_once(*[lambda: refund_order(order=Order.objects.get(pk=order.pk), now=now, by=clerk)] * 3)

        at_once(*[lambda: afterwards(now)] * 2)
        assert SandboxCharge.objects.latest("id").refunded_amount == money(90)
    assert list(find_faults(now=now)) == []


def test_two_scanners_at_once_admit_once(now):
    for _round in range(ROUNDS):
        ticket, clerk = a_paid_order(now=now).tickets.select_related("showtime").get(), a_clerk()
        door = {"code": ticket.code, "showtime_id": ticket.showtime_id, "now": ticket.showtime.starts_at}

        results = at_once(*[lambda: admit_ticket(**door, by=clerk)] * 3)

        assert sorted(str(result) for result in results if isinstance(result, str)) == [TicketUsed.code] * 2


def test_two_clerks_at_once_pay_a_refund_out_once(now):
    for _round in range(ROUNDS):
        order = an_order(now=now)
        pay_in_house(order=order, provider="cash", now=now, by=None)
        order.refresh_from_db()
        refund_order(order=order, now=now, by=an_administrator(), handed_out=False)
        refund = Refund.objects.get(payment__order=order)
        clerks = [a_clerk(), a_clerk()]

        results = at_once(
            *[lambda by=by, pk=refund.pk: hand_out_refund(refund_id=pk, now=now, by=by).status for by in clerks]
        )

        assert sorted(results) == ["done", "nothing_to_pay_out"]
    assert list(find_faults(now=now)) == []


def test_two_workers_at_once_settle_once(now):
    for _each in range(ROUNDS):
        order = an_order(now=now)
        authorised(begun(order, now), now)
        order.refresh_from_db()
        refund_order(order=order, now=now, by=None)

    at_once(*[lambda: afterwards(now)] * 3)

    assert set(SandboxCharge.objects.values_list("status", "refunded_amount")) == {("captured", 4500)}
    assert Payment.objects.unsettled().count() == Refund.objects.owed().count() == 0
    assert list(find_faults(now=now)) == []


def test_two_planners_at_once_do_not_overlap(now):
    for number in range(ROUNDS):
        hall, movie, at = a_hall(), a_movie(), now + timedelta(days=number)
        plan = lambda minutes, hall=hall, movie=movie, at=at: add_showtime(  # noqa: E731
            movie=movie, hall=hall, starts_at=at + timedelta(minutes=minutes), price=money(45)
        )

        results = at_once(lambda: plan(0), lambda: plan(60), lambda: plan(114))

        assert (
            Showtime.objects.filter(hall=hall).count() == sum(isinstance(result, Showtime) for result in results) == 1
        )


def test_a_new_grid_and_a_hold_never_leave_an_order_for_a_seat_that_is_gone(now):
    for _round in range(ROUNDS):
        showtime = a_showtime(now=now)
        _laid, held = at_once(
            lambda: replace_grid(hall_id=showtime.hall_id, grid=default_grid(4), now=now), buy(showtime, ["C8"], now)
        )

        if isinstance(held, Order):
            assert paying(held, now)() == "voiding"
        else:
            assert held in {"showtime_changed", "seats_taken"}
    assert list(find_faults(now=now)) == []


def test_closing_a_hall_calling_off_paying_and_moving_never_lock_each_other_out(now):
    for _round in range(ROUNDS):
        showtime, boss = a_showtime(now=now), an_administrator()
        orders = [an_order(now=now, showtime=showtime, seats=[f"A{n}", f"B{n}"]) for n in (1, 2)]
        elsewhere = a_hall()

        at_once(
            paying(orders[0], now),
            lambda: cancel_order(order=orders[1], now=now),
            buy(showtime, ["B3", "A3", "B2", "A2"], now),
            lambda: update_showtime(showtime_id=showtime.pk, now=now, hall=elsewhere),
            lambda: set_hall_status(hall_id=showtime.hall_id, status=1, now=now),
            lambda: replace_grid(hall_id=elsewhere.pk, grid=default_grid(30), now=now),
            lambda: call_off_showtime(showtime_id=showtime.pk, now=now, by=boss),
        )

        afterwards(now)
        assert Claim.objects.filter(showtime=showtime, status="sold").count() == 0
        assert Showtime.objects.get(pk=showtime.pk).status == "cancelled"
    assert list(find_faults(now=now)) == []


def test_cancelling_and_taking_the_same_seats_again_does_not_hang(now):
    for _round in range(ROUNDS):
        showtime, customer = a_showtime(now=now), a_customer()
        order = an_order(now=now, showtime=showtime, seats=["A1", "A2"], customer=customer)

        at_once(
            lambda: cancel_order(order=order, now=now, by=customer),
            buy(showtime, ["A2", "A1"], now, customer),
            buy(showtime, ["A1", "A2"], now, customer),
        )

    assert list(find_faults(now=now)) == []


def test_holding_again_beside_other_buyers_does_not_hang(now):
    for _round in range(ROUNDS):
        showtime = a_showtime(now=now)
        late = an_order(now=now, showtime=showtime, seats=["A5", "A6"])
        other = an_order(now=now, showtime=showtime, seats=["A1", "A2"])
        ids = {seat.label: seat.pk for seat in showtime.hall.seats.all()}
        later = late.expires_at

        at_once(
            lambda: hold_again(order=late, seat_ids=[ids["A1"], ids["A2"]], now=later),
            lambda: hold_again(order=other, seat_ids=[ids["A5"], ids["A6"]], now=later),
            buy(showtime, ["A1", "A5"], later),
            buy(showtime, ["A6", "A2"], later),
        )

    assert list(find_faults(now=now)) == []


def test_nobody_waits_for_the_limits_store_with_a_transaction_open(now, monkeypatch, settings):
    settings.RATE_LIMITS = True
    late, asked, ask = an_order(now=now), [], hold_budget.try_take

    def noting(*limits, **cost):
        asked.append(connection.in_atomic_block)
        return ask(*limits, **cost)

    monkeypatch.setattr(hold_budget, "try_take", noting)
    caller, seat_ids = Caller(address="203.0.113.9"), [late.lines.get().seat_id]
    renewed = hold_again(order=late, seat_ids=seat_ids, now=late.expires_at, caller=caller)

    assert (renewed.status, set(asked)) == ("pending", {False})


def test_two_seats_that_break_at_once_are_both_taken_off_sale(now):
    for _round in range(ROUNDS):
        seats = list(a_hall().seats.all()[:4])

        at_once(*[lambda seat=seat: set_for_sale(seat=seat, is_available=False, now=now) for seat in seats])

        assert Seat.objects.filter(pk__in=[seat.pk for seat in seats], is_available=True).count() == 0


def test_a_ticket_is_never_moved_to_a_seat_that_goes_at_the_same_moment(now):
    for _round in range(ROUNDS):
        showtime, boss = a_showtime(now=now), an_administrator()
        ticket = a_paid_order(now=now, showtime=showtime).tickets.get()

        _laid, moved = at_once(
            lambda: replace_grid(hall_id=showtime.hall_id, grid=default_grid(6), now=now),
            lambda: move_ticket(ticket_id=ticket.pk, to="C8", now=now, by=boss),
        )

        assert isinstance(moved, Ticket) or moved in {"showtime_changed", "seats_taken"}
        assert Ticket.objects.get(pk=ticket.pk).seat.removed_at is None
    assert list(find_faults(now=now)) == []


def test_a_film_is_never_taken_down_in_the_moment_its_ticket_is_paid(now):
    for _round in range(2 * ROUNDS):
        order = an_order(now=now)
        movie_id = order.showtime.movie_id

        heard, removed = at_once(paying(order, now), lambda: remove_movie(movie_id=movie_id, now=now))

        assert (heard, removed) in {("authorised", "movie_in_programme"), ("voiding", False)}
    assert list(find_faults(now=now)) == []


def test_of_two_who_move_a_showtime_at_once_neither_leaves_it_half_moved(now):
    for _round in range(2 * ROUNDS):
        showtime = a_showtime(now=now)
        here, there = showtime.starts_at, showtime.starts_at + timedelta(hours=5)

        def stay(showtime=showtime, here=here):
            # The second of these begins while the other one is moving it.
            for price in (50, 51, 52):
                update_showtime(showtime_id=showtime.pk, now=now, starts_at=here, price=money(price))

        at_once(stay, lambda: update_showtime(showtime_id=showtime.pk, now=now, starts_at=there))

        showtime.refresh_from_db()
        assert showtime.ends_at - showtime.starts_at == timedelta(minutes=showtime.movie.duration)


def test_a_bank_that_takes_its_time_keeps_nobody_from_holding_seats(now, monkeypatch):
    order, showtime = a_paid_order(now=now), a_showtime(now=now)
    refund_order(order=order, now=now, by=None)
    asked, answers = threading.Event(), threading.Event()
    refund = type(PROVIDERS["sandbox"]).refund

    def slowly(bank, *args, **facts):
        asked.set()
        assert answers.wait(60)
        return refund(bank, *args, **facts)

    monkeypatch.setattr(type(PROVIDERS["sandbox"]), "refund", slowly)

    def hold_meanwhile() -> str:
        assert asked.wait(60)
        try:
            return an_order(now=now, showtime=showtime).status
        finally:
            answers.set()  # the bank answers only when the seats are held, or could not be

    held, _worked = at_once(hold_meanwhile, lambda: afterwards(now))

    assert (held, Refund.objects.get().status) == ("pending", "done")
