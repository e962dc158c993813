"""When what plays: the weekly rhythm of each hall, laid over the calendar. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cinema.clock import after
from cinema.days import moment_on

OPENS = time(10, 0)
LAST_START = time(22, 50)
LAST_START_WEEKDAYS = time(22, 15)
DUNE = "dune-part-two"

# A day in a hall is what it shows one after another; "19:20 film" waits for its hour, the rest starts when it can.
DAYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "imax": (
        (
            "the-general",
            "sintel",
            DUNE,
            "a-trip-to-the-moon",
            f"15:50 {DUNE}",
            f"19:20 {DUNE}",
            "night-of-the-living-dead",
        ),
        ("metropolis", f"13:10 {DUNE}", "tears-of-steel", "17:00 nosferatu", f"19:20 {DUNE}", "sintel"),
        (DUNE, "big-buck-bunny", "battleship-potemkin", f"15:30 {DUNE}", f"19:00 {DUNE}", "nosferatu"),
    ),
    "standard": (
        (
            "big-buck-bunny",
            "street-angel",
            "the-general",
            "the-goddess",
            "16:00 a-trip-to-the-moon",
            "battleship-potemkin",
            "19:00 street-angel",
            "the-cabinet-of-dr-caligari",
            "22:30 night-of-the-living-dead",
        ),
        (
            "the-general",
            "sintel",
            "the-goddess",
            f"13:50 {DUNE}",
            "tears-of-steel",
            "18:00 big-buck-bunny",
            "19:10 the-goddess",
            "nosferatu",
            "22:40 tears-of-steel",
        ),
        (
            "a-trip-to-the-moon",
            "battleship-potemkin",
            "street-angel",
            "the-cabinet-of-dr-caligari",
            "sintel",
            "17:00 the-general",
            f"18:50 {DUNE}",
            "22:05 nosferatu",
        ),
        (
            "big-buck-bunny",
            "the-goddess",
            "metropolis",
            "15:30 street-angel",
            "tears-of-steel",
            "18:00 battleship-potemkin",
            "19:40 street-angel",
            "21:30 night-of-the-living-dead",
        ),
    ),
    "vip": (
        (
            "the-cabinet-of-dr-caligari",
            "12:30 metropolis",
            "a-trip-to-the-moon",
            "16:20 the-goddess",
            f"18:30 {DUNE}",
            "22:00 nosferatu",
        ),
        (
            "street-angel",
            f"12:40 {DUNE}",
            "sintel",
            "17:00 the-general",
            "19:30 metropolis",
            "22:30 night-of-the-living-dead",
        ),
        (
            "the-goddess",
            "battleship-potemkin",
            "14:10 nosferatu",
            "tears-of-steel",
            "17:10 street-angel",
            f"19:40 {DUNE}",
            "22:50 a-trip-to-the-moon",
        ),
    ),
}


@dataclass(frozen=True)
class Screening:
    """A film in a hall at a time, as planned."""

    hall: str
    slug: str
    starts_at: datetime


def is_weekend(day: date) -> bool:
    """Saturday and Sunday."""
    return day.weekday() >= 5


def day_plan(*, hall: str, day: date, durations: Mapping[str, int], between: int) -> Iterator[Screening]:
    """What a hall shows on a day: never two things at once, nothing that would run into a fixed hour.

    ``between`` are the minutes a showtime takes the hall beside the film: trailers and cleaning.
    """
    shown = [entry.rpartition(" ") for entry in DAYS[hall][day.toordinal() % len(DAYS[hall])]]
    ready = moment_on(day, OPENS)
    last = moment_on(day, LAST_START if day.weekday() >= 4 else LAST_START_WEEKDAYS)
    for place, (hour, _space, slug) in enumerate(shown):
        if slug not in durations:
            continue
        starts_at = max(ready, _at(day, hour)) if hour else ready
        clears_at = after(starts_at, timedelta(minutes=durations[slug] + between))
        fixed = [_at(day, later) for later, _space, _slug in shown[place + 1 :] if later]
        if starts_at > last or (not hour and fixed and clears_at > fixed[0]):
            continue
        yield Screening(hall, slug, starts_at)
        ready = _next_five_minutes(clears_at)


def _at(day: date, hour: str) -> datetime:
    return moment_on(day, time.fromisoformat(hour))


def _next_five_minutes(moment: datetime) -> datetime:
    return after(moment, timedelta(minutes=-moment.minute % 5))
