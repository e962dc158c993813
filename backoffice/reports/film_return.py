"""A film's weekly return for its distributor: what it took each day of a film week, by price.

Tickets count on the day of their showtime; what was given back is out. A return that was filed is drawn from the lines
that were filed, whatever has been given back since (``backoffice.returns`` files them).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.reports.table import COUNT, MONEY, Column, Report
from catalog.models import Movie
from cinema.days import DayOf, Period
from cinema.money import to_major
from ticketing.models import FilmReturn, PriceType, Showtime, Ticket


@dataclass(frozen=True)
class ReturnLine:
    """Tickets of a day at one price; without a type the day had none. ``showtimes`` stands on a day's first line."""

    day: str
    showtimes: int | None
    type: str
    price: int | None
    tickets: int
    gross: int


def films_with_showtimes(period: Period) -> QuerySet[Movie]:
    """The films that run in the period."""
    running = Showtime.objects.filter(period.holds("starts_at"), status=Showtime.Status.PUBLISHED)
    return Movie.objects.filter(pk__in=running.order_by().values("movie")).order_by("title")


def film_return(*, movie: Movie, week: Period) -> Report:
    """Every day of the week as it stands now: its showtimes, and tickets and gross by price type and price."""
    return return_report(movie.pk, return_lines(movie=movie, week=week))


def filed_report(filed: FilmReturn) -> Report:
    """The same as it was filed."""
    lines = [ReturnLine(**line) for line in filed.lines]
    return return_report(filed.movie_id, lines, version=filed.version)


def return_lines(*, movie: Movie, week: Period) -> list[ReturnLine]:
    """What the return says, as plain data; days without tickets have a line too."""
    showings = _showings(movie, week)
    sold: dict[date, list[dict]] = {day: [] for day in week.days()}
    for line in _lines(movie, week):
        sold[line["day"]].append(line)
    lines = []
    for day, found in sold.items():
        shown: int | None = showings.get(day, 0)
        for one in found or [{"price_type": "", "price": None, "tickets": 0, "gross": 0}]:
            facts = {"type": one["price_type"], "price": one["price"], "tickets": one["tickets"]}
            lines.append(ReturnLine(day=day.isoformat(), showtimes=shown, gross=one["gross"], **facts))
            shown = None
    return lines


def return_report(movie_id: int, lines: Sequence[ReturnLine], *, version: int = 0) -> Report:
    """The lines as a report."""
    rows: list[list[Any]] = [
        [date.fromisoformat(one.day), one.showtimes, type_name(one.type), one.price, one.tickets, one.gross]
        for one in lines
    ]
    shown = sum(one.showtimes or 0 for one in lines)
    return Report(
        key=f"return-{movie_id}-v{version}" if version else f"return-{movie_id}",
        title=_("Weekly return"),
        columns=[
            Column("day", _("Day")),
            Column("showtimes", _("Showtimes"), COUNT),
            Column("type", _("Price type")),
            Column("price", _("Ticket price"), MONEY),
            Column("tickets", pgettext_lazy("report", "Tickets"), COUNT),
            Column("gross", _("Gross"), MONEY),
        ],
        rows=rows,
        totals=[_("Total"), shown, "", None, sum(one.tickets for one in lines), sum(one.gross for one in lines)],
        row_count=len(rows),
    )


def type_name(code: str) -> str:
    """How a price type is called on the page."""
    return str(PriceType(code).label) if code in PriceType.values else code


def gross_by_day(report: Report) -> dict:
    """The return's chart: a bar a day."""
    days: dict[date, int] = {}
    for row in report.rows:
        days[row[0]] = days.get(row[0], 0) + row[5]
    values = [float(to_major(gross)) for gross in days.values()]
    return {"labels": [f"{day:%m-%d}" for day in days], "series": [{"label": str(_("Gross")), "values": values}]}


def _showings(movie: Movie, week: Period) -> dict[date, int]:
    shown = Showtime.objects.filter(week.holds("starts_at"), movie=movie, status=Showtime.Status.PUBLISHED).order_by()
    by_day = shown.annotate(day=DayOf("starts_at", week.first, week.last)).values_list("day")
    return dict(by_day.annotate(n=Count("pk")))


def _lines(movie: Movie, week: Period) -> QuerySet:
    standing = Ticket.objects.filter(week.holds("showtime__starts_at"), showtime__movie=movie)
    standing = standing.exclude(status=Ticket.Status.REFUNDED)
    by_price = standing.annotate(day=DayOf("showtime__starts_at", week.first, week.last))
    by_price = by_price.values("day", "price_type", "price").order_by("day", "price_type", "-price")
    return by_price.annotate(tickets=Count("*"), gross=Sum("price"))
