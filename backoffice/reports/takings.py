"""The money of a period, by day, way of paying, clerk, till or channel: taken on the day of the sale, refunded on the
day of the refund.

Of one sale both can stand on different days, so a day's balance may be below nothing. Money that couldn't be sold for
and went back by itself is in neither.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Case, Count, F, Func, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.reports.periods import BadPeriod
from backoffice.reports.table import COUNT, MONEY, Column, Report
from cinema.days import DayOf, Period
from ticketing.models import Order, Payment, Refund, Till
from ticketing.money.providers import PROVIDERS

TAKINGS_BY: dict[str, Promise] = {
    "day": _("Day"),
    "method": _("Payment method"),
    "clerk": _("Clerk"),
    "till": _("Till"),
    "channel": _("Channel"),
}
NONE: dict[str, Promise] = {"clerk": _("Online, without a clerk"), "till": _("At no till")}
OWN = Q(operator=F("payment__order__customer"))
SALES: dict[str, Combinable] = {
    "method": F("provider"),
    "clerk": F("operator"),
    "till": F("shift__till"),
    "channel": F("order__channel"),
}
REFUNDS: dict[str, Combinable] = {
    "method": F("method"),
    "clerk": Case(When(OWN, then=Value(None)), default=F("operator")),
    "till": F("shift__till"),
    "channel": F("payment__order__channel"),
}


def takings(*, period: Period, by: str = "method") -> Report:
    """What was taken and refunded in the period; days without either are listed too. Raises BadPeriod."""
    if by not in TAKINGS_BY:
        raise BadPeriod(_("There is no such report."))
    sold = _sums(Payment.objects.standing(), "decided_at", period, by, SALES)
    back = _sums(Refund.objects.decided(), "created_at", period, by, REFUNDS)
    keys = (
        list(period.days()) if by == "day" else sorted({*sold, *back}, key=lambda key: (-_of(sold, key)[1], str(key)))
    )
    names = _names(by, keys)
    rows = [[names(key), *_row(_of(sold, key), _of(back, key))] for key in keys]
    return Report(
        key=f"takings-{by}",
        title=_("Takings"),
        columns=[
            Column(by, TAKINGS_BY[by]),
            Column("sales", _("Payments"), COUNT),
            Column("taken", _("Taken"), MONEY),
            Column("refunds", _("Refunds"), COUNT),
            Column("back", _("Refunded"), MONEY),
            Column("balance", _("Balance"), MONEY),
        ],
        rows=rows,
        totals=[_("Total"), *(sum(row[at] for row in rows) for at in range(1, 6))],
        charted=[5],
        row_count=len(rows),
    )


def _sums(rows: QuerySet, moment: str, period: Period, by: str, fields: dict[str, Combinable]) -> dict[Any, Any]:
    key: Combinable | Func = DayOf(moment, period.first, period.last) if by == "day" else fields[by]
    grouped = rows.filter(period.holds(moment)).order_by().annotate(key=key).values_list("key")
    sums = grouped.annotate(count=Count("pk"), sum=Sum("amount", default=0))
    return {key: (count, total) for key, count, total in sums}


def _of(sums: dict[Any, Any], key: Any) -> tuple[int, int]:
    return sums.get(key, (0, 0))


def _row(sold: tuple[int, int], back: tuple[int, int]) -> list[int]:
    return [*sold, *back, sold[1] - back[1]]


def _names(by: str, keys: list[Any]) -> Callable[[Any], Any]:
    known: dict[Any, object] = {}
    if by == "day":
        return lambda key: key
    if by == "method":
        known = {name: provider.label for name, provider in PROVIDERS.items()}
    elif by == "clerk":
        known = {pk: person.display_name for pk, person in User.objects.in_bulk([k for k in keys if k]).items()}
    elif by == "till":
        known = {till.pk: f"{till.name} ({till.code})" for till in Till.objects.all()}
    elif by == "channel":
        known = dict(Order.Channel.choices)
    return lambda key: str(known.get(key, NONE.get(by, key)))
