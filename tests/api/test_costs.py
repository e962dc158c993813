"""What calls cost in SQL statements: the same for one row as for many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.models import Credit, Genre, Person
from social.models import Comment
from tests.api.conftest import BEFORE
from tests.factories import a_customer, a_hall, a_movie, a_paid_order, a_price_card, a_showtime, an_order
from ticketing.models import Order

pytestmark = pytest.mark.django_db


def statements(caller, method, path, body=None, **headers):
    """The statements one call takes, authentication included; beginning and ending transactions apart."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = caller.call(method, path, body, **headers)
    assert response.status_code == 200, response.content.decode()
    around = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")
    return [query["sql"] for query in captured if not query["sql"].startswith(around)]


@pytest.mark.parametrize("count", [1, 2, 8])
@pytest.mark.parametrize("dialect", ["booking", "v1", "v1 with a key"])
def test_an_order_takes_at_most_nine_statements_whatever_its_seats(house, customer, as_user, dialect, count):
    labels = [f"A{number}" for number in range(1, count + 1)]
    if dialect == "booking":
        path, body = "/api/order/create", {"showtime_id": house.showtime.pk, "selected_seats": labels}
    else:
        path, body = "/api/v1/orders", {"scheduleId": house.showtime.pk, "seats": labels}
    headers = {"idempotency-key": "one"} if dialect.endswith("key") else {}

    taken = statements(as_user(customer), "POST", path, body, **headers)

    assert len(taken) <= (9 if headers else 8), "\n".join(taken)


@pytest.mark.parametrize("count", [1, 3, 8])
def test_paying_takes_at_most_24_statements_whatever_its_seats(house, customer, as_user, count):
    labels = [f"A{number}" for number in range(1, count + 1)]
    order = an_order(showtime=house.showtime, seats=labels, customer=customer, now=BEFORE)
    body = {"provider": "sandbox", "token": "success"}

    taken = statements(as_user(customer), "POST", f"/api/v1/orders/{order.pk}/pay", body)

    assert len(taken) <= 24, "\n".join(taken)


def test_a_price_card_costs_an_order_no_more_statements(house, customer, as_user):
    house.showtime.price_card = a_price_card(child=-15, vip=20)
    house.showtime.save()
    body = {"scheduleId": house.showtime.pk, "seats": ["A1", "A2"]}

    taken = statements(as_user(customer), "POST", "/api/v1/orders", body)

    assert len(taken) <= 8, "\n".join(taken)


def fill(house, count):
    """So many more films, halls, showtimes, people, orders and comments."""
    for number in range(count):
        movie = a_movie(f"沙丘{number}")
        movie.genres.add(Genre.objects.get_or_create(name=f"类型{number}")[0])
        person = Person.objects.create(name=f"演员{number}")
        Credit.objects.create(movie=movie, person=person)
        hall = a_hall(rows=1, cols=3, name=f"影厅 {movie.pk}")
        starts_at = house.showtime.starts_at + timedelta(days=number + 1)
        a_showtime(movie=movie, hall=hall, starts_at=starts_at)
        later = a_showtime(movie=house.movie, hall=hall, starts_at=starts_at + timedelta(hours=12))
        customer = User.objects.get(username="user1")
        Comment.objects.create(user=customer, movie=house.movie, content="好看", created_at=BEFORE)
        a_paid_order(showtime=later, seats=["A1", "A2"], customer=customer, now=BEFORE)


LISTS = [
    "/api/movie/search",
    "/api/movies",
    "/api/movies/{movie}/comments",
    "/api/user/orders",
    "/api/showtime/seats?showtime_id={showtime}",
    "/api/admin/comment/view?movie_id={movie}",
    "/api/v1/movies",
    "/api/v1/genres",
    "/api/v1/actors",
    "/api/v1/movies/{movie}/schedules",
    "/api/v1/movies/{movie}/comments",
    "/api/v1/orders",
    "/api/v1/users/me/messages",
    "/api/v1/admin/users",
    "/api/v1/admin/movies",
    "/api/v1/admin/halls",
    "/api/v1/admin/schedules",
    "/api/v1/admin/orders",
    "/api/v1/admin/comments",
    "/api/v1/admin/dashboard",
    "/api/v1/admin/statistics/box-office?startDate=2024-12-01&endDate=2024-12-31",
]


def counted(house, caller):
    """How many statements each list takes, its page as long as may be."""
    found = {}
    for path in LISTS:
        address = path.format(movie=house.movie.pk, showtime=house.showtime.pk)
        paged = "/v1/" in path and not any(word in path for word in ("dashboard", "statistics"))
        found[path] = len(statements(caller, "GET", f"{address}?limit=100" if paged else address))
    return found


@pytest.mark.parametrize("many", [3, pytest.param(120, id="120")])  # a page holds a hundred
def test_lists_take_as_many_statements_for_one_row_as_for_many(house, customer, admin, as_user, many):
    customer.is_staff = customer.is_superuser = True  # one caller for all lists, with orders of their own
    customer.save()
    caller = as_user(customer)
    a_customer("user2")
    fill(house, 1)
    one = counted(house, caller)

    fill(house, many - 1)

    assert counted(house, caller) == one


def test_the_last_page_costs_what_the_first_costs(house, customer, admin, as_user):
    fill(house, 30)
    caller = as_user(admin)

    def page(number):
        taken = statements(caller, "GET", f"/api/v1/admin/orders?limit=5&page={number}")
        rows = caller.get("/api/v1/admin/orders", limit=5, page=number).json()["data"]["records"]
        return len(taken), [row["orderId"] for row in rows]

    first, middle, last = page(1), page(3), page(6)

    newest_first = [order.pk for order in Order.objects.newest_first()]
    assert first[0] == middle[0] == last[0]
    assert (first[1], middle[1], last[1]) == (newest_first[:5], newest_first[10:15], newest_first[25:])
