"""Business days: the one that runs, closing it, and those that were closed as they were."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from backoffice.account_names import account_name
from backoffice.acting import attempt
from backoffice.reports.table import COUNT, MONEY, Column, Report
from backoffice.views.desk import for_staff, work_page
from ticketing.models import BusinessDay, Order, Shift, Till
from ticketing.money.days import close_day, day_so_far, next_number
from ticketing.money.providers import PROVIDERS

DAYS_PER_PAGE = 30
SUMS = [
    Column("sales", _("Sales"), COUNT),
    Column("taken", _("Sold for"), MONEY),
    Column("refunds", _("Refunds"), COUNT),
    Column("refunded", _("Refunded"), MONEY),
    Column("paid_out", _("Paid out"), MONEY),
]
PARTS = ("sale_count", "sale", "refund_count", "refund", "paid_out")


@for_staff("ticketing.manage_shifts")
@require_safe
def days(request: HttpRequest) -> HttpResponse:
    """The day that runs, as it stands, and all that were closed, the latest first."""
    page = Paginator(BusinessDay.objects.select_related("closed_by"), DAYS_PER_PAGE).get_page(request.GET.get("page"))
    for day in page.object_list:
        day.sums = _totals(day.figures)
    context = {
        "number": next_number(),
        **_shown(day_so_far()),
        "open_shifts": Shift.objects.open().select_related("till", "clerk"),
        "page": page,
        "may_close": request.user.has_perm("ticketing.close_day"),
    }
    return work_page(request, "backoffice/days/days.html", context, tool="tills")


@for_staff("ticketing.manage_shifts")
@require_safe
def day(request: HttpRequest, number: int) -> HttpResponse:
    """A day that was closed, as it was frozen."""
    found = get_object_or_404(BusinessDay.objects.select_related("closed_by"), number=number)
    return work_page(request, "backoffice/days/day.html", {"day": found, **_shown(found.figures)}, tool="tills")


@for_staff("ticketing.close_day")
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close the day that was looked at; a second click closes no second one."""
    text = request.POST.get("number", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    note = request.POST.get("note", "")

    def closing() -> None:
        close_day(number=number, by=request.user, now=timezone.now(), note=note)

    if attempt(request, closing, _("The day is closed; its figures stay as they are.")):
        return redirect("admin:day", number=number)
    return redirect("admin:days")


def _shown(figures: dict[str, Any]) -> dict[str, Any]:
    """A day's figures as the page shows them: tables, drawers, and what was booked to the office."""
    return {
        "tables": [
            _table("method", _("Payment method"), figures["methods"], _methods()),
            _table("till", _("Till"), figures["tills"], _tills()),
            _table("channel", _("Channel"), figures["channels"], dict(Order.Channel.choices)),
        ],
        "accounts": _accounts(figures["accounts"]),
        "tickets": figures["tickets"],
        "drawers": _drawers(figures["shifts"]),
        "office": _office(figures["office"]),
    }


def _accounts(by_currency: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """Every account that moved: what it has more on its left side, or on its right."""
    moved = [
        (account, currency, total)
        for currency, sums in by_currency.items()
        for account, total in sorted(sums.items())
        if total
    ]
    return [
        {
            "account": account,
            "name": account_name(account),
            "currency": currency,
            "debit": max(total, 0) or None,
            "credit": max(-total, 0) or None,
        }
        for account, currency, total in moved
    ]


def _table(key: str, name: object, groups: dict[str, dict[str, int]], names: dict[str, Any]) -> Report:
    rows = [[str(names.get(group, group)), *(sums[part] for part in PARTS)] for group, sums in groups.items()]
    totals = [_("Total"), *(sum(row[at] for row in rows) for at in range(1, len(PARTS) + 1))]
    return Report(
        key=key, title=name, columns=[Column(key, name), *SUMS], rows=rows, totals=totals, row_count=len(rows)
    )


def _totals(figures: dict[str, Any]) -> dict[str, int]:
    sums = figures["methods"].values()
    drawers = figures["shifts"]
    return {
        **{part: sum(one[part] for one in sums) for part in PARTS},
        "difference": sum(one["counted"] - one["expected"] for one in drawers),
    }


def _methods() -> dict[str, Any]:
    return {name: provider.label for name, provider in PROVIDERS.items()}


def _tills() -> dict[str, Any]:
    return {"": _("At no till"), **{till.code: f"{till.name} ({till.code})" for till in Till.objects.all()}}


def _drawers(counted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shifts = Shift.objects.select_related("till", "clerk").in_bulk([one["shift"] for one in counted])
    return [{**one, "of": shifts.get(one["shift"]), "difference": one["counted"] - one["expected"]} for one in counted]


def _office(booked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    orders = Order.objects.in_bulk([one["order"] for one in booked])
    people = User.objects.in_bulk([one["by"] for one in booked if one["by"]])
    return [{**one, "of": orders.get(one["order"]), "who": people.get(one["by"])} for one in booked]
