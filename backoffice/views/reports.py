"""The reports as pages and files: read the period, ask for the report, draw it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from backoffice.reports import (
    BASES,
    DIMENSIONS,
    OCCUPANCY_BY,
    TAKINGS_BY,
    BadPeriod,
    Report,
    box_office,
    cash_flow,
    occupancy,
    posting_lines,
    postings,
    quick_periods,
    read_period,
    refunds,
    takings,
)
from backoffice.reports.box_office import CashFlow
from backoffice.reports.table import COUNT, MONEY, as_file, shown
from backoffice.views.desk import for_staff, work_page
from cinema.days import Period, day_of

ROWS_PER_PAGE = 200
FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHEETS = [
    ("reports", pgettext_lazy("report", "Box office")),
    ("report_takings", _("Takings")),
    ("report_occupancy", _("Occupancy")),
    ("report_refunds", _("Refunds and voids")),
    ("report_return", _("Weekly return")),
    ("report_postings", _("Postings")),
]


@for_staff("ticketing.view_reports")
@require_safe
def box_office_page(request: HttpRequest) -> HttpResponse:
    """What was sold, by day, film week, film, hall, price type, channel or payment method."""
    by, basis = request.GET.get("by", "day"), request.GET.get("basis", "sold")
    context = {
        "choices": {name: dimension.name for name, dimension in DIMENSIONS.items()},
        "bases": BASES,
        "by": by,
        "basis": basis,
    }

    def make(period: Period) -> Report:
        report = box_office(period=period, by=by, basis=basis)
        if basis == "sold":
            context.update(_sums(report, cash_flow(period)))
        return report

    return _answer(request, make, context, sheet="reports")


@for_staff("ticketing.view_reports")
@require_safe
def takings_page(request: HttpRequest) -> HttpResponse:
    """What was taken and refunded, by day, way of paying, clerk, till or channel."""
    by = request.GET.get("by", "method")
    context = {"choices": TAKINGS_BY, "by": by}
    return _answer(request, lambda period: takings(period=period, by=by), context, sheet="report_takings")


@for_staff("ticketing.view_reports")
@require_safe
def occupancy_page(request: HttpRequest) -> HttpResponse:
    """How full the house was, by hall, film, day or hour."""
    by = request.GET.get("by", "hall")
    context = {"choices": OCCUPANCY_BY, "by": by}
    return _answer(request, lambda period: occupancy(period=period, by=by), context, sheet="report_occupancy")


@for_staff("ticketing.view_reports")
@require_safe
def refunds_page(request: HttpRequest) -> HttpResponse:
    """Money that went back and sales that came to nothing, with who and why."""
    limit = None if file_type(request) else ROWS_PER_PAGE
    return _answer(request, lambda period: refunds(period=period, limit=limit), {}, sheet="report_refunds")


@for_staff("ticketing.view_reports")
@require_safe
def postings_page(request: HttpRequest) -> HttpResponse:
    """What every account was debited and credited, day by day."""
    return _answer(request, lambda period: postings(period=period), {"has_lines": True}, sheet="report_postings")


@for_staff("ticketing.view_reports")
@require_safe
def posting_lines_file(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Every posting of the journal, for other programs to read. Raises BadPeriod."""
    period = read_period(request.GET.get("from", ""), request.GET.get("to", ""), today=day_of(timezone.now()))
    response = StreamingHttpResponse(posting_lines(period=period), content_type=FILE_TYPES["csv"])
    name = f"journal-{period.first.isoformat()}-{period.last.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _answer(request: HttpRequest, make: Callable[[Period], Report], context: dict, *, sheet: str) -> HttpResponse:
    today = day_of(timezone.now())
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    context |= {"first": first[:20], "last": last[:20], "quick": quick_periods(today)}
    try:
        period = read_period(first, last, today=today)
        report = make(period)
    except BadPeriod as refusal:
        return sheet_page(request, {**context, "refusal": refusal}, sheet=sheet, status=refusal.http_status)
    if kind := file_type(request):
        return download(report, period, kind)
    context |= {"first": period.first.isoformat(), "last": period.last.isoformat(), "period": period}
    return sheet_page(request, {**context, "report": report, "chart": report.chart}, sheet=sheet)


def _sums(report: Report, flow: CashFlow) -> dict:
    """What stands large above the table, and whether the ledger says the same."""
    sums = [
        (_("Revenue"), report.total("revenue"), MONEY),
        (pgettext_lazy("report", "Tickets"), report.total("tickets"), COUNT),
        (_("Money in"), flow.taken, MONEY),
        (_("Money paid back on these days"), flow.paid_back, MONEY),
        (_("Balance of these days"), flow.balance, MONEY),
    ]
    return {
        "sums": [(name, shown(value, kind), kind) for name, value, kind in sums],
        "is_even": flow.taken == report.total("gross"),
    }


def sheet_page(request: HttpRequest, context: dict, *, sheet: str, status: int = 200) -> HttpResponse:
    """A report as a page, in the frame of all reports."""
    frame = {"sheets": SHEETS, "sheet": sheet}
    template = "backoffice/reports/return.html" if sheet == "report_return" else "backoffice/reports/report.html"
    return work_page(request, template, {**frame, **context}, tool="reports", status=status)


def download(report: Report, period: Period, kind: str) -> HttpResponse:
    """A report as a file, named after its period."""
    name = f"{report.key}-{period.first.isoformat()}-{period.last.isoformat()}.{kind}"
    response = HttpResponse(as_file(report, kind), content_type=FILE_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def file_type(request: HttpRequest) -> str:
    """Which kind of file is asked for, none for the page."""
    kind = request.GET.get("as", "")
    return kind if kind in FILE_TYPES else ""
