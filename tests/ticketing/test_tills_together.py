"""Many tills at one moment, in threads with a connection each: every drawer's sum is its own sales', to the cent."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum

from backoffice.counter import sell_for_cash
from tests.factories import a_clerk, a_hall, a_shift, a_showtime, a_till, money
from tests.ticketing.test_together import at_once
from ticketing.models import Payment, Shift
from ticketing.money.shifts import close_shift, figures_of, open_shift
from ticketing.money.verify import find_faults

pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 32


def all_tills(*acts: Callable[[], object]) -> list:
    """Everybody starts at one moment, more of them than the pool has connections, as in a large house."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def selling(clerk, showtime, seat, now):
    """The act of selling one seat for cash."""
    facts = {"showtime_id": showtime.pk, "seats": [seat], "price_types": {}, "key": f"{showtime.pk}-{seat}"}
    return lambda: sell_for_cash(**facts, received=money(50), clerk=clerk, now=now).status


def test_32_tills_sell_at_once_and_every_drawer_is_right(now):
    clerks = [a_clerk() for _till in range(TILLS)]
    shifts = [a_shift(clerk, now=now, float_amount=money(n)) for n, clerk in enumerate(clerks)]
    showtime = a_showtime(now=now, hall=a_hall(rows=8, cols=8))
    seats = [f"{row}{number}" for row in "ABCDEFGH" for number in range(1, 9)]

    for first in (0, TILLS):
        sold = all_tills(*[selling(clerk, showtime, seats[first + n], now) for n, clerk in enumerate(clerks)])
        assert sold == ["paid"] * TILLS
    closed = all_tills(
        *[
            lambda shift=shift: close_shift(shift_id=shift.pk, counted=money(90), by=shift.clerk, now=now)
            for shift in shifts
        ]
    )

    assert [shift.expected_amount for shift in closed] == [money(n + 90) for n in range(TILLS)]
    assert Payment.objects.aggregate(sum=Sum("amount"))["sum"] == TILLS * money(90)
    assert list(find_faults(now=now)) == []


def test_a_sale_is_in_the_count_or_refused(now):
    till, clerk = a_till(), a_clerk()
    for round_ in range(5):
        at = now + timedelta(minutes=round_)
        shift = a_shift(clerk, now=at, till=till)
        showtime = a_showtime(now=now)

        sold, _closed = at_once(
            selling(clerk, showtime, "A1", at),
            lambda shift=shift, at=at: close_shift(shift_id=shift.pk, counted=0, by=clerk, now=at),
        )

        shift.refresh_from_db()
        assert (sold, shift.expected_amount) in {("paid", money(45)), ("shift_needed", 0)}
        taken = Payment.objects.filter(shift=shift).aggregate(sum=Sum("amount", default=0))["sum"]
        assert figures_of(shift).cash_sales == taken


def test_of_two_clerks_at_one_till_one_has_it(now):
    till = a_till()
    for _round in range(5):
        one, other = a_clerk(), a_clerk()
        results = at_once(
            *[
                lambda who=who: open_shift(till_id=till.pk, clerk=who, float_amount=0, now=now).clerk
                for who in (one, other)
            ]
        )

        assert results.count("shift_is_open") == 1
        shift = Shift.objects.open().get()
        close_shift(shift_id=shift.pk, counted=0, by=shift.clerk, now=now)
