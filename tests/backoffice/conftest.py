"""A small house with something sold in it, and the people who run it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from catalog.models import Movie
from tests.factories import money
from tests.working import do_jobs
from ticketing.models import Hall, Order, Showtime
from ticketing.money.in_house import pay_in_house
from ticketing.programme.scheduling import add_showtime
from ticketing.sale.hall_changes import replace_grid
from ticketing.sale.holds import hold_seats
from ticketing.venue.grids import SeatPlan
from ticketing.venue.halls import add_hall


@pytest.fixture(autouse=True)
def house_language(settings) -> Iterator[None]:
    """A request leaves its language behind in the thread; every test begins and ends in the house's own."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def now() -> datetime:
    """The present, since pages read the clock themselves."""
    return timezone.now()


@pytest.fixture
def movie(db) -> Movie:
    """A film of 100 minutes."""
    return Movie.objects.create(title="流浪", title_en="Wandering", duration=100, status="released")


@pytest.fixture
def hall(db, now) -> Hall:
    """A hall with five rows of ten seats: A1 … E10."""
    hall = add_hall(name="1号厅", total_seats=0, hall_type="standard", now=now)
    grid = [SeatPlan("ABCDE"[y], x + 1, x=x, y=y) for y in range(5) for x in range(10)]
    return replace_grid(hall_id=hall.pk, grid=grid, now=now)


@pytest.fixture
def showtime(movie, hall, now) -> Showtime:
    """Tomorrow's showing at 50."""
    return add_showtime(movie=movie, hall=hall, starts_at=now + timedelta(days=1), price=money(50))


@pytest.fixture
def customer(db) -> User:
    """Somebody who buys."""
    return User.objects.create_user("xiaoming", "xm@example.com", "correct horse 1", nickname="小明")


@pytest.fixture
def boss(db) -> User:
    """The administrator."""
    return User.objects.create_superuser("boss", "boss@example.com", "correct horse 2")


@pytest.fixture
def office(boss) -> Client:
    """The administrator's browser."""
    client = Client()
    client.force_login(boss, backend="accounts.backends.OpenAccounts")
    return client


@pytest.fixture
def sell(showtime, customer, now) -> Callable[..., Order]:
    """Sells these seats to the customer and answers the paid order."""

    def selling(*labels: str, showing: Showtime | None = None, at: datetime | None = None) -> Order:
        showing, at = showing or showtime, at or now
        order = hold_seats(showtime_id=showing.pk, seats=labels, customer=customer, now=at)
        pay_in_house(order=order, provider="cash", now=at, by=None)
        do_jobs("order_sold", at=at)
        order.refresh_from_db()
        return order

    return selling
