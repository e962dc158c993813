"""The home page: what is on, day by day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Avg, Count
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import Movie
from cinema.days import add_days, day_of
from ticketing.models import Showtime

DAYS_AHEAD = 14
NEARLY_OVER = timedelta(hours=3)
FIRST_SHOWTIMES = 3
COMING_SOON = 6


@dataclass
class Screening:
    """A film of the day and when it plays."""

    movie: Movie
    showtimes: list[Showtime] = field(default_factory=list)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The programme of one day (today, or the next day with anything on), the days to come, and what comes soon.

    When today is nearly over, tomorrow's beginning stands below it.
    """
    now = timezone.now()
    today, tomorrow = day_of(now), add_days(day_of(now), 1)
    days = days_with_showtimes(Showtime.objects.on_sale(now), now)
    day = chosen_day(request.GET.get("date", ""), days)
    screenings = programme_of(day, now) if day else []
    at_end = day == today and tomorrow in days and nearly_over(screenings, now)
    beginning = beginning_of(tomorrow, now) if at_end else []
    context = {
        "days": days,
        "day": day,
        "today": today,
        "tomorrow": tomorrow,
        "screenings": screenings,
        "beginning": beginning,
        "featured": featured(screenings + beginning),
        "upcoming": Movie.objects.upcoming().prefetch_related("genres")[:COMING_SOON],
    }
    return render(request, "site/home.html", context)


def days_with_showtimes(showtimes, now: datetime) -> list[date]:
    """The local dates within the next days on which any of these showtimes plays."""
    soon = showtimes.filter(starts_at__lt=now + timedelta(days=DAYS_AHEAD)).order_by()
    return sorted(soon.annotate(day=TruncDate("starts_at")).values_list("day", flat=True).distinct())


def chosen_day(asked: str, days: list[date]) -> date | None:
    """The day asked for if there is anything on, else the first day with anything on."""
    return next((day for day in days if day.isoformat() == asked), days[0] if days else None)


def programme_of(day: date, now: datetime) -> list[Screening]:
    """The day's films, each with its showtimes still on sale; the film that plays soonest first."""
    showtimes = Showtime.objects.on_sale(now).on_day(day).with_place().with_occupancy(now)
    return by_movie(showtimes)


def nearly_over(screenings: list[Screening], now: datetime) -> bool:
    """Whether the last showtime of these begins soon."""
    return all(showtime.starts_at < now + NEARLY_OVER for one in screenings for showtime in one.showtimes)


def beginning_of(day: date, now: datetime) -> list[Screening]:
    """The day's films, each with its first showtimes only."""
    return [Screening(one.movie, one.showtimes[:FIRST_SHOWTIMES]) for one in programme_of(day, now)]


def by_movie(showtimes: Iterable[Showtime]) -> list[Screening]:
    """Showtimes gathered under their films, which carry genres, mean score and number of raters."""
    screenings: dict[int, Screening] = {}
    for showtime in showtimes:
        screenings.setdefault(showtime.movie_id, Screening(showtime.movie)).showtimes.append(showtime)

    rated = Movie.objects.annotate(score=Avg("ratings__score"), raters=Count("ratings"))
    for movie in rated.filter(pk__in=screenings).prefetch_related("genres"):
        screenings[movie.pk].movie = movie
    return list(screenings.values())


def featured(screenings: list[Screening]) -> Movie | None:
    """The film for the big screen: the best attended of the day, one with a wide picture before one without."""
    if not screenings:
        return None

    def weight(screening: Screening) -> tuple[bool, int]:
        attended = sum(showtime.taken_count for showtime in screening.showtimes)
        return bool(screening.movie.backdrop_url), attended

    return max(screenings, key=weight).movie
