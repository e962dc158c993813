"""booking-api.md, endpoint by endpoint, and its failures."""

import json

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Movie
from social.models import Comment, Rating
from tests.api.conftest import BEFORE, envelope_of
from tests.factories import PASSWORD, a_customer, a_movie, an_order
from ticketing.models import Order, Showtime

pytestmark = pytest.mark.django_db


def told(response):
    """The HTTP status and the body."""
    return response.status_code, envelope_of(response)


def test_1_1_register(nobody):
    response = nobody.post("/api/user/register", {"username": "user1", "password": PASSWORD, "email": "u1@example.com"})

    assert told(response) == (200, {"status": 0, "message": "注册成功"})
    assert User.objects.get().email == "u1@example.com"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"username": "USER1"}, "用户名已存在"),
        ({"email": "USER1@example.com"}, "email: 该邮箱已被使用。"),
        ({"password": "123"}, None),
        ({"email": "nonsense"}, None),
    ],
)
def test_1_1_duplicates_and_weak_passwords_are_refused(customer, nobody, change, message):
    body = {"username": "user2", "password": PASSWORD, "email": "user2@example.com", **change}

    response = nobody.post("/api/user/register", body)

    assert response.status_code == 400
    assert envelope_of(response) == {"status": -1, "message": message or response.json()["message"]}


def test_1_2_login(customer, nobody, as_user):
    response = nobody.post("/api/user/login", {"username": "user1", "password": PASSWORD})

    token = response.json()["data"]["token"]
    assert told(response) == (200, {"status": 0, "message": "登录成功", "data": {"token": token}})
    nobody.token = token
    assert nobody.get("/api/user/orders").status_code == 200


@pytest.mark.parametrize("username", ["user1", "nobody-at-all"])
def test_1_2_a_wrong_password_and_an_unknown_user_are_told_alike(customer, nobody, username):
    response = nobody.post("/api/user/login", {"username": username, "password": "wrong-password"})

    assert told(response) == (401, {"status": -1, "message": "密码错误"})


def test_2_1_search(house, nobody):
    removed = a_movie("沙丘", status=Movie.Status.REMOVED)

    found = nobody.get("/api/movie/search", keyword="dune").json()["data"]["movies"]

    assert [movie["movie_id"] for movie in found] == [house.movie.pk]
    assert removed.pk not in [movie["movie_id"] for movie in nobody.get("/api/movie/search").json()["data"]["movies"]]
    assert nobody.get("/api/movie/search", keyword="蒂莫西").json()["data"]["movies"][0]["actors"] == [
        "蒂莫西·柴勒梅德"
    ]
    assert nobody.get("/api/movie/search", keyword="科幻").json()["data"]["movies"][0]["genres"] == ["科幻"]


def test_2_2_rate(house, customer, as_user):
    caller = as_user(customer)
    caller.post("/api/movie/rate", {"movie_id": house.movie.pk, "rating": 9})

    response = caller.post("/api/movie/rate", {"movie_id": house.movie.pk, "rating": 10})

    assert told(response) == (200, {"status": 0, "message": "评分成功"})
    assert [rating.score for rating in Rating.objects.all()] == [10]


@pytest.mark.parametrize("rating", [0, 11, 7.5, "good", None, True])
def test_2_2_a_rating_is_a_whole_number_from_1_to_10(house, customer, as_user, rating):
    response = as_user(customer).post("/api/movie/rate", {"movie_id": house.movie.pk, "rating": rating})

    assert (response.status_code, response.json()["status"]) == (400, -1)
    assert response.json()["message"].startswith("rating: ")


def test_2_2_an_unknown_film_is_404(customer, as_user):
    response = as_user(customer).post("/api/movie/rate", {"movie_id": 999, "rating": 9})

    assert told(response) == (404, {"status": -1, "message": "影片不存在"})


def test_3_1_seats(house, nobody):
    seats = nobody.get("/api/showtime/seats", showtime_id=house.showtime.pk).json()["data"]

    assert (len(seats["seats"]), seats["selected_count"], seats["available_count"]) == (100, 0, 100)
    first = seats["seats"][0]
    assert first == {
        "seat_id": first["seat_id"],
        "row": "A",
        "col": 1,
        "label": "A1",
        "status": "available",
        "price": 45.0,
    }
    assert told(nobody.get("/api/showtime/seats", showtime_id=999)) == (404, {"status": -1, "message": "场次不存在"})
    assert nobody.get("/api/showtime/seats").status_code == 400


@pytest.mark.parametrize("form", ["labels", "ids", "json text", "comma text"])
def test_3_2_seats_are_ordered_by_label_or_id(house, customer, as_user, form):
    ids = list(house.hall.seats.filter(row_label="A", col_number__lte=3).values_list("pk", flat=True))
    seats = {
        "labels": ["A1", "A2", "A3"],
        "ids": ids,
        "json text": json.dumps(["A1", "A2", "A3"]),
        "comma text": "A1,A2,A3",
    }[form]

    response = as_user(customer).post("/api/order/create", {"showtime_id": house.showtime.pk, "selected_seats": seats})

    assert response.json()["data"]["total_price"] == 135.0
    assert Order.objects.get().labels == ["A1", "A2", "A3"]


@pytest.mark.parametrize(
    ("seats", "status"),
    [([], 400), (["A1", "A1"], 400), (["Z99"], 409), (["A1", "Z99"], 409), ([f"A{n}" for n in range(1, 10)], 400)],
)
def test_3_2_all_seats_or_none(house, customer, as_user, seats, status):
    response = as_user(customer).post("/api/order/create", {"showtime_id": house.showtime.pk, "selected_seats": seats})

    assert (response.status_code, response.json()["status"]) == (status, -1)
    assert Order.objects.count() == 0


def test_4_1_orders_are_ones_own(house, customer, admin, as_user):
    order = an_order(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE)
    stranger = a_customer("user2")

    own = as_user(customer).get("/api/user/orders", user_id=customer.pk).json()["data"]["orders"]
    by_staff = as_user(admin).get("/api/user/orders", user_id=customer.pk).json()["data"]["orders"]
    refused = as_user(stranger).get("/api/user/orders", user_id=customer.pk)

    assert [row["order_id"] for row in own] == [row["order_id"] for row in by_staff] == [order.pk]
    assert own[0]["expires_at"] == f"{timezone.localtime(order.expires_at):%Y-%m-%d %H:%M:%S}"
    assert told(refused) == (403, {"status": -1, "message": "只能对自己的账户进行此操作。"})
    assert told(as_user(admin).get("/api/user/orders", user_id=999)) == (404, {"status": -1, "message": "用户不存在"})


def test_4_2_update(customer, as_user, nobody):
    response = as_user(customer).post(
        "/api/user/update", {"user_id": customer.pk, "password": "another-long-password", "email": "new@example.com"}
    )

    assert told(response) == (200, {"status": 0, "message": "更新成功"})
    customer.refresh_from_db()
    assert (customer.shown_email, customer.check_password("another-long-password")) == ("new@example.com", True)


def test_4_2_nobody_updates_someone_else(customer, as_user):
    response = as_user(a_customer("user2")).post("/api/user/update", {"user_id": customer.pk, "email": "x@example.com"})

    customer.refresh_from_db()
    assert (response.status_code, customer.email) == (403, "user1@example.com")


@pytest.mark.parametrize("as_text", [False, True])
def test_5_1_a_film_is_added_edited_and_deleted(admin, as_user, as_text):
    caller = as_user(admin)

    def manage(action, **info):
        body = {"action": action, "movie_info": json.dumps(info) if as_text else info}
        return caller.post("/api/admin/movie/manage", body)

    added = manage(
        "add", title="沙丘2", duration=166, release_date="2024-03-01", poster_url="https://example.com/p.jpg"
    )
    movie_id = added.json()["data"]["movie_id"]
    assert told(added) == (200, {"status": 0, "message": "操作成功", "data": {"movie_id": movie_id}})

    assert manage("edit", movie_id=movie_id, actor_list=[{"role_name": "大"}]).status_code == 400
    edited = manage("edit", movie_id=movie_id, status="released")
    assert told(edited) == (200, {"status": 0, "message": "操作成功"})
    movie = Movie.objects.get()
    assert (movie.title, movie.duration, movie.status) == ("沙丘2", 166, "released")

    assert told(manage("delete", movie_id=movie_id)) == (200, {"status": 0, "message": "操作成功"})
    assert Movie.objects.count() == 0
    assert told(manage("delete", movie_id=movie_id)) == (404, {"status": -1, "message": "影片不存在"})


@pytest.mark.parametrize(
    "body",
    [
        {"action": "burn", "movie_info": {}},
        {"action": "add", "movie_info": {}},
        {"action": "add", "movie_info": "{"},
        {"action": "add", "movie_info": "[]"},
        {"action": "edit", "movie_info": {"title": "x"}},
        {"action": "add", "movie_info": {"title": "x", "duration": 1, "poster_url": "javascript:alert(1)"}},
    ],
)
def test_5_1_nonsense_is_refused(admin, as_user, body):
    response = as_user(admin).post("/api/admin/movie/manage", body)

    assert (response.status_code, response.json()["status"]) == (400, -1)


def test_5_2_a_showtime_is_added_edited_and_deleted(house, admin, as_user):
    caller = as_user(admin)
    info = {"movie_id": house.movie.pk, "hall_id": house.hall.pk, "start_time": "2024-12-02 19:30:00", "price": 45.00}

    added = caller.post("/api/admin/showtime/manage", {"action": "add", "showtime_info": info})
    showtime_id = added.json()["data"]["showtime_id"]
    caller.post(
        "/api/admin/showtime/manage", {"action": "edit", "showtime_info": {"showtime_id": showtime_id, "price": "50"}}
    )
    overlap = caller.post("/api/admin/showtime/manage", {"action": "add", "showtime_info": info})

    assert Showtime.objects.get(pk=showtime_id).price == 5000
    assert (overlap.status_code, overlap.json()["status"]) == (409, -1)
    deleted = caller.post(
        "/api/admin/showtime/manage", {"action": "delete", "showtime_info": {"showtime_id": showtime_id}}
    )
    assert told(deleted) == (200, {"status": 0, "message": "操作成功"})
    assert not Showtime.objects.filter(pk=showtime_id).exists()


def test_5_3_comments(house, customer, admin, as_user):
    Comment.objects.create(user=customer, movie=house.movie, content="Great movie!", created_at=BEFORE, is_hidden=True)

    response = as_user(admin).get("/api/admin/comment/view", movie_id=house.movie.pk)

    comment = response.json()["data"]["comments"][0]
    assert comment == {
        "comment_id": comment["comment_id"],
        "movie_id": house.movie.pk,
        "user_id": customer.pk,
        "username": "user1",
        "content": "Great movie!",
        "created_at": "2024-12-01 18:00:00",
        "is_hidden": True,
    }
    assert as_user(customer).get("/api/admin/comment/view", movie_id=house.movie.pk).status_code == 403


def test_5_4_confirm_pays_and_cancel_refunds(house, customer, admin, as_user):
    order = an_order(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE)
    process = {"order_id": order.pk}
    caller = as_user(admin)

    assert told(caller.post("/api/admin/order/process", {**process, "action": "confirm"}))[0] == 200
    assert told(caller.post("/api/admin/order/process", {**process, "action": "confirm"})) == (
        409,
        {"status": -1, "message": "订单状态错误"},
    )
    assert told(caller.post("/api/admin/order/process", {**process, "action": "cancel"})) == (
        200,
        {"status": 0, "message": "操作成功"},
    )
    order.refresh_from_db()
    assert order.status == "refunded"
    assert told(caller.post("/api/admin/order/process", {"order_id": 999, "action": "cancel"})) == (
        404,
        {"status": -1, "message": "订单不存在"},
    )


def test_a_form_is_read_as_well(house, customer, as_user, client):
    token = as_user(customer).token
    response = client.post(
        "/api/order/create",
        f"showtime_id={house.showtime.pk}&selected_seats=A1&selected_seats=A2",
        content_type="application/x-www-form-urlencoded",
        headers={"authorization": f"Bearer {token}"},
    )

    assert response.json()["data"]["total_price"] == 90.0
