"""Calls at the same moment, by real threads: one outcome and no fault."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from accounts.administrators import new_setup_code
from accounts.models import User
from catalog.models import Genre, Movie, Person
from tests.api.conftest import Caller
from tests.factories import a_customer, a_hall, a_movie, a_paid_order, a_showtime, an_administrator
from ticketing.models import Claim, Hall, Order, Refund, Showtime
from ticketing.money.verify import find_faults

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """What each call answered, all of them begun at the same moment."""
    start = threading.Barrier(len(calls))

    def run(call):
        try:
            start.wait(30)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def statuses(responses):
    """The HTTP statuses in order."""
    return sorted(response.status_code for response in responses)


@pytest.fixture
def staff(as_user):
    """Two administrators."""
    return as_user(an_administrator()), as_user(an_administrator())


def test_two_administrators_plan_overlapping_schedules(staff):
    movie, hall = a_movie(), a_hall()
    body = {"movieId": movie.pk, "hallId": hall.pk, "price": 45}
    times = ["2030-01-01 19:30:00", "2030-01-01 20:00:00"]

    responses = at_once(
        *(
            lambda caller=caller, time=time: caller.post("/api/v1/admin/schedules", {**body, "startTime": time})
            for caller, time in zip(staff * 3, times * 3, strict=True)
        )
    )

    assert statuses(responses) == [200] + [409] * 5
    assert Showtime.objects.count() == 1


def test_one_order_is_refunded_once(staff, as_user):
    customer = a_customer()
    order = a_paid_order(customer=customer)
    first, second = staff
    path = f"/api/v1/admin/orders/{order.pk}/status"

    responses = at_once(
        lambda: first.put(path, {"status": "refunded"}),
        lambda: second.put(path, {"status": "refunded"}),
        lambda: as_user(customer).post(f"/api/v1/orders/{order.pk}/refund"),
        lambda: first.post("/api/admin/order/process", {"action": "cancel", "order_id": order.pk}),
    )

    assert statuses(responses) == [200, 409, 409, 409]
    assert (Refund.objects.count(), Claim.objects.count()) == (1, 0)


def test_a_ban_while_ordering_leaves_an_order_or_none(staff, as_user):
    showtime, customer = a_showtime(), a_customer()
    caller = as_user(customer)

    banned, *ordered = at_once(
        lambda: staff[0].put(f"/api/v1/admin/users/{customer.pk}/ban"),
        *(
            lambda seat=seat: caller.post("/api/v1/orders", {"scheduleId": showtime.pk, "seats": [seat]})
            for seat in ("A1", "A2", "A3")
        ),
    )

    assert banned.status_code == 200
    assert set(statuses(ordered)) <= {200, 401, 403}
    assert Order.objects.count() == statuses(ordered).count(200)
    assert caller.post("/api/v1/orders", {"scheduleId": showtime.pk, "seats": ["A4"]}).status_code == 401


def test_one_key_sent_at_once_makes_one_order(as_user):
    showtime, customer = a_showtime(), a_customer()
    caller = as_user(customer)
    body = {"scheduleId": showtime.pk, "seats": ["A1", "A2"]}

    responses = at_once(*[lambda: caller.post("/api/v1/orders", body, **{"idempotency-key": "a"})] * 4)

    assert statuses(responses) == [200] * 4
    assert {response.json()["data"]["orderId"] for response in responses} == {Order.objects.get().pk}


def test_a_seat_goes_to_one_of_many_in_whatever_dialect(as_user):
    showtime = a_showtime()
    callers = [as_user(a_customer()) for _each in range(6)]

    responses = at_once(
        *(
            lambda caller=caller: caller.post("/api/v1/orders", {"scheduleId": showtime.pk, "seats": ["A1", "A2"]})
            for caller in callers[:3]
        ),
        *(
            lambda caller=caller: caller.post(
                "/api/order/create", {"showtime_id": showtime.pk, "selected_seats": ["A2", "A1"]}
            )
            for caller in callers[3:]
        ),
    )

    assert statuses(responses) == [200] + [409] * 5
    assert Claim.objects.count() == 2


@pytest.mark.parametrize("open_to_all", [False, True])
def test_the_first_administrator_is_one(open_to_all, settings):
    settings.OPEN_ADMIN_REGISTER = open_to_all
    code = "" if open_to_all else new_setup_code(now=timezone.now())
    body = {"password": "a-good-long-password", "setupCode": code}

    responses = at_once(
        *(
            lambda name=name: Caller().post("/api/v1/auth/admin/register", {**body, "username": name})
            for name in ("admin1", "admin2", "admin3")
        )
    )

    assert statuses(responses) == [200, 403, 403]
    assert User.objects.filter(is_superuser=True).count() == 1


def test_a_hall_name_and_a_username_are_given_once(staff):
    hall = {"hallName": "3号厅", "totalSeats": 10, "hallType": "standard"}
    account = {"username": "user1", "email": "user1@example.com", "password": "a-good-long-password"}

    halls = at_once(*(lambda caller=caller: caller.post("/api/v1/admin/halls", hall) for caller in staff))
    accounts = at_once(*[lambda: Caller().post("/api/register", account)] * 3)

    assert (statuses(halls), Hall.objects.count()) == ([200, 409], 1)
    assert (statuses(accounts), User.objects.filter(username="user1").count()) == ([200, 400, 400], 1)


@pytest.fixture(autouse=True)
def _books(transactional_db):
    yield
    assert list(find_faults(now=timezone.now())) == []


def test_two_changes_of_one_film_are_both_kept(staff):
    one, other = staff
    for _round in range(5):
        movie = a_movie()
        path = f"/api/v1/admin/movies/{movie.pk}"

        at_once(
            lambda path=path: one.put(path, {"language": "English"}),
            lambda path=path: other.put(path, {"country": "China"}),
            lambda path=path: one.put(path, {"rating": "PG"}),
            lambda path=path: other.put(path, {"synopsis": "…"}),
        )

        movie.refresh_from_db()
        assert (movie.language, movie.country, movie.rating, movie.synopsis) == ("English", "China", "PG", "…")


def test_what_is_deleted_does_not_come_back_by_a_change_at_the_same_moment(staff):
    one, other = staff
    for _round in range(8):
        movie, person, genre = a_movie(), Person.objects.create(name="某人"), Genre.objects.create(name=f"类{_round}")
        paths = [
            f"/api/v1/admin/movies/{movie.pk}",
            f"/api/v1/admin/actors/{person.pk}",
            f"/api/v1/admin/genres/{genre.pk}",
        ]

        responses = at_once(
            *(lambda path=path: one.delete(path) for path in paths),
            *(lambda path=path: other.put(path, {"nameEn": "new", "titleEn": "new"}) for path in paths),
        )

        assert statuses(responses[:3]) == [200] * 3
        assert {response.status_code for response in responses[3:]} <= {200, 404}
        left = [Movie.objects.count(), Person.objects.count(), Genre.objects.count()]
        assert left == [0, 0, 0]
