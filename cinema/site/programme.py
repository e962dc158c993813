"""The programme as pages show it: kept between requests, and how full each showtime is, asked for with each.

What is kept is kept under the version of everything it shows (``cinema.changes``), never for a time, and under the day
it was looked at; what hangs on the very moment (which showtimes have begun, who holds seats) is worked out each time.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Avg, Count, Max, Min
from django.db.models.functions import TruncDate

from catalog.models import Movie
from cinema.changes import Version
from cinema.days import add_days, day_of, midnight
from cinema.kept import Kept
from social.reviews import Verdict, verdict_on
from ticketing.models import Claim, Showtime

DAYS_AHEAD = 14


@dataclass
class Screening:
    """A film of the day and when it plays."""

    movie: Movie
    showtimes: list[Showtime] = field(default_factory=list)


@dataclass(frozen=True)
class OpenDay:
    """A day on which something is on sale, and when the first and the last of it begin."""

    day: date
    first: datetime
    last: datetime


_open_days: Kept[list[OpenDay]] = Kept(256)
_programmes: Kept[list[Screening]] = Kept(32)
_to_come: Kept[list[Movie]] = Kept(4)
_films: Kept[Movie | None] = Kept(128)
_verdicts: Kept[Verdict] = Kept(512)


def days_with_showtimes(version: Version, now: datetime, *, movie_id: int | None = None) -> list[date]:
    """The local dates within the next days on which anything can be bought; of one film, where one is named."""
    begun, horizon = now - timedelta(minutes=settings.SALES_CLOSE_MINUTES), now + timedelta(days=DAYS_AHEAD)
    first = day_of(begun)
    found = _open_days.get((version, first, movie_id), lambda: _days_from(first, movie_id))
    return [one.day for one in found if one.last > begun and one.first < horizon]


def programme_of(version: Version, day: date, now: datetime) -> list[Screening]:
    """The day's films, each with its showtimes still on sale; the film that plays soonest first."""
    begun = now - timedelta(minutes=settings.SALES_CLOSE_MINUTES)
    whole = _programmes.get((version, day), lambda: _programme_of(day))
    left = [(one.movie, [at for at in one.showtimes if at.starts_at > begun]) for one in whole]
    screenings = [Screening(movie, showtimes) for movie, showtimes in left if showtimes]
    return sorted(screenings, key=lambda one: (one.showtimes[0].starts_at, one.showtimes[0].pk))


def showtimes_of(version: Version, movie: Movie, day: date, now: datetime) -> list[Showtime]:
    """The film's showtimes of a day that are still on sale, their seats counted."""
    found = [at for one in programme_of(version, day, now) if one.movie == movie for at in one.showtimes]
    taken = taken_at(found, now) if found else {}
    return [counted(showtime, taken.get(showtime.pk, 0)) for showtime in found]


def counted(showtime: Showtime, taken: int) -> Showtime:
    """The showtime with so many seats taken; what is kept of it stays as it is for everybody else."""
    own = copy(showtime)
    own.taken_count = taken
    return own


def film_on_show(version: Version, pk: int) -> Movie | None:
    """The film with its genres and people, unless it was taken down."""
    return _films.get((version, pk), lambda: Movie.objects.on_show().with_cast().filter(pk=pk).first())


def verdict_of(version: Version, movie: Movie) -> Verdict:
    """What its raters think."""
    return _verdicts.get((version, movie.pk), lambda: verdict_on(movie=movie))


def taken_at(showtimes: Iterable[Showtime], now: datetime) -> dict[int, int]:
    """How many seats of each showtime are held or sold at ``now``, in one query."""
    claims = Claim.objects.live(now).filter(showtime__in=[one.pk for one in showtimes]).order_by()
    return dict(claims.values_list("showtime").annotate(Count("pk")))


def films_to_come(version: Version, count: int) -> list[Movie]:
    """The next films to open, with their genres."""
    upcoming = Movie.objects.upcoming().prefetch_related("genres")
    return _to_come.get((version, count), lambda: list(upcoming[:count]))


def _days_from(first: date, movie_id: int | None) -> list[OpenDay]:
    showtimes = Showtime.objects.for_sale().between(midnight(first), midnight(add_days(first, DAYS_AHEAD + 2)))
    if movie_id is not None:
        showtimes = showtimes.filter(movie=movie_id)
    days = showtimes.order_by().annotate(day=TruncDate("starts_at")).values_list("day")
    return sorted((OpenDay(*row) for row in days.annotate(Min("starts_at"), Max("starts_at"))), key=lambda one: one.day)


def _programme_of(day: date) -> list[Screening]:
    """The day's films with genres, mean score and number of raters, each with all its showtimes."""
    screenings: dict[int, Screening] = {}
    for showtime in Showtime.objects.for_sale().on_day(day).with_place().with_seat_count():
        screenings.setdefault(showtime.movie_id, Screening(showtime.movie)).showtimes.append(showtime)

    rated = Movie.objects.annotate(score=Avg("ratings__score"), raters=Count("ratings"))
    for movie in rated.filter(pk__in=screenings).prefetch_related("genres"):
        screenings[movie.pk].movie = movie
    return list(screenings.values())
