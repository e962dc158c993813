"""The map on the page of seats: what it says of each seat, and that nothing of it is ever out of date."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Movie
from tests.factories import a_hall, a_paid_order, a_price_card, a_showtime, an_order, money
from tests.pages.places import places
from ticketing.models import Claim, Hall, PriceRule, Showtime
from ticketing.sale.hall_changes import replace_grid
from ticketing.sale.shown import _shown
from ticketing.sale.showtime_changes import update_showtime
from ticketing.venue.grids import default_grid
from ticketing.views.hall import HALLS_KEPT, _markups

pytestmark = pytest.mark.django_db


@pytest.fixture
def showtime():
    """A showtime tomorrow in a hall of three rows of eight, VIP in the middle row, with reductions."""
    hall = a_hall(plan=["oooooooo", "oovvvvoo", "oooooooo"])
    return a_showtime(hall=hall, price_card=a_price_card(vip=20, child=-15, student=-10))


def test_a_seat_says_its_name_kind_price_and_who_has_it(mine, customer, showtime):
    an_order(showtime=showtime, seats=["A1"])
    an_order(showtime=showtime, seats=["B3"], customer=customer)

    chinese = places(mine.get(f"/showtimes/{showtime.pk}/"))
    english = places(mine.get(f"/en/showtimes/{showtime.pk}/"))

    assert chinese["A1"].name == "A 排 1 座，45, 已锁定"
    assert english["A1"].name == "Row A seat 1, 45, Held"
    assert english["A2"].name == "Row A seat 2, 45"
    assert english["B3"].name == "Row B seat 3, VIP, 65, Held for you"
    assert english["B4"].prices == {"adult": 6500, "child": 5000, "student": 5500}


def sold_out(showtime):
    """Somebody has bought A1."""
    a_paid_order(showtime=showtime, seats=["A1"])


def let_go(showtime):
    """The holds have run out."""
    Claim.objects.update(held_until=timezone.now())


def another_grid(showtime):
    """The hall gets a fourth row, and A1 is off sale."""
    plans = [*default_grid(32)]
    plans[0] = replace(plans[0], is_available=False)
    replace_grid(hall_id=showtime.hall_id, grid=plans, now=timezone.now())


def another_price(showtime):
    """The showtime costs more."""
    update_showtime(showtime_id=showtime.pk, price=money(50), now=timezone.now())


def another_surcharge(showtime):
    """VIP costs more, and children pay less."""
    PriceRule.objects.filter(seat_kind="vip").update(amount=money(30))
    PriceRule.objects.filter(price_type="child").update(amount=money(-20))


def other_rows(showtime):
    """Somebody writes other names on the rows, past every door of ours."""
    showtime.hall.seats.filter(row_label="B").update(row_label="X")


def called_off(showtime):
    """It does not take place."""
    Showtime.objects.filter(pk=showtime.pk).update(status=Showtime.Status.CANCELLED)


def hall_closed(showtime):
    """Nothing is sold in the hall."""
    Hall.objects.filter(pk=showtime.hall_id).update(status=Hall.Status.BANNED)


CHANGES = [called_off, hall_closed, sold_out, let_go, another_grid, another_price, another_surcharge, other_rows]


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_is_on_the_very_next_page(mine, client, showtime, change):
    an_order(showtime=showtime, seats=["B1"])
    before = [places(one.get(f"/showtimes/{showtime.pk}/")) for one in (mine, client)]

    change(showtime)

    after = [places(one.get(f"/showtimes/{showtime.pk}/")) for one in (mine, client)]
    for kept in (_markups, _shown):
        kept.clear()
    fresh = [places(one.get(f"/showtimes/{showtime.pk}/")) for one in (mine, client)]
    assert before != after
    assert after == fresh


def test_a_showtime_that_was_shown_is_not_found_once_its_film_is_taken_down(client, showtime):
    seen = client.get(f"/showtimes/{showtime.pk}/").status_code

    Movie.objects.filter(pk=showtime.movie_id).update(status=Movie.Status.REMOVED)

    assert (seen, client.get(f"/showtimes/{showtime.pk}/").status_code) == (200, 404)


def test_halls_at_many_prices_are_not_kept_without_end(client, showtime):
    for price in range(HALLS_KEPT + 3):
        Showtime.objects.filter(pk=showtime.pk).update(price=money(20 + price))
        client.get(f"/showtimes/{showtime.pk}/")

    assert len(_markups) == HALLS_KEPT


@pytest.mark.parametrize(("rows", "cols"), [(1, 1), (1, 3), (15, 20)])
def test_a_map_of_any_size_takes_three_statements_once_the_showtime_is_known(client, rows, cols):
    showtime = a_showtime(hall=a_hall(rows=rows, cols=cols), price_card=a_price_card(child=-5))
    an_order(showtime=showtime, seats=["A1"])

    client.get(f"/showtimes/{showtime.pk}/")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/showtimes/{showtime.pk}/")

    assert len(queries) == 3, [query["sql"] for query in queries]
