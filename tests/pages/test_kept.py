"""What is kept between requests: the next page shows every change, whoever made it and by whatever door."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.cards import _cards as film_cards
from catalog.models import Genre, Movie
from catalog.views import _walls
from cinema.changes import Change, gather_changes, version
from cinema.kept import Kept
from cinema.site import programme
from cinema.site.fragments import _cards as screening_cards
from social.reviews import rate_movie
from tests.factories import a_customer, a_hall, a_movie, a_paid_order, a_showtime, an_order, money
from ticketing.models import Claim, Hall, Showtime
from ticketing.programme.scheduling import add_showtime
from ticketing.sale.broken_seats import set_for_sale
from ticketing.sale.hall_changes import replace_grid
from ticketing.sale.showtime_changes import update_showtime
from ticketing.venue.grids import default_grid

pytestmark = pytest.mark.django_db


@pytest.fixture
def showtime():
    """A film tomorrow in a hall of seven, another that comes soon."""
    a_movie("新片", status=Movie.Status.UPCOMING).genres.add(Genre.objects.create(name="喜剧"))
    return a_showtime(movie=a_movie("沙丘2", title_en="Dune"), hall=a_hall(rows=1, cols=7))


def pages(client, showtime):
    """What a visitor sees of the programme, in both languages; forms' tokens left out."""
    paths = ["/", "/films/", f"/films/{showtime.movie_id}/"]
    seen = [client.get(prefix + path).text for prefix in ("", "/en") for path in paths]
    return [" ".join(word for word in text.split() if "value=" not in word) for text in seen]


def forget_everything():
    """As in a process that has just begun."""
    kept = [programme._open_days, programme._programmes, programme._to_come, programme._films, programme._verdicts]
    for one in [*kept, film_cards, screening_cards, _walls]:
        one.clear()


def another_showtime(showtime):
    """The film plays once more."""
    at = showtime.starts_at + timedelta(hours=5)
    add_showtime(movie=showtime.movie, hall=showtime.hall, starts_at=at, price=money(45))


def another_price(showtime):
    """It costs more."""
    update_showtime(showtime_id=showtime.pk, price=money(99), now=timezone.now())


def called_off(showtime):
    """It does not take place."""
    Showtime.objects.filter(pk=showtime.pk).update(status=Showtime.Status.CANCELLED)


def another_title(showtime):
    """The film gets other titles."""
    Movie.objects.filter(pk=showtime.movie_id).update(title="沙丘三", title_en="Dune III")


def another_genre(showtime):
    """The film gets a genre."""
    showtime.movie.genres.add(Genre.objects.create(name="科幻", name_en="Science fiction"))


def genre_renamed(showtime):
    """A genre is called otherwise, by SQL alone."""
    showtime.movie.genres.add(Genre.objects.get())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_genre SET name = '纪录', name_en = 'Documentary'")


def a_rating(showtime):
    """Somebody likes it."""
    rate_movie(user=a_customer(), movie=showtime.movie, score=9, now=timezone.now())


def taken_down(showtime):
    """Another film than this one is taken down."""
    Movie.objects.filter(status=Movie.Status.UPCOMING).update(status=Movie.Status.REMOVED)


def hall_renamed(showtime):
    """The hall is called otherwise."""
    Hall.objects.filter(pk=showtime.hall_id).update(name="巨幕厅", name_en="Giant")


def hall_closed(showtime):
    """Nothing is sold in the hall."""
    Hall.objects.filter(pk=showtime.hall_id).update(status=Hall.Status.BANNED)


def nearly_sold_out(showtime):
    """One seat is left."""
    a_paid_order(showtime=showtime, seats=["A1", "A2", "A3"])
    an_order(showtime=showtime, seats=["A4", "A5", "A6"])


def sold_out(showtime):
    """No seat is left, the last are held."""
    a_paid_order(showtime=showtime, seats=["A1", "A2", "A3"])
    an_order(showtime=showtime, seats=["A4", "A5", "A6", "A7"])


def smaller_hall(showtime):
    """Four seats go, one of those that stay is sold, so that one is left."""
    a_paid_order(showtime=showtime, seats=["A1"])
    replace_grid(hall_id=showtime.hall_id, grid=default_grid(2), now=timezone.now())
    set_for_sale(seat=showtime.hall.seats.present().last(), is_available=False, now=timezone.now())


CHANGES = [
    another_showtime,
    another_price,
    called_off,
    another_title,
    another_genre,
    genre_renamed,
    a_rating,
    taken_down,
]
CHANGES += [hall_renamed, hall_closed, nearly_sold_out, sold_out, smaller_hall]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_on_the_very_next_page(client, showtime, change):
    before = pages(client, showtime)

    change(showtime)

    after = pages(client, showtime)
    forget_everything()
    assert after != before
    assert after == pages(client, showtime)


def test_a_hold_that_runs_out_frees_its_seats_on_the_very_next_page(client, showtime):
    sold_out(showtime)
    full = client.get("/").text

    Claim.objects.filter(status="held").update(held_until=timezone.now())

    assert "已售罄" in full
    assert "已售罄" not in client.get("/").text


def test_selling_does_not_make_the_house_forget_its_programme(client, showtime):
    before = version()

    a_paid_order(showtime=showtime, seats=["A1"])

    assert version() == before


def test_no_version_comes_twice_when_marks_are_gathered(showtime):
    seen = [version()]
    for _round in range(5):
        gather_changes()
        seen.append(version())
        Showtime.objects.update(price=money(50))
        seen.append(version())

    assert len(set(seen)) == len(seen)
    gather_changes()
    assert Change.objects.count() == 1


def test_home_asks_twice_once_it_is_known_and_a_film_four_times(showtime):
    taken = {}
    for path in ("/", "/films/", f"/films/{showtime.movie_id}/"):
        Client().get(path)
        with CaptureQueriesContext(connection) as queries:
            Client().get(path)
        taken[path] = len(queries)

    assert taken == {"/": 2, "/films/": 1, f"/films/{showtime.movie_id}/": 4}


def test_what_nobody_asked_for_longest_makes_room():
    kept, made = Kept(2), []

    def ask(key):
        return kept.get(key, lambda: made.append(key) or key.upper())

    assert [ask(key) for key in "abacab"] == ["A", "B", "A", "C", "A", "B"]
    assert made == ["a", "b", "c", "b"]
    assert len(kept) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres  # SQLite has one writer at a time
def test_who_commits_late_is_shown_although_another_began_later_and_was_read_between(client, other_connection):
    showtime = a_showtime(movie=a_movie("沙丘2"))
    early, late = other_connection(), other_connection()
    early.execute("BEGIN")
    early.execute("UPDATE catalog_movie SET title = '沙丘三'")
    late.execute("UPDATE ticketing_hall SET name = '巨幕厅'")
    between = client.get("/").text

    early.execute("COMMIT")

    after = client.get("/").text
    assert ("沙丘三" in between, "巨幕厅" in between) == (False, True)
    assert ("沙丘三" in after, "巨幕厅" in after) == (True, True)
    assert f"/showtimes/{showtime.pk}/" in after


@pytest.fixture
def other_connection():
    """``other_connection()`` is a connection to the same database by the side of Django's."""
    opened = []

    def connect():
        opened.append(connection.copy())
        return opened[-1].cursor()

    yield connect
    for one in opened:
        one.close()
