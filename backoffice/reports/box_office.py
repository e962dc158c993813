"""The box office of a period: what was sold, what of it was given back since, what is left.

By default tickets count on the day they were sold, as the dashboard counts them; with ``basis="shown"`` on the day of
their showtime, as distributors do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.reports.periods import BadPeriod
from backoffice.reports.table import COUNT, MONEY, PERCENT, Column, Report
from catalog.models import Movie
from cinema.days import DayOf, Period, day_of, film_week_of
from ticketing.models import Hall, JournalEntry, Order, PriceType, Ticket
from ticketing.money.providers import PROVIDERS
from ticketing.sale.attesting import SEVERAL

NOTHING = Decimal("0.00")
BASES: dict[str, Promise] = {"sold": _("day of sale"), "shown": _("day of showtime")}
MOMENT = {"sold": "issued_at", "shown": "showtime__starts_at"}
REFUNDED = Q(status=Ticket.Status.REFUNDED)
MEASURES = {
    "sold": Count("*"),
    "gross": Sum("price", default=0),
    "returned": Count("status", filter=REFUNDED),
    "back": Sum("price", filter=REFUNDED, default=0),
}
Names = Callable[[list[Any]], dict[Any, str]]


@dataclass(frozen=True)
class Dimension:
    """What the rows stand for: a heading, the ticket's field, and how its values are called."""

    name: Promise
    field: str
    names: Names


@dataclass(frozen=True)
class CashFlow:
    """What the journal says came in and went out on the days of a period."""

    taken: int
    paid_back: int

    @property
    def balance(self) -> int:
        """What stayed."""
        return self.taken - self.paid_back


def _films(keys: list[Any]) -> dict[Any, str]:
    return {pk: movie.local_title for pk, movie in Movie.objects.in_bulk(keys).items()}


def _halls(keys: list[Any]) -> dict[Any, str]:
    return {pk: hall.local_name for pk, hall in Hall.objects.in_bulk(keys).items()}


def _methods(keys: list[Any]) -> dict[Any, str]:
    return {name: str(provider.label) for name, provider in PROVIDERS.items()} | {SEVERAL: str(_("Several ways"))}


def _choices(choices: Any) -> Names:
    return lambda keys: {value: str(label) for value, label in choices.choices}


DIMENSIONS: dict[str, Dimension] = {
    "day": Dimension(_("Day"), "", lambda keys: {key: str(key) for key in keys}),
    "week": Dimension(_("Film week"), "", lambda keys: {key: str(film_week_of(key)) for key in keys}),
    "film": Dimension(_("Film"), "showtime__movie", _films),
    "hall": Dimension(_("Hall"), "showtime__hall", _halls),
    "type": Dimension(_("Price type"), "price_type", _choices(PriceType)),
    "channel": Dimension(_("Channel"), "channel", _choices(Order.Channel)),
    "method": Dimension(_("Payment method"), "provider", _methods),
}


def box_office(*, period: Period, by: str = "day", basis: str = "sold") -> Report:
    """Tickets and money of the period by day, week, film, hall, price type, channel or payment method.

    Days and weeks without sales are listed too; anything else by what it brought. Raises BadPeriod.
    """
    if by not in DIMENSIONS or basis not in BASES:
        raise BadPeriod(_("There is no such report."))
    groups = _groups(period, by, basis)
    if by not in {"day", "week"}:
        groups = dict(sorted(groups.items(), key=lambda pair: (-_net(pair[1]), str(pair[0]))))
    names = DIMENSIONS[by].names(list(groups))
    whole = {measure: sum(one[measure] for one in groups.values()) for measure in MEASURES}
    return Report(
        key=f"box-office-{by}",
        title=pgettext_lazy("report", "Box office"),
        columns=[
            Column(by, DIMENSIONS[by].name),
            Column("sold", _("Tickets sold"), COUNT),
            Column("gross", _("Gross"), MONEY),
            Column("returned", _("Tickets given back"), COUNT),
            Column("back", _("Given back"), MONEY),
            Column("tickets", pgettext_lazy("report", "Tickets"), COUNT),
            Column("revenue", _("Revenue"), MONEY),
            Column("share", _("Share"), PERCENT),
        ],
        rows=[_row(names.get(key, str(key)), one, whole) for key, one in groups.items()],
        totals=_row(_("Total"), whole, whole),
        charted=[6],
        row_count=len(groups),
    )


def cash_flow(period: Period) -> CashFlow:
    """The money of the period's days by the journal: a refund counts on the day the tickets were given back."""
    kinds = [JournalEntry.Kind.SALE, JournalEntry.Kind.REFUND]
    entries = JournalEntry.objects.filter(period.holds("at"), kind__in=kinds).order_by()
    sums = dict(entries.values_list("kind").annotate(sum=Sum("amount", default=0)))
    return CashFlow(taken=sums.get("sale", 0), paid_back=sums.get("refund", 0))


def tickets_of(period: Period, basis: str) -> QuerySet[Ticket]:
    """Every ticket of the period, given back or not."""
    return Ticket.objects.filter(period.holds(MOMENT[basis])).order_by()


def _groups(period: Period, by: str, basis: str) -> dict[Any, dict]:
    tickets = tickets_of(period, basis)
    if by not in {"day", "week"}:
        field = DIMENSIONS[by].field
        return {row[field]: row for row in tickets.values(field).annotate(**MEASURES)}
    row_of = {day: film_week_of(day).first if by == "week" else day for day in period.days()}
    groups: dict[date, dict] = {row: dict.fromkeys(MEASURES, 0) for row in row_of.values()}
    for day, one in _days(tickets, period, basis):
        for measure in MEASURES:
            groups[row_of[day]][measure] += one[measure]
    return groups


def _days(tickets: QuerySet[Ticket], period: Period, basis: str) -> Iterator[tuple[date, dict]]:
    """What belongs to a day, in one piece or in several."""
    if basis == "shown":  # there are few starts, so they are divided into days here
        for one in tickets.values("showtime__starts_at").annotate(**MEASURES):
            yield day_of(one["showtime__starts_at"]), one
    else:
        days = tickets.annotate(day=DayOf("issued_at", period.first, period.last)).values("day")
        for one in days.annotate(**MEASURES):
            yield one["day"], one


def _net(one: dict) -> int:
    return one["gross"] - one["back"]


def _row(name: object, one: dict, whole: dict) -> list[Any]:
    sold, returned, net, total = one["sold"], one["returned"], _net(one), _net(whole)
    share = (Decimal(100 * net) / total).quantize(NOTHING) if total else NOTHING
    return [name, sold, one["gross"], returned, one["back"], sold - returned, net, share]
