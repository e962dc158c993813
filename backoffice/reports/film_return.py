"""A film's weekly return for its distributor: what it took each day of a film week, by price.

Tickets count on the day of their showtime; what was given back is out.
"""

from datetime import date
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.reports.table import COUNT, MONEY, Column, Report
from catalog.models import Movie
from cinema.days import DayOf, Period
from cinema.money import to_major
from ticketing.models import PriceType, Showtime, Ticket


def films_with_showtimes(period: Period) -> QuerySet[Movie]:
    """The films that run in the period."""
    running = Showtime.objects.filter(period.holds("starts_at"), status=Showtime.Status.PUBLISHED)
    return Movie.objects.filter(pk__in=running.order_by().values("movie")).order_by("title")


def film_return(*, movie: Movie, week: Period) -> Report:
    """Every day of the week: its showtimes, and tickets and gross by price type and price; days without too."""
    showings = _showings(movie, week)
    lines: dict[date, list[dict]] = {day: [] for day in week.days()}
    for line in _lines(movie, week):
        lines[line["day"]].append(line)
    rows: list[list[Any]] = []
    for day, sold in lines.items():
        first = True
        for line in sold or [None]:
            shown = showings.get(day, 0) if first else None
            rows.append([day, shown, *_sale(line)])
            first = False
    tickets, gross = sum(row[4] for row in rows), sum(row[5] for row in rows)
    return Report(
        key=f"return-{movie.pk}",
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
        totals=[_("Total"), sum(showings.values()), "", None, tickets, gross],
        row_count=len(rows),
    )


def gross_by_day(report: Report) -> dict:
    """The return's chart: a bar a day."""
    days: dict[date, int] = {}
    for row in report.rows:
        days[row[0]] = days.get(row[0], 0) + row[5]
    values = [float(to_major(gross)) for gross in days.values()]
    return {"labels": [f"{day:%m-%d}" for day in days], "series": [{"label": str(_("Gross")), "values": values}]}


def _sale(line: dict | None) -> list[Any]:
    if line is None:
        return ["", None, 0, 0]
    return [PriceType(line["price_type"]).label, line["price"], line["tickets"], line["gross"]]


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
