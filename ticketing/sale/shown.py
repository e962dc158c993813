"""Showtimes with their prices as pages and the API show them, kept between requests.

They are kept under the version of what they show (``cinema.changes``): for looking at, not for selling, which reads and
locks its own rows. Whoever is given one shares it with everybody else and leaves it as it is.
"""

from cinema.changes import version
from cinema.kept import Kept
from ticketing.prices.tariffs import Tariff, tariff_of
from ticketing.programme.models import Showtime
from ticketing.programme.showtimes import ShowtimeNotFound

_shown: Kept[tuple[Showtime, Tariff] | None] = Kept(512)


def shown_showtime(*, showtime_id: int) -> tuple[Showtime, Tariff]:
    """A showtime the public may see, cancelled or past as it may be, and its tariff. Raises ShowtimeNotFound."""
    found = _shown.get((version(), showtime_id), lambda: _read(showtime_id))
    if found is None:
        raise ShowtimeNotFound
    return found


def _read(showtime_id: int) -> tuple[Showtime, Tariff] | None:
    showtime = Showtime.objects.public().with_place().filter(pk=showtime_id).first()
    return None if showtime is None else (showtime, tariff_of(showtime))
