"""The programme: planning showtimes, moving them, calling them off."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import Movie
from cinema.clock import after, utc
from cinema.errors import Conflict, InvalidInput
from cinema.money import units
from ticketing.programme.models import Showtime
from ticketing.venue.halls import HallNotFound
from ticketing.venue.models import MAX_PRESHOW_MINUTES, Hall

MAX_PRICE = 100_000  # of major units


class ShowtimesOverlap(Conflict):
    """The hall is taken at that time; ``details['other']`` is the showtime in the way, where known."""

    code = "showtimes_overlap"
    message = _("Another showtime takes up the hall at this time.")


class HallClosed(Conflict):
    """A closed hall takes no new showtimes."""

    code = "hall_closed"
    message = _("This hall is closed.")


class MovieRemoved(Conflict):
    """A film that was taken down isn't shown."""

    code = "movie_removed"
    message = _("This movie has been taken down.")


@transaction.atomic
def add_showtime(
    *,
    movie: Movie,
    hall: Hall,
    starts_at: datetime,
    price: int,
    status: str = Showtime.Status.PUBLISHED,
    preshow_minutes: int | None = None,
    **facts: Any,
) -> Showtime:
    """Plan a showtime; ``facts`` are its other fields (format, price_card, language_version).

    The hall is taken for advertising and trailers (the hall's usual time unless given), the film's length and the
    hall's turnaround. Raises ShowtimesOverlap, HallClosed, MovieRemoved, InvalidInput.
    """
    showtime = Showtime(movie=movie, hall=hall, starts_at=starts_at, price=price, status=status, **facts)
    showtime.preshow_minutes = hall.preshow_minutes if preshow_minutes is None else preshow_minutes
    return place(showtime)


def place(showtime: Showtime) -> Showtime:
    """Work out when it ends and write it, if the hall is free. Hall and film are locked, so planners queue."""
    validate_price(showtime.price)
    hall = Hall.objects.select_for_update(no_key=True).filter(pk=showtime.hall_id).first()
    if hall is None:
        raise HallNotFound
    movie = Movie.objects.select_for_update(no_key=True).filter(pk=showtime.movie_id).first()
    if movie is None:
        raise MovieRemoved
    fit(showtime=showtime, hall=hall, movie=movie)
    try:
        with transaction.atomic():
            showtime.save()
    except IntegrityError:
        # The database's own rule (an exclusion constraint, on SQLite a trigger) has the last word.
        raise ShowtimesOverlap from None
    return showtime


def fit(*, showtime: Showtime, hall: Hall, movie: Movie) -> None:
    """Work out when it ends, if hall and film can be had and nothing is in the way.

    Raises HallClosed, MovieRemoved, ShowtimesOverlap, InvalidInput.
    """
    if not 0 <= showtime.preshow_minutes <= MAX_PRESHOW_MINUTES:
        raise InvalidInput(_("Advertising and trailers take from 0 to 60 minutes."), field="preshow_minutes")
    if not hall.is_open:
        raise HallClosed
    if not movie.is_on_show:
        raise MovieRemoved
    set_times(showtime=showtime, hall=hall, movie=movie)
    others = Showtime.objects.exclude(pk=showtime.pk).overlapping(
        hall_id=hall.pk, starts_at=showtime.starts_at, clears_at=showtime.clears_at
    )
    if other := others.select_related("movie").first():
        raise ShowtimesOverlap(other=other)


def set_times(*, showtime: Showtime, hall: Hall, movie: Movie) -> None:
    """Work out when film and showtime end and the hall is ready again. Raises InvalidInput past the end of time."""
    try:
        showtime.starts_at = utc(showtime.starts_at)
        showtime.ends_at = after(showtime.film_starts_at, timedelta(minutes=movie.duration))
        showtime.clears_at = after(showtime.ends_at, timedelta(minutes=hall.turnaround_minutes))
    except OverflowError:
        raise InvalidInput(_("This date is too far away."), field="starts_at") from None


def validate_price(price: int) -> None:
    """Raise InvalidInput unless the price lies within bounds."""
    if not 0 <= price <= MAX_PRICE * units():
        raise InvalidInput(_("A price lies between 0 and 100000."), field="price")
