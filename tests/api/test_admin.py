"""admin-api.md, endpoint by endpoint: answers as printed there, and the failures of its table 10."""

import pytest
from django.contrib.auth.models import Permission

from accounts.administrators import new_setup_code
from accounts.models import User
from catalog.api.samples import DUNE
from catalog.models import Genre, Movie, Person
from tests.api.conftest import BEFORE, envelope_of
from tests.factories import PASSWORD, a_clerk, a_customer, a_movie, a_paid_order, an_administrator, an_order
from ticketing.models import Hall, Refund, RefundPolicy, Showtime

pytestmark = pytest.mark.django_db


def told(response):
    """Status, code, message, data."""
    body = envelope_of(response)
    assert set(body) == {"code", "message", "data"}
    return response.status_code, body["code"], body["message"], body["data"]


@pytest.fixture
def staff(admin, as_user, on_the_day):
    """The administrator, calling."""
    return as_user(admin)


def test_2_1_login(admin, nobody):
    response = nobody.post("/api/v1/auth/admin/login", {"username": "admin", "password": PASSWORD})

    status, code, message, data = told(response)
    assert (status, code, message, data["admin"]) == (200, 200, "登录成功", {"adminId": admin.pk, "username": "admin"})
    assert isinstance(data["token"], str)
    wrong = nobody.post("/api/v1/auth/admin/login", {"username": "admin", "password": "wrong-password"})
    assert told(wrong) == (401, 10004, "密码错误", None)


def test_2_1_a_customer_is_no_administrator(customer, nobody):
    response = nobody.post("/api/v1/auth/admin/login", {"username": "user1", "password": PASSWORD})

    assert told(response) == (401, 10004, "密码错误", None)


def test_2_2_register_is_open_only_for_the_first_who_has_the_code(db, nobody, as_user):
    body = {"username": "admin", "password": PASSWORD, "setupCode": new_setup_code(now=BEFORE)}
    first = nobody.post("/api/v1/auth/admin/register", body)
    second = nobody.post("/api/v1/auth/admin/register", {"username": "admin2", "password": PASSWORD})
    admin = User.objects.get()
    third = as_user(admin).post("/api/v1/auth/admin/register", {"username": "admin3", "password": PASSWORD})

    assert told(first) == (200, 200, "注册成功", {"adminId": admin.pk, "username": "admin"})
    assert told(second)[:2] == (403, 403)
    assert told(third)[:2] == (200, 200)


def test_2_2_failures_have_their_numbers(staff):
    taken = staff.post("/api/v1/auth/admin/register", {"username": "admin", "password": PASSWORD})
    weak = staff.post("/api/v1/auth/admin/register", {"username": "admin2", "password": "12345"})

    assert told(taken) == (400, 10001, "用户名已存在", None)
    assert told(weak)[:2] == (400, 10006)
    assert told(weak)[2].startswith("新密码格式错误：")


def test_3_1_users(staff, customer):
    banned = a_customer("user2", status=User.Status.BANNED, nickname="小二", phone="+8613800138000")

    status, code, message, data = told(staff.get("/api/v1/admin/users", page=1, limit=10))
    only = staff.get("/api/v1/admin/users", status=1).json()["data"]

    assert (status, code, message, data["total"]) == (200, 200, "获取成功", 2)
    assert [row["username"] for row in data["records"]] == ["user1", "user2"]
    assert only["records"] == [
        {
            "userId": banned.pk,
            "username": "user2",
            "nickname": "小二",
            "phone": "+8613800138000",
            "avatarUrl": "",
            "status": 1,
            "createdAt": only["records"][0]["createdAt"],
        }
    ]


def test_3_2_and_3_3_ban_and_unban(staff, customer, as_user):
    theirs = as_user(customer)

    banned = staff.put(f"/api/v1/admin/users/{customer.pk}/ban")
    then = theirs.get("/api/v1/users/me")
    unbanned = staff.put(f"/api/v1/admin/users/{customer.pk}/unban")

    assert told(banned) == (200, 200, "封禁成功", None)
    assert told(then)[:2] == (401, 401)
    assert told(unbanned) == (200, 200, "解除封禁成功", None)
    assert told(staff.put("/api/v1/admin/users/999/ban")) == (404, 10005, "用户不存在", None)
    assert told(staff.put("/api/v1/admin/users/999/unban")) == (404, 10005, "用户不存在", None)


def test_3_2_only_an_administrator_bans_staff_and_nobody_themselves(staff, admin, as_user):
    clerk, colleague = a_clerk(), a_clerk()
    clerk.user_permissions.add(Permission.objects.get(codename="ban_user"))
    caller = as_user(clerk)

    for user, verb in ((colleague, "ban"), (admin, "ban"), (clerk, "ban"), (colleague, "unban")):
        assert caller.put(f"/api/v1/admin/users/{user.pk}/{verb}").status_code == 403
    assert staff.put(f"/api/v1/admin/users/{admin.pk}/ban").status_code == 403
    assert staff.put(f"/api/v1/admin/users/{colleague.pk}/ban").status_code == 200
    assert list(User.objects.filter(status=User.Status.BANNED)) == [colleague]


@pytest.fixture
def named(db):
    """The genres and actors the document's example names by 1 and 2."""
    genres = [Genre.objects.create(name=name) for name in ("科幻", "冒险")]
    people = [Person.objects.create(name=name) for name in ("提莫西", "赞达亚")]
    return {
        "genreList": [{"genreId": genre.pk} for genre in genres],
        "actorList": [
            {"actorId": person.pk, "roleName": role} for person, role in zip(people, ("大", "小"), strict=True)
        ],
    }


def test_4_1_add_a_movie(staff, named):
    response = staff.post("/api/v1/admin/movies", {**DUNE, **named})

    assert told(response) == (200, 200, "添加成功", None)
    movie = Movie.objects.get()
    shown = staff.get(f"/api/v1/admin/movies/{movie.pk}").json()["data"]
    expected = {name: value for name, value in DUNE.items() if name not in named}
    assert {name: shown[name] for name in expected} == expected
    assert [genre["name"] for genre in shown["genreList"]] == ["科幻", "冒险"]
    assert [(actor["name"], actor["roleName"]) for actor in shown["actorList"]] == [("提莫西", "大"), ("赞达亚", "小")]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"duration": 0}, "duration"),
        ({"duration": "long"}, "duration"),
        ({"releaseDate": "2024-13-01"}, "releaseDate"),
        ({"status": "burnt"}, "status"),
        ({"posterUrl": "javascript:alert(1)"}, "posterUrl"),
        ({"posterUrl": "ftp://example.com/x.jpg"}, "posterUrl"),
        ({"backdropUrl": "/etc/passwd"}, "backdropUrl"),
        ({"genreList": [{"genreId": 999}]}, "genreList"),
        ({"actorList": [{"actorId": 999}]}, "actorList"),
        ({"genreList": 7}, "genreList"),
        ({"tmdbId": -1}, "tmdbId"),
    ],
)
def test_4_1_a_wrong_field_is_named(staff, named, change, field):
    status, code, message, data = told(staff.post("/api/v1/admin/movies", {**DUNE, **named, **change}))

    assert (status, code, message.split(":")[0].split(".")[0], data) == (400, 400, field, None)
    assert Movie.objects.count() == 0


def test_4_2_update_a_movie(staff, house):
    response = staff.put(f"/api/v1/admin/movies/{house.movie.pk}", {"rating": "R", "genreList": []})

    assert told(response) == (200, 200, "更新成功", None)
    house.movie.refresh_from_db()
    assert (house.movie.rating, house.movie.title, house.movie.genres.count()) == ("R", "沙丘2", 0)
    assert told(staff.put("/api/v1/admin/movies/999", {})) == (404, 20001, "影片不存在", None)


@pytest.mark.parametrize(
    "change",
    [{"actorList": [{}]}, {"genreList": [{}]}, {"actorList": [{"roleName": "大"}]}, {"actorList": [7]}],
)
def test_4_2_a_part_or_a_genre_without_its_id_is_refused_also_in_an_update(staff, house, change):
    response = staff.put(f"/api/v1/admin/movies/{house.movie.pk}", change)

    status, code, message, _data = told(response)
    assert (status, code, message.split(".")[0].split(":")[0]) == (400, 400, next(iter(change)))
    assert house.movie.credits.count() == 1


@pytest.mark.parametrize("field", ["posterUrl", "backdropUrl", "trailerUrl", "streamUrl"])
def test_4_2_an_address_is_http_or_https_or_empty(staff, house, field):
    path = f"/api/v1/admin/movies/{house.movie.pk}"

    answers = {
        address: staff.put(path, {field: address}).status_code
        for address in ("http://example.com/x", "https://example.com/x", "", "ftp://example.com/x", "/x", "x")
    }

    assert list(answers.values()) == [200, 200, 200, 400, 400, 400]


def test_4_2_a_part_needs_no_role_name(staff, house):
    person = Person.objects.create(name="赞达亚")

    response = staff.put(f"/api/v1/admin/movies/{house.movie.pk}", {"actorList": [{"actorId": person.pk}]})

    assert told(response) == (200, 200, "更新成功", None)
    assert list(house.movie.credits.values_list("person", "role_name")) == [(person.pk, "")]


def test_4_3_delete_a_movie(staff, house, customer):
    fresh = a_movie("新片")
    an_order(showtime=house.showtime, customer=customer, now=BEFORE)

    assert told(staff.delete(f"/api/v1/admin/movies/{fresh.pk}")) == (200, 200, "删除成功", None)
    assert told(staff.delete(f"/api/v1/admin/movies/{fresh.pk}")) == (404, 20001, "影片不存在", None)
    assert told(staff.delete(f"/api/v1/admin/movies/{house.movie.pk}")) == (200, 200, "删除成功", None)
    assert list(Movie.objects.values_list("title", "status")) == [("沙丘2", "removed")]


def test_4_3_a_movie_with_paid_screenings_to_come_stays(staff, house, customer):
    a_paid_order(showtime=house.showtime, customer=customer, now=BEFORE)

    assert told(staff.delete(f"/api/v1/admin/movies/{house.movie.pk}"))[:2] == (409, 409)


def test_4_4_movies(staff, house):
    a_movie("旧片", status=Movie.Status.REMOVED)

    everything = staff.get("/api/v1/admin/movies").json()["data"]
    released = staff.get("/api/v1/admin/movies", status="released").json()["data"]

    assert (everything["total"], released["total"]) == (2, 1)
    documented = {
        "movieId": house.movie.pk,
        "title": "沙丘2",
        "originalTitle": "Dune: Part Two",
        "tmdbId": 438631,
        "duration": 166,
        "releaseDate": "2024-03-01",
        "rating": "PG-13",
        "posterUrl": "",
        "status": "released",
    }
    assert {name: released["records"][0][name] for name in documented} == documented


def test_5_1_halls(staff, house):
    Hall.objects.create(name="IMAX厅", hall_type="imax", status=1)

    status, code, message, data = told(staff.get("/api/v1/admin/halls"))

    assert (status, code, message, data["total"]) == (200, 200, "获取成功", 2)
    assert data["records"][0] == {
        "hallId": house.hall.pk,
        "hallName": "3号厅",
        "totalSeats": 100,
        "hallType": "standard",
        "status": 0,
        "preshowMinutes": 0,
        "createdAt": "2024-12-01 18:00:00",
    }
    assert [hall["hallName"] for hall in staff.get("/api/v1/admin/halls", status=1).json()["data"]["records"]] == [
        "IMAX厅"
    ]


def test_5_2_add_a_hall(staff):
    body = {"hallName": "3号厅", "totalSeats": 100, "hallType": "standard", "status": 0}

    response = staff.post("/api/v1/admin/halls", body)

    hall = Hall.objects.get()
    assert told(response) == (200, 200, "添加成功", {"hallId": hall.pk})
    assert hall.seats.count() == 100
    assert told(staff.post("/api/v1/admin/halls", body))[:2] == (409, 409)
    assert told(staff.post("/api/v1/admin/halls", {**body, "hallType": "barn"}))[:2] == (400, 400)


def test_5_3_update_a_hall(staff, house, customer):
    path = f"/api/v1/admin/halls/{house.hall.pk}"
    body = {"hallId": house.hall.pk, "hallName": "1号厅", "totalSeats": 130, "hallType": "standard", "status": 0}

    assert told(staff.put(path, body)) == (200, 200, "更新成功", None)
    assert (Hall.objects.get().name, house.hall.seats.present().count()) == ("1号厅", 130)
    assert told(staff.put("/api/v1/admin/halls/999", body)) == (404, 20002, "影厅不存在", None)


def test_5_3_a_smaller_grid_is_refused_where_seats_are_sold(staff, house, customer):
    a_paid_order(showtime=house.showtime, customer=customer, now=BEFORE)

    response = staff.put(f"/api/v1/admin/halls/{house.hall.pk}", {"totalSeats": 0})

    assert told(response)[:2] == (409, 20004)
    assert house.hall.seats.present().count() == 100


def test_5_4_delete_a_hall(staff, house, customer):
    empty = Hall.objects.create(name="空厅")
    a_paid_order(showtime=house.showtime, customer=customer, now=BEFORE)

    assert told(staff.delete(f"/api/v1/admin/halls/{empty.pk}")) == (200, 200, "删除成功", None)
    assert told(staff.delete(f"/api/v1/admin/halls/{empty.pk}")) == (404, 20002, "影厅不存在", None)
    assert told(staff.delete(f"/api/v1/admin/halls/{house.hall.pk}"))[:2] == (409, 409)


def test_5_5_and_5_6_a_banned_hall_sells_nothing_until_it_is_unbanned(staff, house, customer, as_user):
    path, order = f"/api/v1/admin/halls/{house.hall.pk}", {"scheduleId": house.showtime.pk, "seats": ["A1"]}

    banned = staff.put(f"{path}/ban")
    refused = as_user(customer).post("/api/v1/orders", order)
    unbanned = staff.put(f"{path}/unban")
    made = as_user(customer).post("/api/v1/orders", order)

    assert told(banned) == (200, 200, "封禁成功", None)
    assert told(refused)[:2] == (409, 409)
    assert told(unbanned) == (200, 200, "解封成功", None)
    assert told(made)[0] == 200
    assert told(staff.put("/api/v1/admin/halls/999/ban")) == (404, 20002, "影厅不存在", None)


def test_6_1_schedules(staff, house):
    day = staff.get("/api/v1/admin/schedules", date="2024-12-01", movieId=house.movie.pk, hallId=house.hall.pk)

    record = told(day)[3]["records"][0]
    documented = {
        "scheduleId": house.showtime.pk,
        "movieId": house.movie.pk,
        "hallId": house.hall.pk,
        "startTime": "2024-12-01 19:30:00",
        "price": 45.0,
    }
    assert {name: record[name] for name in documented} == documented
    assert staff.get("/api/v1/admin/schedules", date="2024-12-02").json()["data"] == {"total": 0, "records": []}
    assert staff.get("/api/v1/admin/schedules", date="yesterday").status_code == 400


def test_6_2_add_a_schedule(staff, house):
    body = {
        "movieId": house.movie.pk,
        "hallId": house.hall.pk,
        "startTime": "2024-12-01 22:31:00",
        "price": 45.00,
    }

    response = staff.post("/api/v1/admin/schedules", body)

    newest = Showtime.objects.latest("pk")
    assert told(response) == (200, 200, "添加成功", {"scheduleId": newest.pk})
    assert told(staff.post("/api/v1/admin/schedules", body))[:2] == (409, 409)
    assert told(staff.post("/api/v1/admin/schedules", {**body, "movieId": 999})) == (404, 20001, "影片不存在", None)
    assert told(staff.post("/api/v1/admin/schedules", {**body, "hallId": 999})) == (404, 20002, "影厅不存在", None)
    assert told(staff.post("/api/v1/admin/schedules", {**body, "price": -1}))[:2] == (400, 400)
    assert told(staff.post("/api/v1/admin/schedules", {**body, "startTime": "soon"}))[:2] == (400, 400)


def test_6_3_update_a_schedule(staff, house, customer):
    path = f"/api/v1/admin/schedules/{house.showtime.pk}"

    moved = staff.put(path, {"startTime": "2024-12-01 20:00:00", "price": 50.00})
    an_order(showtime=house.showtime, customer=customer, now=BEFORE)
    refused = staff.put(path, {"startTime": "2024-12-01 21:00:00"})

    assert told(moved) == (200, 200, "更新成功", None)
    assert told(refused)[:2] == (409, 409)
    assert told(staff.put("/api/v1/admin/schedules/999", {"price": 1})) == (404, 20003, "场次不存在", None)


def test_trailers_before_a_film_are_told_and_set(staff, house):
    hall, body = (
        f"/api/v1/admin/halls/{house.hall.pk}",
        {"movieId": house.movie.pk, "hallId": house.hall.pk, "price": 45},
    )
    staff.put(hall, {"preshowMinutes": 10})

    usual = staff.post("/api/v1/admin/schedules", body | {"startTime": "2024-12-02 10:00:00"})
    own = staff.post("/api/v1/admin/schedules", body | {"startTime": "2024-12-02 20:00:00", "preshowMinutes": 0})
    refused = staff.put(hall, {"preshowMinutes": 61})

    records = staff.get("/api/v1/admin/schedules", date="2024-12-02").json()["data"]["records"]
    assert (told(usual)[0], told(own)[0], told(refused)[0]) == (200, 200, 400)
    assert [(row["preshowMinutes"], row["filmStartTime"][11:]) for row in records] == [
        (10, "10:10:00"),
        (0, "20:00:00"),
    ]


def test_6_4_delete_a_schedule(staff, house, customer):
    path = f"/api/v1/admin/schedules/{house.showtime.pk}"
    order = an_order(showtime=house.showtime, customer=customer, now=BEFORE)

    refused = staff.delete(path)
    as_staff_cancels = staff.put(f"/api/v1/admin/orders/{order.pk}/status", {"status": "cancelled"})
    deleted = staff.delete(path)

    assert told(refused)[:2] == (409, 409)
    assert told(as_staff_cancels)[0] == 200
    assert told(deleted) == (200, 200, "删除成功", None)
    assert staff.get("/api/v1/admin/schedules").json()["data"]["total"] == 0
    assert told(staff.delete(path)) == (404, 20003, "场次不存在", None)


def test_7_1_replace_the_grid(staff, house, customer):
    path = f"/api/v1/admin/halls/{house.hall.pk}/seats"
    grid = [{"rowLabel": "A", "colNumber": number, "isAvailable": number != 2} for number in (1, 2, 4)]

    response = staff.post(path, {"seats": grid})

    assert told(response) == (200, 200, "设置成功", None)
    assert [(seat.label, seat.is_available) for seat in house.hall.seats.present()] == [
        ("A1", True),
        ("A2", False),
        ("A4", True),
    ]
    a_paid_order(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE)
    assert told(staff.post(path, {"seats": grid[1:]}))[:2] == (409, 20004)
    assert told(staff.post(path, {"seats": [grid[0], grid[0]]}))[:2] == (400, 400)
    assert told(staff.post("/api/v1/admin/halls/999/seats", {"seats": grid})) == (404, 20002, "影厅不存在", None)


def test_8_1_orders_are_filtered_by_status_and_day_of_creation(staff, house, customer):
    an_order(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE)

    def total(**query):
        return staff.get("/api/v1/admin/orders", **query).json()["data"]["total"]

    assert total(startDate="2024-12-01", endDate="2024-12-01", status="pending") == 1
    assert total(startDate="2024-12-02") == total(endDate="2024-11-30") == total(status="paid") == 0
    assert staff.get("/api/v1/admin/orders", startDate="2024-12-02", endDate="2024-12-01").status_code == 400
    assert staff.get("/api/v1/admin/orders", startDate="1 Dec").status_code == 400


@pytest.mark.parametrize(
    ("start", "wanted", "status"),
    [
        ("pending", "paid", 200),
        ("pending", "cancelled", 200),
        ("paid", "refunded", 200),
        ("pending", "refunded", 409),
        ("pending", "pending", 409),
        ("paid", "cancelled", 409),
        ("paid", "paid", 409),
        ("paid", "burnt", 400),
    ],
)
def test_8_2_an_order_takes_only_its_own_steps(staff, house, customer, start, wanted, status):
    make = an_order if start == "pending" else a_paid_order
    order = make(showtime=house.showtime, customer=customer, now=BEFORE)

    response = staff.put(f"/api/v1/admin/orders/{order.pk}/status", {"status": wanted})

    order.refresh_from_db()
    assert (response.status_code, order.status) == (status, wanted if status == 200 else start)
    if status == 409:
        assert told(response) == (409, 30002, "订单状态错误", None)
    assert told(staff.put("/api/v1/admin/orders/999/status", {"status": "paid"})) == (404, 30001, "订单不存在", None)


def test_8_2_staff_beyond_their_limit_are_told_that_it_takes_a_second_person(house, customer, as_user, on_the_day):
    clerk = a_clerk()
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["change_order", "refund_order"]))
    order = a_paid_order(showtime=house.showtime, customer=customer, now=BEFORE)
    own = a_paid_order(showtime=house.showtime, customer=clerk, seats=["A2"], now=BEFORE)
    RefundPolicy.objects.create(audience="clerk", until="end", max_amount=4499, valid_from=BEFORE)

    answers = [
        as_user(clerk).put(f"/api/v1/admin/orders/{one.pk}/status", {"status": "refunded"}) for one in (order, own)
    ]

    assert [(answer.status_code, answer.json()["error"]["code"]) for answer in answers] == [
        (403, "approval_required"),
        (403, "own_order"),
    ]
    assert not Refund.objects.exists()


def test_9_1_dashboard(staff, house, customer):
    a_paid_order(showtime=house.showtime, customer=customer, seats=["A1", "A2", "A3"], now=BEFORE)

    assert told(staff.get("/api/v1/admin/dashboard")) == (
        200,
        200,
        "获取成功",
        {
            "totalUsers": 1,
            "totalMovies": 1,
            "totalOrders": 1,
            "totalRevenue": 135.0,
            "todayRevenue": 135.0,
            "topMovies": [{"movieId": house.movie.pk, "title": "沙丘2", "boxOffice": 135.0, "salesCount": 3}],
        },
    )


def test_9_2_box_office_lists_every_day(staff, house, customer):
    a_paid_order(showtime=house.showtime, customer=customer, seats=["A1", "A2", "A3"], now=BEFORE)

    response = staff.get("/api/v1/admin/statistics/box-office", startDate="2024-11-30", endDate="2024-12-01")

    movie = {"movieId": house.movie.pk, "title": "沙丘2", "revenue": 135.0, "salesCount": 3, "percentage": 100.0}
    assert told(response)[3] == {
        "totalBoxOffice": 135.0,
        "dailyBoxOffice": [
            {"date": "2024-11-30", "revenue": 0.0, "salesCount": 0},
            {"date": "2024-12-01", "revenue": 135.0, "salesCount": 3},
        ],
        "movieBoxOffice": [movie],
    }


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"startDate": "2024-12-01"},
        {"startDate": "2024-12-02", "endDate": "2024-12-01"},
        {"startDate": "01.12.2024", "endDate": "2024-12-01"},
        {"startDate": "0001-01-01", "endDate": "2024-12-01"},
    ],
)
def test_9_2_a_missing_malformed_or_reversed_date_is_400(staff, query):
    assert told(staff.get("/api/v1/admin/statistics/box-office", **query))[:2] == (400, 400)


@pytest.mark.parametrize(
    ("path", "fields"),
    [("/api/v1/admin/genres", {"name": "科幻"}), ("/api/v1/admin/actors", {"name": "赞达亚", "avatarUrl": ""})],
)
def test_genres_and_actors_are_kept_alike(staff, path, fields):
    key = "genreId" if path.endswith("genres") else "actorId"

    added = staff.post(path, fields)
    row = staff.get(path).json()["data"]["records"][0]
    changed = staff.put(f"{path}/{row[key]}", {"name": "改名"})
    deleted = staff.delete(f"{path}/{row[key]}")

    assert told(added)[:3] == (200, 200, "添加成功")
    assert {name: row[name] for name in fields} == fields
    assert told(changed) == (200, 200, "更新成功", None)
    assert told(deleted) == (200, 200, "删除成功", None)
    assert staff.get(path).json()["data"]["total"] == 0
    assert staff.delete(f"{path}/{row[key]}").status_code == 404


@pytest.mark.parametrize("query", [{"page": 0}, {"page": "x"}, {"limit": 0}, {"limit": 101}, {"page": -1}])
@pytest.mark.parametrize("what", ["users", "movies", "halls", "schedules", "orders", "genres", "actors", "comments"])
def test_pages_and_limits_outside_are_400(staff, what, query):
    assert told(staff.get(f"/api/v1/admin/{what}", **query))[:2] == (400, 400)


def test_total_counts_before_paging(staff):
    for number in range(12):
        a_customer(f"user{number}")

    page = staff.get("/api/v1/admin/users", page=2).json()["data"]

    assert (page["total"], len(page["records"])) == (12, 2)
    assert staff.get("/api/v1/admin/users", page=99).json()["data"] == {"total": 12, "records": []}


def test_a_second_administrator_can_be_banned_by_the_first_only(admin, staff, as_user):
    second = an_administrator("admin2")

    assert told(staff.put(f"/api/v1/admin/users/{admin.pk}/ban"))[:2] == (403, 403)
    assert told(staff.put(f"/api/v1/admin/users/{second.pk}/ban"))[:2] == (200, 200)
