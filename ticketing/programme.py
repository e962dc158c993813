"""Looking showtimes up."""

from datetime import datetime

from ticketing.holds import ShowtimeNotFound
from ticketing.models import Showtime


def public_showtime(*, showtime_id: int, now: datetime | None = None) -> Showtime:
    """A showtime the public may see, cancelled or past as it may be; with ``now`` its seats are counted.

    Raises ShowtimeNotFound.
    """
    showtimes = Showtime.objects.exclude(status=Showtime.Status.DRAFT).filter(hall__hidden=False).with_place()
    if now is not None:
        showtimes = showtimes.with_occupancy(now)
    showtime = showtimes.filter(pk=showtime_id).first()
    if showtime is None or not showtime.movie.is_on_show:
        raise ShowtimeNotFound
    return showtime


def planned_showtime(*, showtime_id: int) -> Showtime:
    """A showtime that stands in the programme or in draft: what was called off is gone. Raises ShowtimeNotFound."""
    showtime = Showtime.objects.standing().filter(pk=showtime_id).first()
    if showtime is None:
        raise ShowtimeNotFound
    return showtime
