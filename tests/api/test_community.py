"""community-api.md, endpoint by endpoint (its sockets are tested where they are)."""

from datetime import UTC, datetime

import pytest

from catalog.models import Movie
from social.models import Comment
from tests.api.conftest import envelope_of
from tests.factories import PASSWORD, a_movie

pytestmark = pytest.mark.django_db


def told(response):
    """The HTTP status and the body."""
    return response.status_code, envelope_of(response)


def test_1_1_register(nobody):
    body = {"username": "user1", "email": "user1@example.com", "password": PASSWORD}

    assert told(nobody.post("/api/register", body)) == (200, {"status": "success", "message": "注册成功"})
    assert told(nobody.post("/api/register", body)) == (400, {"status": "error", "message": "用户名已存在"})


def test_1_2_login_is_by_email(customer, nobody):
    response = nobody.post("/api/login", {"email": "user1@example.com", "password": PASSWORD})

    assert told(response) == (
        200,
        {
            "status": "success",
            "token": response.json()["token"],
            "user": {"id": customer.pk, "username": "user1", "email": "user1@example.com", "email_verified": False},
        },
    )
    wrong = nobody.post("/api/login", {"email": "user1@example.com", "password": "wrong-password"})
    assert told(wrong) == (401, {"status": "error", "message": "密码错误"})


def test_1_3_who_am_i(customer, as_user, nobody):
    assert told(as_user(customer).get("/api/user")) == (
        200,
        {
            "status": "success",
            "user": {"id": customer.pk, "username": "user1", "email": "user1@example.com", "email_verified": False},
        },
    )
    assert told(nobody.get("/api/user")) == (401, {"status": "error", "message": "请先登录。"})


def test_1_4_only_what_changes_is_sent(customer, as_user):
    response = as_user(customer).put("/api/user", {"username": "user9"})

    assert told(response) == (200, {"status": "success", "message": "更新成功"})
    customer.refresh_from_db()
    assert (customer.username, customer.email) == ("user9", "user1@example.com")


def test_2_1_and_2_2_movies(nobody):
    movie = a_movie(
        "Movie 1",
        synopsis="This is a movie description",
        poster_url="/static/demo/poster.jpg",
        stream_url="https://example.com/video1.m3u8",
    )
    a_movie("Gone", status=Movie.Status.REMOVED)
    shown = {
        "id": movie.pk,
        "title": "Movie 1",
        "description": "This is a movie description",
        "thumbnail_url": "http://testserver/static/demo/poster.jpg",
        "video_url": "https://example.com/video1.m3u8",
    }

    assert told(nobody.get("/api/movies")) == (200, {"status": "success", "movies": [shown]})
    assert told(nobody.get(f"/api/movies/{movie.pk}")) == (200, {"status": "success", "movie": shown})
    assert told(nobody.get("/api/movies/999")) == (404, {"status": "error", "message": "影片不存在"})


def test_2_1_all_films_or_a_page_of_them(nobody):
    for number in range(12):
        a_movie(f"Movie {number}")

    assert len(nobody.get("/api/movies").json()["movies"]) == 12
    assert len(nobody.get("/api/movies", page=2).json()["movies"]) == 2
    assert len(nobody.get("/api/movies", limit=5).json()["movies"]) == 5
    assert len(nobody.get("/api/movies", keyword="Movie 11").json()["movies"]) == 1
    assert nobody.get("/api/movies", page=0).status_code == 400


def test_3_comments_come_oldest_first_and_stay_text(customer, as_user, nobody):
    movie = a_movie("Movie 1")
    posted = as_user(customer).post(f"/api/movies/{movie.pk}/comments", {"content": "<b>Not bad</b>"})
    Comment.objects.create(
        user=customer, movie=movie, content="Great movie!", created_at=datetime(2024, 8, 15, 12, 34, 56, tzinfo=UTC)
    )

    comments = nobody.get(f"/api/movies/{movie.pk}/comments").json()["comments"]

    assert told(posted) == (200, {"status": "success", "message": "评论成功"})
    assert comments[0] == {
        "id": comments[0]["id"],
        "user_id": customer.pk,
        "username": "user1",
        "content": "Great movie!",
        "created_at": "2024-08-15T12:34:56Z",
    }
    assert comments[1]["content"] == "<b>Not bad</b>"


@pytest.mark.parametrize("content", ["", "   ", "x" * 2001, None, {"a": 1}])
def test_3_2_a_comment_has_1_to_2000_characters(customer, as_user, content):
    movie = a_movie("Movie 1")

    response = as_user(customer).post(f"/api/movies/{movie.pk}/comments", {"content": content})

    assert (response.status_code, response.json()["status"]) == (400, "error")
