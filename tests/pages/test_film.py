"""A film's page: facts, showtimes, ratings and comments."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Credit, Movie, Person
from cinema.days import add_days, day_of, midnight
from social.models import Comment, CommentReport, Rating
from tests.factories import a_customer, a_hall, a_movie, a_showtime

pytestmark = pytest.mark.django_db


@pytest.fixture
def movie():
    """A film on show."""
    return a_movie("神女", title_en="The Goddess", synopsis="夜里，她在街灯下。")


def test_the_page_shows_the_film_and_its_cast(client, movie):
    Credit.objects.create(movie=movie, person=Person.objects.create(name="阮玲玉"), role_name="神女")

    page = client.get(f"/films/{movie.pk}/").content.decode()

    assert all(words in page for words in ("神女", "阮玲玉", "夜里，她在街灯下。"))


def test_country_and_language_are_named_in_the_reader_s_language_where_it_is_known(client, movie):
    Movie.objects.filter(pk=movie.pk).update(country="Germany", language="Klingon")

    chinese, english = client.get(f"/films/{movie.pk}/").text, client.get(f"/en/films/{movie.pk}/").text

    assert [word in chinese for word in ("<dd>德国</dd>", "<dd>Klingon</dd>")] == [True, True]
    assert "<dd>Germany</dd>" in english


def test_the_page_shows_the_showtimes_of_a_day_in_order_of_time_and_says_tomorrow(client, movie):
    halls = [a_hall(), a_hall()]
    tomorrow = midnight(add_days(day_of(timezone.now()), 1))
    hours = [(18, 0), (13, 1), (21, 0)]
    showtimes = [
        a_showtime(movie=movie, hall=halls[hall], starts_at=tomorrow + timedelta(hours=hour)) for hour, hall in hours
    ]
    a_showtime(movie=movie, starts_at=timezone.now() + timedelta(days=4))

    page = client.get(f"/films/{movie.pk}/")

    assert list(page.context["showtimes"]) == [showtimes[1], showtimes[0], showtimes[2]]
    assert "<span>明天</span>" in page.text


@pytest.mark.parametrize("address", ["/films/0/", "/films/99999999999999999999999/", "/films/-1/", "/films/x/"])
def test_an_unknown_film_is_not_found(client, address):
    assert client.get(address).status_code == 404


def test_a_film_taken_down_is_not_found(client):
    movie = a_movie(status=Movie.Status.REMOVED)

    assert client.get(f"/films/{movie.pk}/").status_code == 404


def test_a_customer_rates_a_film_and_changes_their_mind(mine, customer, movie):
    mine.post(f"/films/{movie.pk}/rate/", {"score": "7"})
    mine.post(f"/films/{movie.pk}/rate/", {"score": "9"})

    assert list(Rating.objects.values_list("user", "movie", "score")) == [(customer.pk, movie.pk, 9)]


@pytest.mark.parametrize("score", ["0", "11", "", "x", "9.5", "-1", "９", "9" * 5000])
def test_a_senseless_score_is_refused_with_a_sentence(mine, movie, score):
    page = mine.post(f"/films/{movie.pk}/rate/", {"score": score})

    assert page.status_code == 400
    assert "评分必须是 1 到 10 的整数。" in page.content.decode()
    assert not Rating.objects.exists()


def test_a_customer_comments_and_the_words_are_shown_as_text(mine, movie):
    mine.post(f"/films/{movie.pk}/comment/", {"content": "<script>alert(1)</script> 好看"})

    page = mine.get(f"/films/{movie.pk}/").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt; 好看" in page


@pytest.mark.parametrize("content", ["", "   ", "长" * 2001])
def test_an_empty_or_endless_comment_is_refused_and_kept_in_the_form(mine, movie, content):
    page = mine.post(f"/films/{movie.pk}/comment/", {"content": content})

    assert page.status_code == 400
    assert page.context["draft"] == content
    assert not Comment.objects.exists()


def test_rate_keeps_the_comment_that_was_being_written_and_publish_keeps_the_score(mine, movie):
    mine.post(f"/films/{movie.pk}/rate/", {"score": "7", "content": "还没写完"})
    draft = mine.get(f"/films/{movie.pk}/").context["draft"]
    elsewhere = mine.get(f"/films/{a_movie().pk}/").context["draft"]
    mine.post(f"/films/{movie.pk}/comment/", {"score": "9", "content": "写完了"})

    assert (draft, elsewhere) == ("还没写完", "")
    assert Rating.objects.get().score == 9
    assert Comment.objects.get().content == "写完了"
    assert mine.get(f"/films/{movie.pk}/").context["draft"] == ""


def test_a_refused_rating_loses_neither_comment_nor_score(mine, movie):
    wordless = mine.post(f"/films/{movie.pk}/rate/", {"content": "写着"})
    endless = mine.post(f"/films/{movie.pk}/comment/", {"score": "8", "content": "长" * 2001})

    assert (wordless.context["draft"], endless.context["my_score"]) == ("写着", 8)
    assert not Rating.objects.exists()


@pytest.fixture
def my_comment(mine, movie):
    """What the customer of ``mine`` wrote."""
    mine.post(f"/films/{movie.pk}/comment/", {"content": "他死了", "has_spoilers": "on"})
    return Comment.objects.get()


def test_what_gives_the_story_away_is_veiled_until_asked_for(client, movie, my_comment):
    page = client.get(f"/films/{movie.pk}/").content.decode()

    veil = page.split('<details class="veil">')[1].split("</details>")[0]
    assert "他死了" in veil
    assert "<summary>" in veil


def test_an_author_edits_on_a_page_of_its_own_and_is_led_back(mine, movie, my_comment):
    form = mine.get(f"/comments/{my_comment.pk}/edit/").content.decode()
    answer = mine.post(f"/comments/{my_comment.pk}/edit/", {"content": "他没死"})
    page = mine.get(f"/films/{movie.pk}/").content.decode()

    assert "他死了" in form
    assert answer.url == f"/films/{movie.pk}/#reviews"
    assert "他没死" in page
    assert 'class="veil"' not in page
    assert "已编辑" in page


def test_a_refused_edit_keeps_what_was_written(mine, my_comment):
    page = mine.post(f"/comments/{my_comment.pk}/edit/", {"content": "长" * 2001, "has_spoilers": "on"})

    assert (page.status_code, page.context["draft"]) == (400, "长" * 2001)
    assert Comment.objects.get().content == "他死了"


def test_an_author_deletes(mine, movie, my_comment):
    asked_by_address = mine.get(f"/comments/{my_comment.pk}/delete/")
    still_there = Comment.objects.count()
    mine.post(f"/comments/{my_comment.pk}/delete/")

    assert (asked_by_address.status_code, still_there) == (302, 1)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("action", ["edit", "delete"])
def test_strangers_and_other_customers_find_no_form_for_it(client, my_comment, action):
    address = f"/comments/{my_comment.pk}/{action}/"

    passer_by = client.post(address, {"content": "ha"})
    client.force_login(a_customer())
    another = client.post(address, {"content": "ha"})

    assert (passer_by.status_code, passer_by.url.split("?")[0]) == (302, "/account/login/")
    assert another.status_code == 404
    assert Comment.objects.get().content == "他死了"


def test_a_reader_reports_anothers_comment(mine, movie):
    comment = Comment.objects.create(movie=movie, user=a_customer(), content="…", created_at=timezone.now())

    mine.post(f"/comments/{comment.pk}/report/")

    assert CommentReport.objects.get().comment == comment


@pytest.mark.parametrize("action", ["rate/", "comment/"])
def test_without_an_account_nothing_is_written(client, movie, action):
    answer = client.post(f"/films/{movie.pk}/{action}", {"score": "9", "content": "好看"})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    assert not Rating.objects.exists()
    assert not Comment.objects.exists()


def test_a_film_taken_down_takes_no_ratings(mine):
    movie = a_movie(status=Movie.Status.REMOVED)

    assert mine.post(f"/films/{movie.pk}/rate/", {"score": "9"}).status_code == 404


def test_the_page_takes_as_many_queries_for_three_of_everything_as_for_one(mine, movie, queries_of):
    at = timezone.now() + timedelta(days=1)

    def add():
        a_showtime(movie=movie, starts_at=at)
        Credit.objects.create(movie=movie, person=Person.objects.create(name="演员"))
        writer = a_customer()
        Comment.objects.create(movie=movie, user=writer, content="好看", created_at=timezone.now())
        Rating.objects.create(movie=movie, user=writer, score=8, rated_at=timezone.now())

    add()
    before = queries_of(mine, f"/films/{movie.pk}/")
    add()
    add()

    assert queries_of(mine, f"/films/{movie.pk}/") == before
