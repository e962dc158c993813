"""The home page and the wall of films."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from catalog.models import Genre, Movie
from tests.factories import a_hall, a_movie, a_showtime, an_order
from ticketing.models import Hall, Showtime

pytestmark = pytest.mark.django_db


def soon(**facts):
    """A showtime in an hour."""
    return a_showtime(starts_at=timezone.now() + timedelta(hours=1), **facts)


def test_home_shows_the_films_of_the_first_day_with_anything_on(client):
    later, first = a_showtime(starts_at=timezone.now() + timedelta(days=3)), soon()

    page = client.get("/")

    assert [screening.movie for screening in page.context["screenings"]] == [first.movie]
    assert page.context["days"] == sorted({timezone.localdate(one.starts_at) for one in (first, later)})


def test_home_shows_the_day_asked_for(client):
    soon()
    later = a_showtime(starts_at=timezone.now() + timedelta(days=3))

    page = client.get("/", {"date": timezone.localdate(later.starts_at).isoformat()})

    assert [screening.movie for screening in page.context["screenings"]] == [later.movie]


@pytest.mark.parametrize("garbage", ["2026-99-99", "yesterday", "\x00", "9" * 400, "<script>"])
def test_home_takes_a_senseless_date_for_none(client, garbage):
    showtime = soon()

    page = client.get("/", {"date": garbage})

    assert [screening.movie for screening in page.context["screenings"]] == [showtime.movie]


def test_home_hides_what_cannot_be_bought(client):
    soon(status=Showtime.Status.DRAFT)
    soon(status=Showtime.Status.CANCELLED)
    soon(hall=a_hall(status=Hall.Status.BANNED))
    soon(movie=a_movie(status=Movie.Status.REMOVED))
    a_showtime(starts_at=timezone.now() - timedelta(minutes=1))

    page = client.get("/")

    assert page.context["screenings"] == []


def late_evening(hour, minute):
    """A moment of an evening of the house."""
    return timezone.make_aware(datetime(2026, 11, 27, hour, minute))


@pytest.fixture
def evening(time_machine):
    """A house whose last film of today begins at 22:15, and which opens at 10:00 tomorrow; it is 21:40."""
    time_machine.move_to(late_evening(21, 40), tick=False)
    last = a_showtime(starts_at=late_evening(22, 15))
    morning = late_evening(10, 0) + timedelta(days=1)
    film, hall = a_movie("沙丘2"), a_hall()
    first = [a_showtime(movie=film, hall=hall, starts_at=morning + timedelta(hours=3 * number)) for number in range(4)]
    return last, first


def test_home_offers_tomorrows_beginning_when_today_is_nearly_over(client, evening):
    last, first = evening

    page = client.get("/")

    assert [one.movie for one in page.context["screenings"]] == [last.movie]
    assert [(one.movie, one.showtimes) for one in page.context["beginning"]] == [(first[0].movie, first[:3])]
    html = page.content.decode()
    assert "明天最早的场次" in html
    assert f'href="/showtimes/{first[0].pk}/"' in html
    assert f'href="/showtimes/{first[3].pk}/"' not in html
    assert 'href="?date=2026-11-28#programme"' in html


@pytest.mark.parametrize("asked", ["2026-11-28", "2026-11-27"])
def test_home_repeats_nothing_on_the_day_asked_for(client, evening, asked):
    page = client.get("/", {"date": asked})

    assert bool(page.context["beginning"]) == (asked == "2026-11-27")


def test_home_speaks_of_today_alone_while_it_goes_on(client, evening, time_machine):
    time_machine.move_to(late_evening(19, 14), tick=False)

    assert client.get("/").context["beginning"] == []


def test_home_shows_tomorrow_itself_once_today_is_over(client, evening, time_machine):
    _, first = evening
    time_machine.move_to(late_evening(23, 58), tick=False)

    page = client.get("/")

    assert page.context["day"] == timezone.localdate(first[0].starts_at)
    assert [one.showtimes for one in page.context["screenings"]] == [first]
    assert page.context["beginning"] == []


def test_home_offers_no_beginning_where_tomorrow_is_closed(client, evening, time_machine):
    _, first = evening
    for showtime in first:
        showtime.delete()

    assert client.get("/").context["beginning"] == []


def test_home_takes_as_many_queries_for_three_films_of_tomorrow_as_for_one(client, evening, queries_of):
    before = queries_of(client, "/")

    for hours in (15, 18):
        a_showtime(starts_at=late_evening(21, 0) + timedelta(hours=hours))

    assert queries_of(client, "/") == before


def test_home_of_an_empty_house_says_so(client):
    page = client.get("/")

    assert page.status_code == 200
    assert "暂时没有可售场次" in page.content.decode()


def test_home_says_when_a_showtime_is_sold_out(client):
    showtime = soon(hall=a_hall(rows=1, cols=2))
    an_order(showtime=showtime, seats=["A1", "A2"])

    page = client.get("/")

    assert "已售罄" in page.content.decode()
    assert f"/showtimes/{showtime.pk}/" not in page.content.decode()


def test_home_shows_what_comes_soon(client):
    coming = a_movie(status=Movie.Status.UPCOMING)

    page = client.get("/")

    assert list(page.context["upcoming"]) == [coming]


def test_home_speaks_english_under_its_prefix(client):
    soon(movie=a_movie("沙丘2", title_en="Dune: Part Two"))

    page = client.get("/en/").content.decode()

    assert '<html lang="en"' in page
    assert "Dune: Part Two" in page
    assert "沙丘2" not in page


def test_home_takes_as_many_queries_for_three_showtimes_as_for_one(client, queries_of):
    at = timezone.now() + timedelta(hours=1)
    a_showtime(starts_at=at, movie=a_movie(status=Movie.Status.RELEASED))
    a_movie(status=Movie.Status.UPCOMING)
    before = queries_of(client, "/")

    for _each in range(2):
        a_showtime(starts_at=at)
        a_movie(status=Movie.Status.UPCOMING)

    assert queries_of(client, "/") == before


def test_films_are_found_by_word_status_and_genre(client):
    drama = Genre.objects.create(name="剧情")
    wanted = a_movie("春光乍泄")
    wanted.genres.add(drama)
    a_movie("春天", status=Movie.Status.UPCOMING).genres.add(drama)
    a_movie("春风")

    page = client.get("/films/", {"q": "春", "show": "now", "genre": drama.pk})

    assert list(page.context["page"]) == [wanted]


def test_films_hide_what_was_taken_down(client):
    a_movie(status=Movie.Status.REMOVED)

    assert list(client.get("/films/").context["page"]) == []


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=" + "9" * 30, "genre=x", "genre=" + "9" * 30, "q=%00", "show=x"]
)
def test_films_take_senseless_parameters_for_none(client, query):
    a_movie()

    assert client.get(f"/films/?{query}").status_code == 200


def test_films_take_as_many_queries_for_three_films_as_for_one(client, queries_of):
    a_movie()
    before = queries_of(client, "/films/")

    for _each in range(2):
        a_movie()

    assert queries_of(client, "/films/") == before
