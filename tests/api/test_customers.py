"""The customers' half of /api/v1: sessions, programme, orders, tickets, comments."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from catalog.models import Movie
from tests.api.conftest import BEFORE, Caller
from tests.factories import PASSWORD, a_customer, a_paid_order, a_price_card, an_administrator, an_order
from ticketing.models import Order, Payment, Showtime

pytestmark = pytest.mark.django_db


def told(response):
    """Status, code, message, data."""
    body = response.json()
    return response.status_code, body["code"], body["message"], body["data"]


def test_signing_up_and_who_am_i(nobody, db):
    body = {
        "username": "user1",
        "password": PASSWORD,
        "email": "u@example.com",
        "phone": "13800138000",
        "nickname": "小一",
    }

    signed_up = nobody.post("/api/v1/auth/register", body)
    logged_in = nobody.post("/api/v1/auth/login", {"username": "u@example.com", "password": PASSWORD})
    me = Caller(token=logged_in.json()["data"]["token"]).get("/api/v1/users/me")

    assert told(signed_up)[:3] == (200, 200, "注册成功")
    assert told(logged_in)[:3] == (200, 200, "登录成功")
    assert {name: me.json()["data"][name] for name in ("username", "phone", "nickname", "status", "isStaff")} == {
        "username": "user1",
        "phone": "+8613800138000",
        "nickname": "小一",
        "status": 0,
        "isStaff": False,
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/user/login", {"username": "user1"}),
        ("/api/login", {"email": "user1@example.com"}),
        ("/api/v1/auth/login", {"username": "user1"}),
    ],
)
def test_the_banned_get_no_token_at_any_door(nobody, db, path, name):
    a_customer("user1", status=User.Status.BANNED)

    right = nobody.post(path, {**name, "password": PASSWORD})
    wrong = nobody.post(path, {**name, "password": "not-the-password"})

    assert (right.status_code, right.json()["message"]) == (403, "该账号已被封禁。")
    assert (wrong.status_code, wrong.json()["message"]) == (401, "密码错误")


def test_a_banned_administrator_gets_no_token(nobody, db):
    an_administrator("admin1", status=User.Status.BANNED)

    refused = nobody.post("/api/v1/auth/admin/login", {"username": "admin1", "password": PASSWORD})

    assert told(refused) == (403, 403, "该账号已被封禁。", None)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"username": "User1"}, 10001, "用户名已存在"),
        ({"phone": "13800138000"}, 10002, "手机号已存在"),
        ({"phone": "12"}, 10003, "手机号格式错误"),
        ({"password": "12345678"}, 10006, None),
    ],
)
def test_refusals_have_the_numbers_of_table_10(nobody, db, change, code, message):
    a_customer("user1", phone="+8613800138000")
    body = {"username": "user2", "password": PASSWORD, "phone": "13900139000", **change}

    status, found, said, data = told(nobody.post("/api/v1/auth/register", body))

    assert (status, found, data) == (400, code, None)
    assert said == message or (message is None and said.startswith("新密码格式错误"))


def test_an_unknown_user_and_a_wrong_password_are_told_alike(customer, nobody):
    answers = [
        told(nobody.post("/api/v1/auth/login", {"username": name, "password": "wrong-password"}))
        for name in ("user1", "nobody")
    ]

    assert answers == [(401, 10004, "密码错误", None)] * 2


def test_a_session_is_renewed_and_ended(customer, nobody):
    pair = nobody.post("/api/v1/auth/login", {"username": "user1", "password": PASSWORD}).json()["data"]
    renewed = nobody.post("/api/v1/auth/refresh", {"refreshToken": pair["refreshToken"]}).json()["data"]
    caller = Caller(token=renewed["token"])

    assert caller.get("/api/v1/users/me").status_code == 200
    assert told(caller.post("/api/v1/auth/logout")) == (200, 200, "退出成功", None)
    assert caller.get("/api/v1/users/me").status_code == 401
    assert Caller(token=pair["token"]).get("/api/v1/users/me").status_code == 401
    assert nobody.post("/api/v1/auth/refresh", {"refreshToken": renewed["refreshToken"]}).status_code == 401
    assert nobody.post("/api/v1/auth/refresh", {"refreshToken": pair["token"]}).status_code == 401


def test_logging_out_ends_one_session_or_all(customer, as_user):
    phone, laptop, tablet = as_user(customer), as_user(customer), as_user(customer)

    phone.post("/api/v1/auth/logout")
    assert [one.get("/api/v1/users/me").status_code for one in (phone, laptop, tablet)] == [401, 200, 200]

    laptop.post("/api/v1/auth/logout", {"everywhere": True})
    assert [one.get("/api/v1/users/me").status_code for one in (laptop, tablet)] == [401, 401]


def test_a_new_password_needs_the_old_and_begins_a_new_session(customer, as_user):
    caller = as_user(customer)
    path, new = "/api/v1/users/me/password", "another-long-password"

    wrong = caller.put(path, {"oldPassword": "wrong-password", "newPassword": new})
    weak = caller.put(path, {"oldPassword": PASSWORD, "newPassword": "123"})
    changed = caller.put(path, {"oldPassword": PASSWORD, "newPassword": new})

    assert told(wrong) == (401, 10004, "密码错误", None)
    assert told(weak)[:2] == (400, 10006)
    assert caller.get("/api/v1/users/me").status_code == 401
    assert Caller(token=changed.json()["data"]["token"]).get("/api/v1/users/me").status_code == 200


def test_changing_ones_profile(customer, as_user):
    changed = as_user(customer).put("/api/v1/users/me", {"nickname": "阿一", "avatarUrl": "https://example.com/a.png"})

    assert told(changed)[3]["nickname"] == "阿一"
    refused = as_user(customer).put("/api/v1/users/me", {"avatarUrl": "javascript:alert(1)"})
    assert (refused.status_code, refused.json()["message"].split(":")[0]) == (400, "avatarUrl")


def test_the_programme(house, nobody):
    card = a_price_card(child=-15)
    house.showtime.price_card = card
    house.showtime.save()

    listed = nobody.get(f"/api/v1/movies/{house.movie.pk}/schedules", date="2024-12-01").json()["data"]
    one = nobody.get(f"/api/v1/schedules/{house.showtime.pk}").json()["data"]
    seats = nobody.get(f"/api/v1/schedules/{house.showtime.pk}/seats").json()["data"]
    best = nobody.get(f"/api/v1/schedules/{house.showtime.pk}/best-seats", count=2).json()["data"]

    assert listed["records"] == [one]
    assert (one["startTime"], one["price"], one["seatCount"], one["freeCount"], one["onSale"]) == (
        "2024-12-01 19:30:00",
        45.0,
        100,
        100,
        True,
    )
    documented = {
        "rowLabel": "A",
        "colNumber": 1,
        "label": "A1",
        "kind": "standard",
        "status": "available",
        "price": 45,
    }
    assert {name: seats["seats"][0][name] for name in documented} == documented
    assert seats["priceTypes"] == [
        {"priceType": "adult", "difference": 0.0},
        {"priceType": "child", "difference": -15.0},
    ]
    assert len(best["seats"]) == 2
    assert told(nobody.get("/api/v1/schedules/999/seats")) == (404, 20003, "场次不存在", None)


def test_an_order_from_nothing_to_its_tickets(house, customer, as_user):
    caller = as_user(customer)

    made = caller.post("/api/v1/orders", {"scheduleId": house.showtime.pk, "seats": ["A1", "A2", "A3"]})
    order = told(made)[3]
    assert order == {
        "orderId": order["orderId"],
        "scheduleId": house.showtime.pk,
        "status": "pending",
        "movieTitle": "沙丘2",
        "startTime": "2024-12-01 19:30:00",
        "hallName": "3号厅",
        "seats": ["A1", "A2", "A3"],
        "totalAmount": 135.0,
        "refundedAmount": 0.0,
        "refundFee": 0.0,
        "refundStatus": "none",
        "expiresAt": "2024-12-01 18:10:00",
        "createdAt": "2024-12-01 18:00:00",
        "paidAt": None,
        "tickets": [],
    }

    begun = caller.post(f"/api/v1/orders/{order['orderId']}/pay", {"provider": "sandbox"})
    assert told(begun)[3]["status"] == "pending"
    assert told(begun)[3]["redirectUrl"].startswith("http://testserver/")

    declined = caller.post(f"/api/v1/orders/{order['orderId']}/pay", {"provider": "sandbox", "token": "decline"})
    assert declined.status_code == 400
    caller.post(f"/api/v1/orders/{order['orderId']}/pay", {"provider": "sandbox", "token": "success"})
    paid = caller.get(f"/api/v1/orders/{order['orderId']}").json()["data"]
    ticket = caller.get(f"/api/v1/tickets/{paid['tickets'][0]['code']}").json()["data"]

    assert (paid["status"], paid["paidAt"]) == ("paid", "2024-12-01 18:00:00")
    assert paid["tickets"][0] == {"code": ticket["code"], "label": "A1", "price": 45.0, "status": "valid"}
    assert (ticket["movieTitle"], ticket["hallName"]) == ("沙丘2", "3号厅")
    assert caller.get("/api/v1/orders", status="paid").json()["data"]["records"] == [paid]

    back = caller.post(f"/api/v1/orders/{order['orderId']}/refund")
    assert told(back)[3]["status"] == "refunded"
    assert told(caller.post(f"/api/v1/orders/{order['orderId']}/refund")) == (409, 30002, "订单状态错误", None)


@pytest.mark.parametrize("provider", ["cash", "card", "free", "nonsense"])
def test_a_customer_pays_only_online(house, customer, as_user, provider):
    order = an_order(showtime=house.showtime, customer=customer, now=BEFORE)

    response = as_user(customer).post(f"/api/v1/orders/{order.pk}/pay", {"provider": provider})

    order.refresh_from_db()
    assert (response.status_code, order.status, Payment.objects.count()) == (400, "pending", 0)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "http:evil", "data:text/html,x", "/ok"])
def test_nobody_is_sent_back_to_what_is_no_web_address(house, customer, as_user, address):
    order = an_order(showtime=house.showtime, customer=customer, now=BEFORE)

    response = as_user(customer).post(f"/api/v1/orders/{order.pk}/pay", {"provider": "sandbox", "returnUrl": address})

    assert (response.status_code, Payment.objects.count()) == (400, 0)
    assert response.json()["error"]["field"] == "returnUrl"


def test_price_types_are_chosen_by_seat(house, customer, as_user):
    house.showtime.price_card = a_price_card(child=-15)
    house.showtime.save()
    body = {"scheduleId": house.showtime.pk, "seats": ["A1", "A2"], "priceTypes": {"A2": "child"}}

    assert told(as_user(customer).post("/api/v1/orders", body))[3]["totalAmount"] == 75.0


def test_cancelling_frees_the_seats(house, customer, as_user):
    order = an_order(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE)

    cancelled = as_user(customer).post(f"/api/v1/orders/{order.pk}/cancel")
    again = as_user(customer).post(f"/api/v1/orders/{order.pk}/cancel")

    assert told(cancelled)[3]["status"] == "cancelled"
    assert told(again) == (409, 30002, "订单状态错误", None)
    assert an_order(showtime=house.showtime, seats=["A1"], now=BEFORE).status == "pending"


def test_the_same_key_gives_the_same_order(house, customer, as_user):
    caller, body = as_user(customer), {"scheduleId": house.showtime.pk, "seats": ["A1"]}

    def order(body, key="a"):
        return caller.post("/api/v1/orders", body, **{"idempotency-key": key})

    first, second = order(body), order(body)
    other_body = order({**body, "seats": ["A2"]})
    other_key = order({**body, "seats": ["A2"]}, key="b")

    assert first.json()["data"] == second.json()["data"]
    assert told(other_body)[:2] == (409, 409)
    assert told(other_key)[0] == 200
    assert Order.objects.count() == 2
    assert order(body, key="k" * 256).status_code == 400


def test_a_key_is_its_users_own(house, customer, as_user):
    body, key = {"scheduleId": house.showtime.pk, "seats": ["A1"]}, {"idempotency-key": "a"}
    as_user(customer).post("/api/v1/orders", body, **key)

    assert told(as_user(a_customer()).post("/api/v1/orders", body, **key))[:2] == (409, 20004)


DOORS_OPEN = BEFORE + timedelta(minutes=30)  # an hour before the start at 19:30


@pytest.fixture
def check_in(as_user):
    """Check a ticket in by API, on behalf of someone at some moment."""

    def call(user, at, **body):
        with time_machine.travel(at, tick=False):
            return as_user(user).post("/api/v1/admin/tickets/check-in", body)

    return call


def test_check_in_admits_once(house, customer, admin, check_in):
    order = a_paid_order(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE)
    body = {"code": order.tickets.get().code, "scheduleId": house.showtime.pk}

    first, second = check_in(admin, DOORS_OPEN, **body), check_in(admin, DOORS_OPEN, **body)
    unknown = check_in(admin, DOORS_OPEN, code="NOSUCHCODE")

    assert (told(first)[2], told(first)[3]["status"]) == ("检票成功", "used")
    assert (second.status_code, unknown.status_code) == (409, 404)


@pytest.mark.parametrize("names_the_showtime", [True, False])
def test_check_in_admits_from_an_hour_before_the_start_until_the_end(
    house, customer, admin, check_in, names_the_showtime
):
    tickets = a_paid_order(showtime=house.showtime, customer=customer, seats=["A1", "A2"], now=BEFORE).tickets.all()
    door = {"scheduleId": house.showtime.pk} if names_the_showtime else {}

    early = check_in(admin, DOORS_OPEN - timedelta(seconds=1), code=tickets[0].code, **door)
    in_time = check_in(admin, DOORS_OPEN, code=tickets[0].code, **door)
    over = check_in(admin, house.showtime.ends_at, code=tickets[1].code, **door)

    assert told(early)[:3] == (409, 409, "这张票的场次是 2024-12-01 19:30，2024-12-01 18:30 开始检票。")
    assert told(in_time)[0] == 200
    assert told(over)[0] == 409


@pytest.mark.parametrize("names_the_showtime", [True, False])
def test_check_in_never_admits_to_a_showtime_called_off(house, customer, admin, check_in, names_the_showtime):
    ticket = a_paid_order(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE).tickets.get()
    Showtime.objects.update(status="cancelled")
    door = {"scheduleId": house.showtime.pk} if names_the_showtime else {}

    refused = check_in(admin, DOORS_OPEN, code=ticket.code, **door)

    assert told(refused)[:3] == (409, 409, "这个场次已取消，不能入场。")


def test_an_admission_is_taken_back_by_api_with_a_reason(house, customer, admin, check_in, as_user, on_the_day):
    code = a_paid_order(showtime=house.showtime, customer=customer, seats=["A1"], now=BEFORE).tickets.get().code
    undo = f"/api/v1/admin/tickets/{code}/undo"
    check_in(admin, DOORS_OPEN, code=code)

    stranger = as_user(a_customer()).post(undo, {"reason": "x"})
    wordless = as_user(admin).post(undo, {})
    done = as_user(admin).post(undo, {"reason": "误扫"})
    again = as_user(admin).post(undo, {"reason": "误扫"})
    unknown = as_user(admin).post("/api/v1/admin/tickets/NOSUCHCODE/undo", {"reason": "误扫"})

    assert [told(one)[0] for one in (stranger, wordless, done, again, unknown)] == [403, 400, 200, 409, 404]
    assert (told(done)[3]["status"], told(done)[3]["admittedAt"]) == ("valid", None)
    assert told(check_in(admin, DOORS_OPEN, code=code))[0] == 200


def test_comments_and_ratings(house, customer, admin, as_user, nobody):
    path = f"/api/v1/movies/{house.movie.pk}"
    caller = as_user(customer)

    written = caller.post(f"{path}/comments", {"content": "好看"})
    rated = caller.put(f"{path}/rating", {"rating": 8})
    comment = told(written)[3]
    assert nobody.get(f"{path}/comments").json()["data"]["records"] == [comment]
    assert told(rated)[3] == nobody.get(f"{path}/rating").json()["data"] == {"average": 8.0, "count": 1}

    hidden = as_user(admin).put(f"/api/v1/admin/comments/{comment['commentId']}", {"isHidden": True})
    assert told(hidden)[0] == 200
    assert nobody.get(f"{path}/comments").json()["data"]["total"] == 0
    assert as_user(admin).get("/api/v1/admin/comments").json()["data"]["records"][0]["isHidden"] is True


@pytest.mark.parametrize(
    "path", ["/api/v1/movies", "/api/v1/movies/{}", "/api/movies", "/api/movies/{}", "/api/movie/search"]
)
def test_films_are_sent_again_only_when_they_changed(house, client, path):
    path = path.format(house.movie.pk)
    first = client.get(path)

    again = client.get(path, headers={"if-none-match": first.headers["ETag"]})
    Movie.objects.update(title="沙丘2 重映", synopsis="新")
    changed = client.get(path, headers={"if-none-match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert (again.content, again.headers["ETag"]) == (b"", first.headers["ETag"])
    assert "Accept-Language" in first.headers["Vary"]


def test_what_is_ones_own_is_kept_by_nobody(customer, as_user):
    assert "no-store" in as_user(customer).get("/api/v1/users/me").headers["Cache-Control"]
