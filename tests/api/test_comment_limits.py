"""250 comments of 2,000 characters in seven seconds, then 1.5 MB unpaged to anybody: neither is to be had any more."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from social.models import Comment
from tests.factories import a_customer, a_movie

DOORS = {
    "community": "/api/movies/{}/comments",
    "v1": "/api/v1/movies/{}/comments",
}


@pytest.fixture
def limited(settings, db):
    """Limits are on."""
    settings.RATE_LIMITS = True


def lay_comments(movie, user, count: int) -> None:
    """So many comments, a second apart."""
    began = timezone.now() - timedelta(days=1)
    Comment.objects.bulk_create(
        Comment(user=user, movie=movie, content=f"{number}", created_at=began + timedelta(seconds=number))
        for number in range(count)
    )


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_somebody_who_comments_250_times_at_once_is_stopped_after_five(limited, customer, as_user, door):
    movie, caller = a_movie(), as_user(customer)

    answers = [caller.post(door.format(movie.pk), {"content": f"{n:02}" * 1000}) for n in range(12)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 7
    assert int(answers[5].headers["Retry-After"]) <= 60
    assert Comment.objects.count() == 5


def test_on_the_page_what_was_typed_is_kept_when_one_is_too_fast(limited, customer, client):
    movie = a_movie()
    client.force_login(customer)
    for number in range(5):
        client.post(f"/films/{movie.pk}/comment/", {"content": f"quick {number}"})

    refused = client.post(f"/films/{movie.pk}/comment/", {"content": "the sixth"})

    assert (refused.status_code, Comment.objects.count()) == (429, 5)
    assert "the sixth" in refused.content.decode()


def test_throw_away_accounts_of_one_browser_share_a_limit(limited, db):
    movie, browser = a_movie(), Client()
    browser.get("/")
    stored = []
    for number in range(4):
        browser.force_login(a_customer(f"throw-away-{number}"))
        for spam in range(5):
            browser.post(f"/films/{movie.pk}/comment/", {"content": f"spam {spam}"})
        stored.append(Comment.objects.count())

    assert stored == [5, 10, 10, 10]


def test_a_class_behind_one_address_comments_on_the_film_it_has_just_seen(limited, as_user):
    movie = a_movie()
    class_of_30 = [as_user(a_customer(f"pupil-{number}")) for number in range(30)]

    answers = [pupil.post(DOORS["community"].format(movie.pk), {"content": "Good."}) for pupil in class_of_30]

    assert {answer.status_code for answer in answers} == {200}


def test_who_was_stopped_may_go_on_after_a_minute(limited, customer, as_user):
    movie = a_movie()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        statuses = []
        for _round in range(2):
            statuses += [
                as_user(customer).post(DOORS["v1"].format(movie.pk), {"content": "x"}).status_code for _each in range(6)
            ]
            clock.shift(61)

    assert statuses == [200] * 5 + [429] + [200] + [429] * 5


@pytest.mark.parametrize("count", [1, 3, 502])
def test_a_list_without_paging_answers_its_newest_500_oldest_first(
    customer, nobody, count, django_assert_max_num_queries
):
    movie = a_movie()
    lay_comments(movie, customer, count)

    with django_assert_max_num_queries(4):
        comments = nobody.get(DOORS["community"].format(movie.pk)).json()["comments"]

    assert [comment["content"] for comment in comments] == [str(number) for number in range(count)][-500:]


def test_older_ones_come_by_page(customer, nobody):
    movie = a_movie()
    lay_comments(movie, customer, 25)
    address = DOORS["community"].format(movie.pk)

    pages = [nobody.get(address, **query).json()["comments"] for query in ({"page": 1}, {"page": 2, "limit": 20})]
    wrong = [nobody.get(address, **query).status_code for query in ({"page": 0}, {"limit": 101}, {"page": "x"})]

    assert [[int(one["content"]) for one in page] for page in pages] == [list(range(10)), list(range(20, 25))]
    assert wrong == [400, 400, 400]


def test_staff_s_list_of_comments_is_cut_and_paged_alike(customer, admin, as_user):
    movie = a_movie()
    lay_comments(movie, customer, 501)
    staff = as_user(admin)

    whole = staff.get("/api/admin/comment/view", movie_id=movie.pk).json()["data"]["comments"]
    first = staff.get("/api/admin/comment/view", movie_id=movie.pk, page=1, limit=2).json()["data"]["comments"]

    assert [whole[0]["content"], whole[-1]["content"], len(whole)] == ["1", "500", 500]
    assert [comment["content"] for comment in first] == ["0", "1"]
    assert as_user(customer).get("/api/admin/comment/view", movie_id=movie.pk).status_code == 403
