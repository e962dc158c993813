"""How full the house was: seats sold and people let in, of the seats there were, on the days of the showtimes.

Seats are those the halls have for sale now; showtimes that were called off, and drafts, don't count.
"""

from collections import defaultdict
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import ExtractHour
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.figures import per_cent, seats_for_sale
from backoffice.reports.box_office import DIMENSIONS
from backoffice.reports.periods import BadPeriod
from backoffice.reports.table import COUNT, PERCENT, Column, Report
from cinema.clock import house_zone, local
from cinema.days import DayOf, Period, day_of
from ticketing.models import Showtime, Ticket

OCCUPANCY_BY: dict[str, Promise] = {"hall": _("Hall"), "film": _("Film"), "day": _("Day"), "hour": _("Hour of start")}
FIELDS = {"hall": "hall", "film": "movie", "day": "starts_at", "hour": "starts_at"}


def occupancy(*, period: Period, by: str = "hall") -> Report:
    """Showtimes, seats, tickets and admissions of the period by hall, film, day or hour. Raises BadPeriod."""
    if by not in OCCUPANCY_BY:
        raise BadPeriod(_("There is no such report."))
    showtimes, seats = _offered(period, by)
    sold, admitted = _taken(period, by)
    keys = sorted(showtimes) if by in {"day", "hour"} else sorted(showtimes, key=lambda key: (-sold[key], key))
    names = _names(by, keys)
    rows = [[names[key], showtimes[key], seats[key], sold[key], 0, admitted[key], 0] for key in keys]
    totals = [_("Total"), *[sum(row[at] for row in rows) for at in range(1, 7)]]
    for row in [*rows, totals]:
        row[4], row[6] = per_cent(row[3], row[2]), per_cent(row[5], row[3])
    return Report(
        key=f"occupancy-{by}",
        title=_("Occupancy"),
        columns=[
            Column(by, OCCUPANCY_BY[by]),
            Column("showtimes", _("Showtimes"), COUNT),
            Column("seats", pgettext_lazy("report", "Seats"), COUNT),
            Column("tickets", pgettext_lazy("report", "Tickets"), COUNT),
            Column("occupancy", _("Occupancy"), PERCENT),
            Column("admitted", _("Admitted"), COUNT),
            Column("came", _("Attendance"), PERCENT),
        ],
        rows=rows,
        totals=totals,
        charted=[4],
        row_count=len(rows),
    )


def _offered(period: Period, by: str) -> tuple[dict, dict]:
    sizes = seats_for_sale()
    standing = Showtime.objects.filter(period.holds("starts_at"), status=Showtime.Status.PUBLISHED).order_by()
    showtimes: dict[Any, int] = defaultdict(int)
    seats: dict[Any, int] = defaultdict(int)
    rows = standing.annotate(key=_key(period, by)).values_list("key", "hall").annotate(n=Count("*"))
    for key, hall, count in rows:
        showtimes[key] += count
        seats[key] += count * sizes.get(hall, 0)
    return showtimes, seats


def _taken(period: Period, by: str) -> tuple[dict, dict]:
    standing = Ticket.objects.filter(period.holds("showtime__starts_at"), showtime__status="published").order_by()
    counts = standing.values_list(f"showtime__{FIELDS[by]}").annotate(
        sold=Count("status", filter=~Q(status=Ticket.Status.REFUNDED)),
        admitted=Count("status", filter=Q(status=Ticket.Status.USED)),
    )
    sold: dict[Any, int] = defaultdict(int)
    admitted: dict[Any, int] = defaultdict(int)
    for value, tickets, people in counts:
        key = _key_of(by, value)
        sold[key] += tickets
        admitted[key] += people
    return sold, admitted


def _key(period: Period, by: str) -> Any:
    if by == "day":
        return DayOf("starts_at", period.first, period.last)
    if by == "hour":
        return ExtractHour("starts_at", tzinfo=house_zone())
    return F(FIELDS[by])


def _key_of(by: str, value: Any) -> Any:
    """The row a film, hall or start belongs to. Starts are few, so the clock is read here, not a million times."""
    if by == "day":
        return day_of(value)
    if by == "hour":
        return local(value).hour
    return value


def _names(by: str, keys: list[Any]) -> dict[Any, str]:
    if by == "hour":
        return {key: f"{key:02d}:00" for key in keys}
    return DIMENSIONS[by].names(keys)
