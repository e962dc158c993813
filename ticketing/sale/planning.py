"""Planning many showtimes at once: copying days, filling a hall's day, publishing what was drafted.

Each showtime stands for itself: what does not fit is named with its reason and the others are planned all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie
from cinema.clock import NoSuchTime, after, elapsed, utc
from cinema.days import add_days, day_of, programme_day_start, same_time_on
from cinema.errors import CinemaError, InvalidInput
from ticketing.programme.models import Showtime
from ticketing.programme.scheduling import add_showtime
from ticketing.sale.showtime_changes import update_showtime
from ticketing.venue.models import Hall

MAX_DAYS = 31
MAX_SHOWINGS = 40
MAX_RUN = timedelta(hours=25)  # a day, also the one on which the clocks go back
STEP = timedelta(minutes=5)


class BadSpan(InvalidInput):
    """Days or times that make no span to plan."""

    code = "bad_span"
    message = _("Please choose from 1 to 31 days, and a first start before the last.")


@dataclass
class Outcome:
    """What was planned, and what was not, with the reason."""

    done: list[Showtime] = field(default_factory=list)
    refused: list[tuple[Showtime, CinemaError]] = field(default_factory=list)


def copy_days(*, first: date, days: int, to: date) -> Outcome:
    """Plan the showtimes of so many days again from ``to`` on, as drafts at the same time of day. Raises BadSpan."""
    if not 1 <= days <= MAX_DAYS:
        raise BadSpan
    planned = Showtime.objects.standing().between(*_span(first, days))
    outcome = Outcome()
    for showtime in planned.select_related("movie", "hall", "price_card"):
        # The same time of day, also when the clocks change in between; one that they skip can't be had.
        day = add_days(day_of(showtime.starts_at), (to - first).days)
        try:
            starts_at = same_time_on(day, showtime.starts_at)
        except NoSuchTime as refusal:
            outcome.refused.append((showtime, refusal))
            continue
        _plan(outcome, _copied(showtime, starts_at))
    return outcome


def fill_hall(
    *,
    movie: Movie,
    hall: Hall,
    first_start: datetime,
    last_start: datetime,
    price: int,
    preshow_minutes: int | None = None,
    then: Sequence[Movie] = (),
    **facts: Any,
) -> Outcome:
    """Plan a film over and over in a hall, in turn with others, as drafts, on full five minutes.

    Each begins as soon as the hall is ready. Raises BadSpan.
    """
    if not timedelta(0) <= elapsed(first_start, last_start) <= MAX_RUN:
        raise BadSpan
    outcome, starts_at = Outcome(), utc(first_start)
    preshow = hall.preshow_minutes if preshow_minutes is None else preshow_minutes
    in_turn = cycle([movie, *then])
    while starts_at <= utc(last_start) and len(outcome.done) + len(outcome.refused) < MAX_SHOWINGS:
        movie = next(in_turn)
        showtime = Showtime(movie=movie, hall=hall, starts_at=starts_at, price=price, **facts)
        showtime.preshow_minutes = preshow
        _plan(outcome, showtime)
        turn = timedelta(minutes=preshow + movie.duration + hall.turnaround_minutes)
        starts_at = after(starts_at, -(-turn // STEP) * STEP)
    return outcome


def publish_days(*, first: date, days: int, now: datetime) -> Outcome:
    """Put the drafts of these days on sale, those still to come. Raises BadSpan."""
    if not 1 <= days <= MAX_DAYS:
        raise BadSpan
    drafts = Showtime.objects.filter(status=Showtime.Status.DRAFT, starts_at__gt=now)
    outcome = Outcome()
    for showtime in drafts.between(*_span(first, days)):
        try:
            published = update_showtime(showtime_id=showtime.pk, now=now, status=Showtime.Status.PUBLISHED)
            outcome.done.append(published)
        except CinemaError as refusal:
            outcome.refused.append((showtime, refusal))
    return outcome


def _span(first: date, days: int) -> tuple[datetime, datetime]:
    return programme_day_start(first), programme_day_start(add_days(first, days))


def _copied(showtime: Showtime, starts_at: datetime) -> Showtime:
    return Showtime(
        movie=showtime.movie,
        hall=showtime.hall,
        starts_at=starts_at,
        preshow_minutes=showtime.preshow_minutes,
        price=showtime.price,
        price_card=showtime.price_card,
        format=showtime.format,
        language_version=showtime.language_version,
    )


def _plan(outcome: Outcome, showtime: Showtime) -> None:
    names = ("movie", "hall", "starts_at", "preshow_minutes", "price", "price_card", "format", "language_version")
    facts = {name: getattr(showtime, name) for name in names}
    try:
        with transaction.atomic():
            outcome.done.append(add_showtime(status=Showtime.Status.DRAFT, **facts))
    except CinemaError as refusal:
        outcome.refused.append((showtime, refusal))
