"""Lists without paging in their documents: cut to the newest 500 or never, and by page when one is asked for."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Movie
from tests.api.conftest import BEFORE
from tests.factories import a_clerk, a_customer, a_movie, a_paid_order, an_order
from ticketing.models import Order
from ticketing.money.in_house import pay_in_house
from ticketing.sale.holds import hold_seats

pytestmark = pytest.mark.django_db
MANY = 520


@pytest.fixture
def many_orders(house, customer):
    """520 orders of user1, and one of a stranger between them."""
    made = [
        Order(
            showtime=house.showtime, customer=customer, status=Order.Status.CANCELLED, total_amount=45,
            created_at=BEFORE + timedelta(seconds=number), expires_at=BEFORE, closed_at=BEFORE,
        )
        for number in range(MANY)
    ]  # fmt: skip
    an_order(showtime=house.showtime, now=BEFORE)
    return [order.pk for order in Order.objects.bulk_create(made)]


def test_orders_are_the_newest_500_and_the_rest_by_page(many_orders, customer, as_user):
    caller = as_user(customer)

    def ids(**query):
        return [one["order_id"] for one in caller.get("/api/user/orders", **query).json()["data"]["orders"]]

    newest_first = many_orders[::-1]
    assert ids() == newest_first[:500]
    assert ids(page=1) == newest_first[:10]
    assert ids(limit=100) == newest_first[:100]
    assert ids(page=6, limit=100) == newest_first[500:]
    assert ids(page=7, limit=100) == []


@pytest.mark.parametrize("path", ["/api/movie/search", "/api/movies"])
def test_films_on_show_are_never_cut_and_come_by_page_when_asked(nobody, path):
    a_movie("Gone", status=Movie.Status.REMOVED)
    made = Movie.objects.bulk_create(Movie(title=f"片{n}", duration=90, status="released") for n in range(MANY))

    def titles(**query):
        body = nobody.get(path, **query).json()
        return [one["title"] for one in body.get("data", body)["movies"]]

    everything = titles()
    assert sorted(everything) == sorted(movie.title for movie in made)
    assert titles(page=2, limit=100) == everything[100:200]
    assert titles(limit=3, keyword="片51") == titles(keyword="片51")[:3]


@pytest.mark.parametrize("path", ["/api/movie/search", "/api/movies", "/api/user/orders"])
@pytest.mark.parametrize("query", [{"page": 0}, {"limit": 0}, {"limit": 101}, {"page": "x"}])
def test_a_page_that_makes_no_sense_is_refused_by_name(customer, as_user, path, query):
    response = as_user(customer).get(path, **query)

    assert (response.status_code, response.json()["error"]["field"]) == (400, next(iter(query)))


@pytest.mark.parametrize("path", ["/api/movie/search", "/api/movies"])
def test_a_page_of_films_costs_the_same_however_many_there_are(nobody, path):
    def cost(count):
        Movie.objects.all().delete()
        for _each in range(count):
            a_movie()
        nobody.get(path, limit=3)
        with CaptureQueriesContext(connection) as counted:
            nobody.get(path, limit=3)
        return len(counted)

    assert cost(1) == cost(3)


def test_who_bought_without_an_account_reads_as_nobody(house, admin, as_user):
    clerk, buyer = a_clerk(), a_customer()
    walk_in = hold_seats(
        showtime_id=house.showtime.pk, seats=["B1"], customer=None, clerk=clerk, now=BEFORE, channel="counter"
    )
    a_paid_order(showtime=house.showtime, seats=["B2"], customer=buyer, now=BEFORE)

    listed = as_user(admin).get("/api/v1/admin/orders").json()["data"]["records"]
    shown = as_user(admin).get(f"/api/v1/admin/orders/{walk_in.pk}").json()["data"]

    assert {one["orderId"]: (one["userId"], one["username"]) for one in listed} == {
        walk_in.pk: (0, ""),
        listed[0]["orderId"]: (buyer.pk, buyer.username),
    }
    assert (shown["userId"], shown["username"]) == (0, "")


def test_what_is_made_paid_by_document_is_booked_to_the_office(house, admin, customer, as_user):
    staff = as_user(admin)
    first, second = (an_order(showtime=house.showtime, seats=[seat], now=BEFORE) for seat in ("A1", "A2"))

    v1 = staff.put(f"/api/v1/admin/orders/{first.pk}/status", {"status": "paid"})
    booking = staff.post("/api/admin/order/process", {"action": "confirm", "order_id": second.pk})

    assert (v1.status_code, booking.status_code) == (200, 200)
    assert [list(order.payments.values_list("provider", flat=True)) for order in (first, second)] == [["office"]] * 2
    assert set(first.tickets.values_list("provider", flat=True)) == {"office"}


def test_an_administrator_gives_it_back_by_document_alone(house, admin, as_user):
    staff = as_user(admin)
    order = an_order(showtime=house.showtime, seats=["A1"], now=BEFORE)
    pay_in_house(order=order, provider="office", now=BEFORE, by=admin)

    given_back = staff.put(f"/api/v1/admin/orders/{order.pk}/status", {"status": "refunded"})
    shown = staff.get(f"/api/v1/admin/orders/{order.pk}").json()["data"]

    assert (given_back.status_code, shown["status"], shown["refundStatus"]) == (200, "refunded", "done")
