"""Money that went back, and sales that came to nothing: when, what, by whom and why."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.reports.table import MONEY, Column, Report
from cinema.days import Period
from ticketing.models import LedgerEntry, Order, Payment, Refund
from ticketing.money.providers import PROVIDERS


def refunds(*, period: Period, limit: int | None = None) -> Report:
    """Refunds paid in the period, payments voided and orders given up by someone, the latest first.

    With a ``limit`` only that many rows; the totals are those of all.
    """
    paid_back = Refund.objects.decided().filter(period.holds("created_at"))
    voided = Payment.objects.filter(period.holds("decided_at"), status__in=Payment.Status.let_go())
    given_up = Order.objects.given_up().filter(period.holds("closed_at"))
    rows = [*_refunded(paid_back, limit), *_voided(voided, limit), *_given_up(given_up, limit)]
    rows.sort(key=lambda row: row[0], reverse=True)
    totals: list[Any] = [_("Total"), "", "", "", "", "", _sum(paid_back, "amount")]
    totals += [_sum(voided, "amount") + _sum(given_up, "total_amount"), "", ""]
    return Report(
        key="refunds",
        title=_("Refunds and voids"),
        columns=[
            Column("when", _("When")),
            Column("what", _("What")),
            Column("order", _("Order")),
            Column("film", _("Film")),
            Column("seats", _("Seats")),
            Column("method", _("Payment method")),
            Column("back", _("Paid back"), MONEY),
            Column("void", _("Never charged"), MONEY),
            Column("by", _("By")),
            Column("reason", _("Reason")),
        ],
        rows=rows[:limit],
        totals=totals,
        row_count=paid_back.count() + voided.count() + given_up.count(),
    )


def _refunded(found: QuerySet[Refund], limit: int | None) -> list[list[Any]]:
    refunds = list(
        found.select_related("payment__order__showtime__movie", "payment__order__customer", "operator").order_by("-id")[
            :limit
        ]
    )
    seats = _seats_given_back([refund.payment.order_id for refund in refunds])
    rows = []
    for refund in refunds:
        order = refund.payment.order
        labels = seats[order.pk, refund.created_at]
        rows.append(
            [
                refund.created_at,
                _("Refund"),
                order.number,
                order.showtime.movie.local_title,
                " ".join(labels),
                _method(refund.method),
                refund.amount,
                None,
                _who(refund.operator, order),
                refund.reason,
            ]
        )
    return rows


def _seats_given_back(orders: list[int]) -> dict[tuple[int, datetime], list[str]]:
    seats: dict[tuple[int, datetime], list[str]] = defaultdict(list)
    entries = LedgerEntry.objects.filter(order__in=orders, kind="returned").order_by("id").select_related("seat")
    for entry in entries:
        seats[entry.order_id, entry.at].append(entry.seat.label if entry.seat else "")
    return seats


def _voided(found: QuerySet[Payment], limit: int | None) -> list[list[Any]]:
    payments = found.select_related("order__showtime__movie", "order__customer").prefetch_related("order__lines")
    return [
        _nothing_charged(
            payment.decided_at, payment.get_status_display(), payment.order, payment.amount, None, payment.provider
        )
        for payment in payments.order_by("-decided_at")[:limit]
    ]


def _given_up(found: QuerySet[Order], limit: int | None) -> list[list[Any]]:
    orders = list(
        found.select_related("showtime__movie", "customer").prefetch_related("lines").order_by("-closed_at")[:limit]
    )
    released = LedgerEntry.objects.filter(order__in=orders, kind="released", actor__isnull=False)
    actors = {entry.order_id: entry.actor for entry in released.select_related("actor")}
    return [
        _nothing_charged(order.closed_at, _("Order cancelled"), order, order.total_amount, actors.get(order.pk))
        for order in orders
    ]


def _nothing_charged(
    at: datetime | None, what: object, order: Order, amount: int, actor: User | None, method: str = ""
) -> list[Any]:
    film = order.showtime.movie.local_title
    return [at, what, order.number, film, " ".join(order.labels), _method(method), None, amount, _who(actor, order), ""]


def _method(name: str) -> str:
    return str(PROVIDERS[name].label) if name in PROVIDERS else name


def _who(actor: User | None, order: Order) -> str:
    if actor is None:
        return ""
    return f"{actor.display_name} ({_('customer')})" if actor.pk == order.customer_id else actor.display_name


def _sum(found: QuerySet, field: str) -> int:
    return found.aggregate(sum=Sum(field, default=0))["sum"]
