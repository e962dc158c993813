"""The documents' own example, seen in all three dialects at once: 沙丘2, 3号厅, A1,A2,A3 at 45.00 make 135.00."""

import pytest

from tests.api.conftest import envelope_of

pytestmark = pytest.mark.django_db


def test_an_order_of_one_dialect_is_seen_in_all(house, customer, admin, as_user):
    made = as_user(customer).post(
        "/api/order/create", {"showtime_id": house.showtime.pk, "selected_seats": ["A1", "A2", "A3"]}
    )
    order_id = made.json()["data"]["order_id"]

    assert made.json() == {
        "status": 0,
        "message": "下单成功，请尽快支付",
        "data": {"order_id": order_id, "total_price": 135.0, "expires_at": "2024-12-01 18:10:00"},
    }

    paid = as_user(customer).post(f"/api/v1/orders/{order_id}/pay", {"provider": "sandbox", "token": "success"})

    assert paid.json() == {"code": 200, "message": "支付处理成功", "data": {"status": "paid", "redirectUrl": None}}
    assert as_user(admin).get("/api/v1/admin/orders").json()["data"] == {
        "total": 1,
        "records": [
            {
                "orderId": order_id,
                "userId": customer.pk,
                "username": "user1",
                "scheduleId": house.showtime.pk,
                "movieTitle": "沙丘2",
                "startTime": "2024-12-01 19:30:00",
                "hallName": "3号厅",
                "seats": "A1,A2,A3",
                "totalAmount": 135.0,
                "status": "paid",
                "refundStatus": "none",
                "createdAt": "2024-12-01 18:00:00",
                "paidAt": "2024-12-01 18:00:00",
            }
        ],
    }
    assert as_user(customer).get("/api/user/orders").json() == {
        "status": 0,
        "message": "获取成功",
        "data": {
            "orders": [
                {
                    "order_id": order_id,
                    "showtime_id": house.showtime.pk,
                    "movie_title": "沙丘2",
                    "start_time": "2024-12-01 19:30:00",
                    "hall_name": "3号厅",
                    "seats": ["A1", "A2", "A3"],
                    "total_price": 135.0,
                    "status": "paid",
                    "created_at": "2024-12-01 18:00:00",
                    "expires_at": "2024-12-01 18:10:00",
                }
            ]
        },
    }
    mine = as_user(customer).get(f"/api/v1/orders/{order_id}").json()["data"]
    assert [ticket["label"] for ticket in mine["tickets"]] == ["A1", "A2", "A3"]
    assert [ticket["price"] for ticket in mine["tickets"]] == [45.0, 45.0, 45.0]
    assert mine["totalAmount"] == 135.0


def test_the_film_of_the_example_has_its_words_in_every_dialect(house, nobody):
    community = nobody.get(f"/api/movies/{house.movie.pk}").json()
    booking = nobody.get("/api/movie/search", keyword="沙丘").json()
    v1 = nobody.get(f"/api/v1/movies/{house.movie.pk}").json()

    assert community == {
        "status": "success",
        "movie": {
            "id": house.movie.pk,
            "title": "沙丘2",
            "description": "保罗·厄崔迪与弗雷曼人联手，向背叛他家族的人复仇。",
            "thumbnail_url": None,
            "video_url": None,
        },
    }
    assert [movie["title"] for movie in booking["data"]["movies"]] == ["沙丘2"]
    assert (v1["data"]["title"], v1["data"]["titleEn"]) == ("沙丘2", "Dune: Part Two")


def test_a_seat_sold_by_one_dialect_is_gone_in_the_others(house, customer, admin, as_user, nobody):
    showtime = house.showtime.pk
    as_user(customer).post("/api/v1/orders", {"scheduleId": showtime, "seats": ["A1"]})

    seats = nobody.get("/api/showtime/seats", showtime_id=showtime).json()["data"]
    refused = as_user(admin).post("/api/order/create", {"showtime_id": showtime, "selected_seats": ["A1", "A2"]})

    assert (seats["selected_count"], seats["available_count"]) == (1, 99)
    assert [(seat["label"], seat["status"]) for seat in seats["seats"][:2]] == [("A1", "held"), ("A2", "available")]
    assert (refused.status_code, envelope_of(refused)) == (409, {"status": -1, "message": "座位不可用"})


def test_no_link_takes_host_or_port_from_the_request(house, customer, as_user, settings):
    settings.SITE_URL = "https://cinema.example"
    house.movie.poster_url, house.movie.stream_url = "/media/poster.jpg", "/media/film.m3u8"
    house.movie.save()
    caller = as_user(customer)
    caller.headers = {"host": "testserver:6666"}
    order = caller.post("/api/v1/orders", {"scheduleId": house.showtime.pk, "seats": ["A1"]}).json()["data"]

    film = caller.get(f"/api/movies/{house.movie.pk}").json()["movie"]
    party = caller.post("/api/v1/parties", {"movieId": house.movie.pk}).json()["data"]
    begun = caller.post(f"/api/v1/orders/{order['orderId']}/pay", {"provider": "sandbox"}).json()["data"]

    assert film["thumbnail_url"] == "https://cinema.example/media/poster.jpg"
    assert film["video_url"] == "https://cinema.example/media/film.m3u8"
    assert party["invitationUrl"] == f"https://cinema.example/watch/{party['code']}/"
    assert begun["redirectUrl"].startswith("https://cinema.example/")
