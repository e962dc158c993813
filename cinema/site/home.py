"""The home page: what is on, day by day."""

from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.cards import film_card
from catalog.models import Movie
from cinema.changes import version
from cinema.days import add_days, day_of
from cinema.site.fragments import screening_card
from cinema.site.programme import Screening, days_with_showtimes, films_to_come, programme_of, taken_at

NEARLY_OVER = timedelta(hours=3)
FIRST_SHOWTIMES = 3
COMING_SOON = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The programme of one day (today, or the next day with anything on), the days to come, and what comes soon.

    When today is nearly over, tomorrow's beginning stands below it. Two queries, however much is on.
    """
    state, now = version(), timezone.now()
    today, tomorrow = day_of(now), add_days(day_of(now), 1)
    days = days_with_showtimes(state, now)
    day = chosen_day(request.GET.get("date", ""), days)
    screenings = programme_of(state, day, now) if day else []
    at_end = day == today and tomorrow in days and nearly_over(screenings, now)
    beginning = first_of(programme_of(state, tomorrow, now)) if at_end else []
    shown = screenings + beginning
    taken = taken_at([showtime for one in shown for showtime in one.showtimes], now) if shown else {}
    upcoming = films_to_come(state, COMING_SOON)
    context = {
        "days": days,
        "day": day,
        "today": today,
        "tomorrow": tomorrow,
        "screenings": screenings,
        "screening_cards": [screening_card(state, one, taken) for one in screenings],
        "beginning": beginning,
        "beginning_cards": [screening_card(state, one, taken) for one in beginning],
        "featured": featured(shown, taken),
        "upcoming": upcoming,
        "upcoming_cards": [film_card(state, movie, today) for movie in upcoming],
    }
    return render(request, "site/home.html", context)


def chosen_day(asked: str, days: list[date]) -> date | None:
    """The day asked for if there is anything on, else the first day with anything on."""
    return next((day for day in days if day.isoformat() == asked), days[0] if days else None)


def nearly_over(screenings: list[Screening], now: datetime) -> bool:
    """Whether the last showtime of these begins soon."""
    return all(showtime.starts_at < now + NEARLY_OVER for one in screenings for showtime in one.showtimes)


def first_of(screenings: list[Screening]) -> list[Screening]:
    """The day's films, each with its first showtimes only."""
    return [Screening(one.movie, one.showtimes[:FIRST_SHOWTIMES]) for one in screenings]


def featured(screenings: list[Screening], taken: dict[int, int]) -> Movie | None:
    """The film for the big screen: the best attended of the day, one with a wide picture before one without."""
    if not screenings:
        return None

    def weight(screening: Screening) -> tuple[bool, int]:
        attended = sum(taken.get(showtime.pk, 0) for showtime in screening.showtimes)
        return bool(screening.movie.backdrop_url), attended

    return max(screenings, key=weight).movie
