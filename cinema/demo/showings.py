"""Putting the timetable into the programme, day by day."""

from collections.abc import Mapping
from datetime import date

from simple_history.utils import bulk_create_with_history

from catalog.models import Movie
from cinema.clock import local
from cinema.days import add_days, day_of
from cinema.demo.house import HALLS, House
from cinema.demo.programme import FILMS
from cinema.demo.timetable import Screening, day_plan, is_weekend
from cinema.money import to_minor
from ticketing.models import Hall, PriceCard, Showtime
from ticketing.programme.scheduling import set_times

MATINEE_ENDS = 14
ON_THE_PRINT = {"English": "原声 OV", "Mandarin": "国语 Mandarin", "Silent": "默片 Silent"}
FILM = {film.slug: film for film in FILMS}


def plan_days(
    *, first: date, days: int, halls: Mapping[str, Hall], movies: Mapping[str, Movie], cards: Mapping[str, PriceCard]
) -> list[tuple[str, Showtime]]:
    """Plan so many days; returns film slug and showtime. What staff have planned in the way stays, ours gives way."""
    planned: list[tuple[str, Showtime]] = []
    durations = {slug: movie.duration for slug, movie in movies.items()}
    for key, hall in halls.items():
        busy = [(one.starts_at, one.clears_at) for one in Showtime.objects.standing().filter(hall=hall)]
        for offset in range(days):
            screenings = day_plan(
                hall=key,
                day=add_days(first, offset),
                durations=durations,
                between=hall.preshow_minutes + hall.turnaround_minutes,
            )
            for screening in screenings:
                showtime = _planned(screening, hall=hall, movie=movies[screening.slug], cards=cards)
                if not any(showtime.starts_at < end and start < showtime.clears_at for start, end in busy):
                    planned.append((screening.slug, showtime))
                    busy.append((showtime.starts_at, showtime.clears_at))
    planned.sort(key=lambda pair: (day_of(pair[1].starts_at), pair[1].hall_id, pair[1].starts_at))
    # In one statement, for there are hundreds; the database's own rule still lets no two of them overlap.
    bulk_create_with_history([showtime for _slug, showtime in planned], Showtime, batch_size=200)
    return planned


def _planned(screening: Screening, *, hall: Hall, movie: Movie, cards: Mapping[str, PriceCard]) -> Showtime:
    house, film = HALLS[screening.hall], FILM[screening.slug]
    weekend = is_weekend(day_of(screening.starts_at))
    in_imax = hall.hall_type == Hall.Type.IMAX and not film.is_short
    showtime = Showtime(
        movie=movie,
        hall=hall,
        starts_at=screening.starts_at,
        preshow_minutes=hall.preshow_minutes,
        price=_price(screening, house),
        price_card=cards[_card(screening, house, weekend)],
        format=Showtime.Format.IMAX if in_imax else Showtime.Format.FLAT,
        language_version=ON_THE_PRINT.get(film.language, ""),
        status=Showtime.Status.PUBLISHED,
    )
    set_times(showtime=showtime, hall=hall, movie=movie)
    return showtime


def _price(screening: Screening, house: House) -> int:
    if FILM[screening.slug].is_short:
        return to_minor(house.short)
    if is_weekend(day_of(screening.starts_at)):
        return to_minor(house.weekend)
    return to_minor(house.matinee if local(screening.starts_at).hour < MATINEE_ENDS else house.weekday)


def _card(screening: Screening, house: House, weekend: bool) -> str:
    if FILM[screening.slug].is_short:
        return "短片票价"
    return house.card or ("周末票价" if weekend else "平日票价")
