"""The booking document: verbs below ``/api/``, ``{"status": 0, "message": …, "data": …}``."""

from tests.wire.calls import Call

DONE = {"status": 0, "message": str}

CALLS = [
    Call(
        "booking 1.1",
        "POST /api/user/register",
        {"username": "booker", "password": "a-good-long-password", "email": "booker@example.com"},
        answer=DONE,
    ),
    Call(
        "booking 1.2",
        "POST /api/user/login",
        {"username": "booker", "password": "a-good-long-password"},
        answer={**DONE, "data": {"token": str}},
        keep={"token of booker": ("data", "token")},
    ),
    Call("booking 2.1", "GET /api/movie/search", answer={**DONE, "data": {"movies": [{}]}}),
    Call(
        "booking 2.1",
        "GET /api/movie/search",
        query={"keyword": "沙丘"},
        answer={**DONE, "data": {"movies": [{}]}},
    ),
    Call("booking 2.2", "POST /api/movie/rate", {"movie_id": "{movie}", "rating": 9}, by="booker", answer=DONE),
    Call(
        "booking 3.1",
        "GET /api/showtime/seats",
        query={"showtime_id": "{schedule}"},
        answer={
            **DONE,
            "data": {
                "seats": [{"seat_id": 1, "row": str, "col": 1, "label": "A1", "status": "available", "price": 45.00}],
                "selected_count": 0,
                "available_count": 1,
            },
        },
        keep={"seat": ("data", "seats", 5, "seat_id")},
    ),
    Call(
        "booking 3.2",
        "POST /api/order/create",
        {"showtime_id": "{schedule}", "selected_seats": ["A4", "A5"]},
        by="booker",
        answer={**DONE, "data": {"order_id": 1, "total_price": 90.00, "expires_at": str}},
        keep={"booked": ("data", "order_id")},
    ),
    Call(
        "booking 3.2",
        "POST /api/order/create",
        {"showtime_id": "{schedule}", "selected_seats": ["{seat}"]},
        by="booker",
        answer={**DONE, "data": {"order_id": 1, "total_price": 45.00, "expires_at": str}},
        keep={"booked by id": ("data", "order_id")},
    ),
    Call("", "GET /api/v1/users/me", by="booker", keep={"booker": ("data", "userId")}),
    *(
        Call(
            "booking 4.1",
            "GET /api/user/orders",
            query=query,
            by="booker",
            answer={
                **DONE,
                "data": {
                    "orders": [
                        {
                            "order_id": 1,
                            "showtime_id": 1,
                            "movie_title": "沙丘2",
                            "start_time": "2024-12-01 19:30:00",
                            "hall_name": "1号厅",
                            "total_price": 90.00,
                            "status": "pending",
                            "created_at": "2024-12-01 18:00:00",
                        }
                    ]
                },
            },
        )
        for query in ({"user_id": "{booker}"}, {})
    ),
    Call(
        "booking 4.2",
        "POST /api/user/update",
        {"user_id": "{booker}", "password": "another-good-password", "email": "new@example.com"},
        by="booker",
        answer=DONE,
    ),
    Call(
        "",
        "POST /api/user/login",
        {"username": "booker", "password": "another-good-password"},
        keep={"token of booker": ("data", "token")},
    ),
    Call(
        "booking 5.1",
        "POST /api/admin/movie/manage",
        {"action": "add", "movie_info": {"title": "临时影片", "duration": 90, "release_date": "2024-03-01"}},
        by="admin",
        answer=DONE,
        keep={"added movie": ("data", "movie_id")},
    ),
    Call(
        "booking 5.1",
        "POST /api/admin/movie/manage",
        {"action": "edit", "movie_info": {"movie_id": "{added movie}", "duration": 95}},
        by="admin",
        answer=DONE,
    ),
    Call(
        "booking 5.1",
        "POST /api/admin/movie/manage",
        {"action": "delete", "movie_info": {"movie_id": "{added movie}"}},
        by="admin",
        answer=DONE,
    ),
    Call(
        "booking 5.2",
        "POST /api/admin/showtime/manage",
        {
            "action": "add",
            "showtime_info": {
                "movie_id": "{movie}",
                "hall_id": "{hall}",
                "start_time": "2024-12-03 19:30:00",
                "price": 45.00,
            },
        },
        by="admin",
        answer=DONE,
        keep={"added showtime": ("data", "showtime_id")},
    ),
    Call(
        "booking 5.2",
        "POST /api/admin/showtime/manage",
        {"action": "edit", "showtime_info": {"showtime_id": "{added showtime}", "price": 50.00}},
        by="admin",
        answer=DONE,
    ),
    Call(
        "booking 5.2",
        "POST /api/admin/showtime/manage",
        {"action": "delete", "showtime_info": {"showtime_id": "{added showtime}"}},
        by="admin",
        answer=DONE,
    ),
    Call("", "POST /api/movies/{movie}/comments", {"content": "Great movie!"}, by="booker"),
    Call(
        "booking 5.3",
        "GET /api/admin/comment/view",
        query={"movie_id": "{movie}"},
        by="admin",
        answer={**DONE, "data": {"comments": [{}]}},
    ),
    Call(
        "booking 5.4",
        "POST /api/admin/order/process",
        {"action": "confirm", "order_id": "{booked}"},
        by="admin",
        answer=DONE,
    ),
    Call(
        "booking 5.4",
        "POST /api/admin/order/process",
        {"action": "cancel", "order_id": "{booked by id}"},
        by="admin",
        answer=DONE,
    ),
]
