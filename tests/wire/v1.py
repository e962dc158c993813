"""The administrators' document: ``/api/v1/…``, ``{"code": 200, "message": …, "data": …}``."""

from typing import Any

from tests.wire.calls import Call

PASSWORD = "the-lumiere-brothers"
DUNE = {
    "title": "沙丘2",
    "originalTitle": "Dune: Part Two",
    "tmdbId": 438631,
    "duration": 166,
    "releaseDate": "2024-03-01",
    "language": "English",
    "country": "United States",
    "rating": "PG-13",
    "synopsis": "保罗·厄崔迪与弗雷曼人联手，向背叛他家族的人复仇。",
    "posterUrl": "https://example.com/thumbnail1.jpg",
    "backdropUrl": "https://example.com/wide.jpg",
    "status": "released",
    "genreList": [{"genreId": "{genre 1}"}, {"genreId": "{genre 2}"}],
    "actorList": [{"actorId": "{actor 1}", "roleName": "大"}, {"actorId": "{actor 2}", "roleName": "小"}],
}
SHOWING = {"movieId": "{movie}", "hallId": "{hall}", "startTime": "2024-12-01 19:30:00", "price": 45.00}


def said(message: str, data: Any = None) -> dict[str, Any]:
    """An answer of the document."""
    return {"code": 200, "message": message, "data": data}


def listed(row: dict[str, Any]) -> dict[str, Any]:
    """A page of a list in the document."""
    return said("获取成功", {"total": 1, "records": [row]})


MOVIES = listed(
    {
        "movieId": 1,
        "title": "沙丘2",
        "originalTitle": "Dune: Part Two",
        "tmdbId": 438631,
        "duration": 166,
        "releaseDate": "2024-03-01",
        "rating": "PG-13",
        "posterUrl": "string",
        "status": "released",
    }
)
# The document's sample has `code: 1` and `msg` here, against its own section 1.3; the contract corrects it.
HALLS = listed(
    {
        "hallId": 1,
        "hallName": "1号厅",
        "totalSeats": 120,
        "hallType": "standard",
        "status": 0,
        "createdAt": "2025-12-14 07:43:34",
    }
)
SCHEDULES = listed({"scheduleId": 1, "movieId": 1, "hallId": 1, "startTime": "2024-12-01 19:30:00", "price": 45.00})
ORDERS = listed(
    {
        "orderId": 1,
        "userId": 1,
        "username": "string",
        "movieTitle": "沙丘2",
        "startTime": "2024-12-01 19:30:00",
        "hallName": "3号厅",
        "seats": "A1,A2,A3",
        "totalAmount": 135.00,
        "status": "paid",
        "createdAt": "2024-12-01 18:00:00",
        "paidAt": "2024-12-01 18:05:00",
    }
)
ADMIN = {"adminId": 1, "username": "admin"}

CALLS = [
    Call("", "POST /api/v1/auth/admin/register", {"username": "admin", "password": PASSWORD}),
    Call(
        "v1 2.1",
        "POST /api/v1/auth/admin/login",
        {"username": "admin", "password": PASSWORD},
        answer=said("登录成功", {"token": "string", "admin": ADMIN}),
        keep={"token of admin": ("data", "token")},
    ),
    Call(
        "v1 2.2",
        "POST /api/v1/auth/admin/register",
        {"username": "second", "password": PASSWORD},
        by="admin",
        answer=said("注册成功", ADMIN),
    ),
    Call(
        "",
        "POST /api/user/register",
        {"username": "customer", "password": PASSWORD, "email": "customer@example.com"},
    ),
    Call(
        "v1 3.1",
        "GET /api/v1/admin/users",
        query={"page": 1, "limit": 10, "status": 0},
        by="admin",
        answer=listed(
            {
                "userId": 1,
                "username": "string",
                "nickname": "string",
                "phone": "string",
                "avatarUrl": "string",
                "status": 0,
                "createdAt": "2024-12-01 18:00:00",
            }
        ),
        keep={"user": ("data", "records", 0, "userId")},
    ),
    Call("v1 3.2", "PUT /api/v1/admin/users/{user}/ban", by="admin", answer=said("封禁成功")),
    Call("v1 3.3", "PUT /api/v1/admin/users/{user}/unban", by="admin", answer=said("解除封禁成功")),
    *(
        Call("", f"POST /api/v1/admin/{kind}s", {"name": f"{kind} {number}"}, by="admin")
        for kind in ("genre", "actor")
        for number in (1, 2)
    ),
    *(
        Call(
            "",
            f"GET /api/v1/admin/{kind}s",
            by="admin",
            keep={f"{kind} {number}": ("data", "records", number - 1, f"{kind}Id") for number in (1, 2)},
        )
        for kind in ("genre", "actor")
    ),
    Call("v1 4.1", "POST /api/v1/admin/movies", DUNE, by="admin", answer=said("添加成功")),
    Call("", "GET /api/v1/admin/movies", by="admin", keep={"movie": ("data", "records", 0, "movieId")}),
    Call("v1 4.2", "PUT /api/v1/admin/movies/{movie}", DUNE, by="admin", answer=said("更新成功")),
    # Added so that it can be deleted, last in the list or first.
    Call("", "PUT /api/v1/admin/movies/{movie}", {"status": "upcoming"}, by="admin"),
    Call("", "POST /api/v1/admin/movies", {"title": "废片", "duration": 1, "status": "released"}, by="admin"),
    Call(
        "",
        "GET /api/v1/admin/movies",
        query={"status": "released"},
        by="admin",
        keep={"spoilt": ("data", "records", 0, "movieId")},
    ),
    Call("v1 4.3", "DELETE /api/v1/admin/movies/{spoilt}", by="admin", answer=said("删除成功")),
    Call(
        "",
        "PUT /api/v1/admin/movies/{movie}",
        {"status": "released", "streamUrl": "https://example.com/video1.m3u8"},
        by="admin",
    ),
    Call(
        "v1 4.4",
        "GET /api/v1/admin/movies",
        query={"page": 1, "limit": 10, "status": "released"},
        by="admin",
        answer=MOVIES,
    ),
    Call("v1 5.1", "GET /api/v1/admin/halls", by="admin", answer=HALLS, may_be_empty=True),
    Call(
        "v1 5.2",
        "POST /api/v1/admin/halls",
        {"hallName": "3号厅", "totalSeats": 100, "hallType": "standard", "status": 0},
        by="admin",
        answer=said("添加成功", {"hallId": 1}),
        keep={"hall": ("data", "hallId")},
    ),
    Call(
        "v1 5.3",
        "PUT /api/v1/admin/halls/{hall}",
        {"hallId": "{hall}", "hallName": "1号厅", "totalSeats": 130, "hallType": "standard", "status": 0},
        by="admin",
        answer=said("更新成功"),
    ),
    Call(
        "",
        "POST /api/v1/admin/halls",
        {"hallName": "2号厅", "totalSeats": 20, "hallType": "vip", "status": 0},
        by="admin",
        keep={"other hall": ("data", "hallId")},
    ),
    Call("v1 5.4", "DELETE /api/v1/admin/halls/{other hall}", by="admin", answer=said("删除成功")),
    Call("v1 5.5", "PUT /api/v1/admin/halls/{hall}/ban", by="admin", answer=said("封禁成功")),
    Call("v1 5.6", "PUT /api/v1/admin/halls/{hall}/unban", by="admin", answer=said("解封成功")),
    Call(
        "v1 5.1",
        "GET /api/v1/admin/halls",
        query={"page": 1, "limit": 10, "status": 0},
        by="admin",
        answer=HALLS,
    ),
    Call("v1 6.1", "GET /api/v1/admin/schedules", by="admin", answer=SCHEDULES, may_be_empty=True),
    Call(
        "v1 6.2",
        "POST /api/v1/admin/schedules",
        SHOWING,
        by="admin",
        answer=said("添加成功", {"scheduleId": 1}),
        keep={"schedule": ("data", "scheduleId")},
    ),
    Call("v1 6.3", "PUT /api/v1/admin/schedules/{schedule}", SHOWING, by="admin", answer=said("更新成功")),
    Call(
        "",
        "POST /api/v1/admin/schedules",
        {**SHOWING, "startTime": "2024-12-02 19:30:00"},
        by="admin",
        keep={"other schedule": ("data", "scheduleId")},
    ),
    Call("v1 6.4", "DELETE /api/v1/admin/schedules/{other schedule}", by="admin", answer=said("删除成功")),
    Call(
        "v1 6.1",
        "GET /api/v1/admin/schedules",
        query={"page": 1, "limit": 10, "movieId": "{movie}", "hallId": "{hall}", "date": "2024-12-01"},
        by="admin",
        answer=SCHEDULES,
    ),
    Call(
        "",
        "POST /api/v1/admin/halls",
        {"hallName": "4号厅", "totalSeats": 0, "hallType": "standard", "status": 0},
        by="admin",
        keep={"empty hall": ("data", "hallId")},
    ),
    Call(
        "v1 7.1",
        "POST /api/v1/admin/halls/{empty hall}/seats",
        {"seats": [{"rowLabel": "A", "colNumber": 1, "isAvailable": True}]},
        by="admin",
        answer=said("设置成功"),
    ),
    Call(
        "",
        "POST /api/user/login",
        {"username": "customer", "password": PASSWORD},
        keep={"token of customer": ("data", "token")},
    ),
    *(
        Call(
            "",
            "POST /api/order/create",
            {"showtime_id": "{schedule}", "selected_seats": seats},
            by="customer",
            keep={order: ("data", "order_id")},
        )
        for order, seats in (("order", ["A1", "A2", "A3"]), ("given up", ["B1"]))
    ),
    Call(
        "v1 8.1",
        "GET /api/v1/admin/orders",
        query={"status": "cancelled"},
        by="admin",
        answer=ORDERS,
        may_be_empty=True,
    ),
    Call("", "PUT /api/v1/admin/orders/{order}/status", {"status": "paid"}, by="admin"),
    Call(
        "v1 8.1",
        "GET /api/v1/admin/orders",
        query={"page": 1, "limit": 10, "status": "paid", "startDate": "2024-12-01", "endDate": "2024-12-01"},
        by="admin",
        answer=ORDERS,
    ),
    Call(
        "v1 8.2",
        "PUT /api/v1/admin/orders/{given up}/status",
        {"status": "cancelled"},
        by="admin",
        answer=said("更新成功"),
    ),
    Call(
        "v1 9.1",
        "GET /api/v1/admin/dashboard",
        by="admin",
        answer=said(
            "获取成功",
            {
                "totalUsers": 1000,
                "totalMovies": 50,
                "totalOrders": 2000,
                "totalRevenue": 90000.00,
                "todayRevenue": 1500.00,
                "topMovies": [{"movieId": 1, "title": "沙丘2", "boxOffice": 30000.00, "salesCount": 667}],
            },
        ),
    ),
    Call(
        "v1 9.2",
        "GET /api/v1/admin/statistics/box-office",
        query={"startDate": "2024-12-01", "endDate": "2024-12-01"},
        by="admin",
        answer=said(
            "获取成功",
            {
                "totalBoxOffice": 90000.00,
                "dailyBoxOffice": [{"date": "2024-12-01", "revenue": 1500.00, "salesCount": 34}],
                "movieBoxOffice": [{"movieId": 1, "title": "沙丘2", "revenue": 30000.00, "percentage": 33.33}],
            },
        ),
    ),
]

# Table 10, each number brought about: the call, HTTP's status, the number, and the words where the table has them.
FAILURES = [
    (
        Call("v1 10", "POST /api/v1/auth/admin/register", {"username": "second", "password": PASSWORD}, by="admin"),
        (400, 10001, "用户名已存在"),
    ),
    (Call("v1 10", "PUT /api/v1/users/me", {"phone": "13800138000"}, by="booker"), (400, 10002, "手机号已存在")),
    (Call("v1 10", "PUT /api/v1/users/me", {"phone": "12"}, by="booker"), (400, 10003, "手机号格式错误")),
    (
        Call("v1 10", "POST /api/v1/auth/admin/login", {"username": "admin", "password": "wrong"}),
        (401, 10004, None),
    ),
    (Call("v1 10", "PUT /api/v1/admin/users/999999/ban", by="admin"), (404, 10005, "用户不存在")),
    (
        Call("v1 10", "POST /api/v1/auth/admin/register", {"username": "weak", "password": "12345678"}, by="admin"),
        (400, 10006, None),
    ),
    (Call("v1 10", "DELETE /api/v1/admin/movies/999999", by="admin"), (404, 20001, "影片不存在")),
    (Call("v1 10", "DELETE /api/v1/admin/halls/999999", by="admin"), (404, 20002, "影厅不存在")),
    (Call("v1 10", "DELETE /api/v1/admin/schedules/999999", by="admin"), (404, 20003, "场次不存在")),
    (
        Call("v1 10", "POST /api/v1/orders", {"scheduleId": "{schedule}", "seats": ["A1"]}, by="booker"),
        (409, 20004, None),
    ),
    (
        Call("v1 10", "PUT /api/v1/admin/orders/999999/status", {"status": "paid"}, by="admin"),
        (404, 30001, "订单不存在"),
    ),
    (
        Call("v1 10", "PUT /api/v1/admin/orders/{given up}/status", {"status": "paid"}, by="admin"),
        (409, 30002, "订单状态错误"),
    ),
]
