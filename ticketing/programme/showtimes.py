"""Looking showtimes up, locking them, and voiding sales under way when what may be sold changes."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cinema.errors import Conflict, NotFound
from ticketing.programme.models import Showtime


class ShowtimeNotFound(NotFound):
    """No showtime has this id, or it isn't for the public."""

    code = "showtime_not_found"
    message = _("There is no such showtime.")


class ShowtimeChanged(Conflict):
    """The hall or the showtime was changed in the same moment; nothing was done."""

    code = "showtime_changed"
    message = _("This showtime has just been changed. Please look again.")


def public_showtime(*, showtime_id: int, now: datetime | None = None) -> Showtime:
    """A showtime the public may see, cancelled or past as it may be; with ``now`` its seats are counted.

    Raises ShowtimeNotFound.
    """
    showtimes = Showtime.objects.public().with_place()
    if now is not None:
        showtimes = showtimes.with_occupancy(now)
    showtime = showtimes.filter(pk=showtime_id).first()
    if showtime is None:
        raise ShowtimeNotFound
    return showtime


def planned_showtime(*, showtime_id: int) -> Showtime:
    """A showtime that stands in the programme or in draft: what was called off is gone. Raises ShowtimeNotFound."""
    showtime = Showtime.objects.standing().filter(pk=showtime_id).first()
    if showtime is None:
        raise ShowtimeNotFound
    return showtime


def locked_showtime(showtime_id: int) -> Showtime:
    """The showtime, locked until the transaction ends. Raises ShowtimeNotFound."""
    rows = Showtime.objects.select_related("movie", "hall").select_for_update(of=("self",), no_key=True)
    showtime = rows.filter(pk=showtime_id).first()
    if showtime is None:
        raise ShowtimeNotFound
    return showtime


def newest_change(showtime: Showtime) -> int | None:
    """The number of its newest history entry."""
    return showtime.history.order_by("-history_id").values_list("history_id", flat=True).first()


@transaction.atomic
def touch_sales(*, showtimes: Sequence[int]) -> None:
    """Void every sale of these showtimes that has begun and not committed: what may be sold has changed.

    A sale ends by updating the showtime under the ``sales_version`` it began with; this waits for those that have got
    that far and makes the others fail with ShowtimeChanged.
    """
    ordered = Showtime.objects.filter(pk__in=showtimes).order_by("pk").select_for_update(no_key=True)
    ids = list(ordered.values_list("pk", flat=True))
    Showtime.objects.filter(pk__in=ids).update(sales_version=F("sales_version") + 1)
