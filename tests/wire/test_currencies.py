"""A whole sale in a currency without decimals and in one with three: by API, by page, and at a provider's."""

import html
import re
import urllib.request
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from tests.ticketing.providers.stripe_server import StripeServer

PASSWORD = "the-lumiere-brothers"


class House:
    """A cinema that sells in one currency, reached by its clients alone."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=60)
        self.tokens: dict[str, str] = {}

    def ask(self, method: str, path: str, body: dict | None = None, *, by: str = "admin") -> Any:
        """The data of an answer that must be a good one."""
        headers = {"Authorization": f"Bearer {self.tokens[by]}"} if by in self.tokens else {}
        answer = self.http.request(method, path, json=body, headers=headers)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json().get("data")

    def refuses(self, path: str, body: dict) -> str:
        """The code of a refusal."""
        answer = self.http.post(path, json=body, headers={"Authorization": f"Bearer {self.tokens['admin']}"})
        assert answer.status_code == 400, answer.text
        return answer.json()["error"]["field"]

    def page(self, path: str) -> str:
        """The words of a page, as the customer reads it in English."""
        text = self.http.get(f"/en{path}", follow_redirects=True)
        assert text.status_code == 200
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", text.text)))

    def log_in_by_page(self, name: str) -> None:
        """The session that pages go by."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.http.get("/account/login/").text)
        assert token is not None
        form = {"login": name, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        assert self.http.post("/account/login/", data=form).status_code == 302


@pytest.fixture(scope="module")
def stripe():
    """Stripe's API."""
    server = StripeServer(timezone.now())
    yield server
    server.stop()


@pytest.fixture(scope="module", params=[("JPY", 1800, 1), ("KWD", 4.125, 0.001)], ids=["JPY", "KWD"])
def sale(request, serve, stripe):
    """The house, its currency, the price of a seat and the smallest coin; a film tomorrow with an administrator."""
    currency, price, coin = request.param
    variables = {**stripe.settings(), "PAYMENT_PROVIDERS": "sandbox,stripe", "OPEN_ADMIN_REGISTER": "on"}
    house = House(serve(CURRENCY=currency, **variables).url)
    house.ask("POST", "/api/v1/auth/admin/register", {"username": "admin", "password": PASSWORD})
    given = {"username": "admin", "password": PASSWORD}
    house.tokens["admin"] = house.ask("POST", "/api/v1/auth/admin/login", given)["token"]
    given = {"username": "booker", "password": PASSWORD, "email": "booker@example.com"}
    house.ask("POST", "/api/user/register", given)
    house.tokens["booker"] = house.ask("POST", "/api/user/login", given)["token"]
    room = {"hallName": "1号厅", "totalSeats": 100, "hallType": "standard"}
    hall = house.ask("POST", "/api/v1/admin/halls", room)["hallId"]
    house.ask("POST", "/api/v1/admin/movies", {"title": "沙丘2", "duration": 100, "status": "released"})
    movie = house.ask("GET", "/api/v1/admin/movies")["records"][0]["movieId"]
    showing = {"movieId": movie, "hallId": hall, "startTime": f"{datetime.now() + timedelta(days=1):%Y-%m-%d} 19:30:00"}
    finer = house.refuses("/api/v1/admin/schedules", {**showing, "price": price + coin / 10})
    schedule = house.ask("POST", "/api/v1/admin/schedules", {**showing, "price": price})["scheduleId"]
    return house, currency, price, schedule, finer


def as_read(currency: str, amount: float) -> str:
    """What people read."""
    return f"{currency} {amount:.3f}" if currency == "KWD" else f"{currency} {amount:.0f}"


def order_of(house: House, schedule: int, *seats: str) -> int:
    """An order by v1."""
    return house.ask("POST", "/api/v1/orders", {"scheduleId": schedule, "seats": seats}, by="booker")["orderId"]


def test_a_finer_price_than_the_smallest_coin_is_refused(sale):
    assert sale[-1] == "price"


def test_a_sale_by_the_three_dialects_adds_up_to_the_coin(sale):
    house, _currency, price, schedule, _finer = sale
    seats = house.ask("GET", f"/api/v1/schedules/{schedule}/seats")["seats"]
    booked = {"showtime_id": schedule, "selected_seats": ["A1", "A2"]}
    booking = house.ask("POST", "/api/order/create", booked, by="booker")
    order = order_of(house, schedule, "A3")
    v1 = house.ask("GET", f"/api/v1/orders/{order}", by="booker")
    house.ask("PUT", f"/api/v1/admin/orders/{booking['order_id']}/status", {"status": "paid"})
    paid = house.ask("POST", f"/api/v1/orders/{order}/pay", {"provider": "sandbox", "token": "success"}, by="booker")
    listed = house.ask("GET", "/api/user/orders", by="booker")["orders"]
    revenue = house.ask("GET", "/api/v1/admin/dashboard")["totalRevenue"]

    assert {seat["price"] for seat in seats} == {price}
    assert (booking["total_price"], v1["totalAmount"], paid["status"]) == (2 * price, price, "paid")
    assert {row["order_id"]: row["total_price"] for row in listed} == {booking["order_id"]: 2 * price, order: price}
    assert revenue == 3 * price
    house.ask("POST", f"/api/v1/orders/{order}/refund", {}, by="booker")
    assert house.ask("GET", "/api/v1/admin/dashboard")["totalRevenue"] == 2 * price


def test_pages_say_the_sum_with_the_currencys_decimals(sale):
    house, currency, price, schedule, _finer = sale
    order = order_of(house, schedule, "B1", "B2")
    house.log_in_by_page("booker")

    assert as_read(currency, price) in house.page(f"/showtimes/{schedule}/")
    assert f"Pay {as_read(currency, 2 * price)}" in house.page(f"/orders/{order}/")
    house.ask("POST", f"/api/v1/orders/{order}/pay", {"provider": "sandbox", "token": "success"}, by="booker")
    assert f"You get {as_read(currency, 2 * price)} back" in house.page(f"/orders/{order}/")
    house.http.cookies.clear()


def test_stripe_is_asked_for_the_sum_in_its_own_smallest_coin(sale, stripe):
    house, currency, price, schedule, _finer = sale
    order = order_of(house, schedule, "C1")
    begun = house.ask("POST", f"/api/v1/orders/{order}/pay", {"provider": "stripe"}, by="booker")

    session = stripe.sessions[begun["redirectUrl"].split("/")[-1]]
    assert (session["amount_total"], session["currency"]) == (
        round(price * {"JPY": 1, "KWD": 1000}[currency]),
        currency.lower(),
    )
    headers, body = stripe.pay(session["id"])
    request = urllib.request.Request(f"{house.http.base_url}/payments/stripe/notify/", body, headers)
    assert urllib.request.urlopen(request).status == 200
    assert house.ask("GET", f"/api/v1/orders/{order}", by="booker")["status"] == "paid"
