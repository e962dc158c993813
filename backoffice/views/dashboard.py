"""What the first page of the back office shows: the house at a glance."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Letter
from backoffice import figures
from backoffice.reports.table import COUNT, MONEY, PERCENT, shown
from cinema.days import WEEK_DAYS, Period, add_days, day_of, one_day, same_time_or_after
from cinema.jobs.health import work_health
from cinema.money import to_major
from ticketing.models import MoneyAlert, Order, Refund, Showtime, Ticket
from ticketing.money.verify.verdict import how_books_stand

COMING = 8
LETTERS_MATTER = timedelta(days=14)


@dataclass(frozen=True)
class Figure:
    """A number on the dashboard, what it was a week ago, and the list it counts."""

    name: str | Promise
    value: Any
    before: Any
    link: str
    against: str | Promise
    kind: str = COUNT

    @property
    def text(self) -> str:
        """The number as people read it."""
        return shown(self.value, self.kind)

    @property
    def is_money(self) -> bool:
        """Whether the currency stands before it."""
        return self.kind == MONEY

    @property
    def change(self) -> int | None:
        """By how many per cent it differs from before; nothing where there was nothing."""
        return round(100 * (self.value - self.before) / self.before) if self.before else None


def at_a_glance(*, user: AbstractBaseUser, now: datetime) -> dict:
    """The dashboard's context for this person: figures and showtimes where they may see them."""
    glance: dict = {"now": now}
    if user.has_perm("ticketing.view_showtime"):
        glance["coming"] = coming_showtimes(now)
    if user.has_perm("accounts.view_letter"):
        glance["lost_letters"] = Letter.objects.given_up(since=now - LETTERS_MATTER).count()
    if user.has_perm("cinema.view_job"):
        glance["work"] = work_health(now=now)
    if user.has_perm("ticketing.receive_alerts"):
        glance["alerts"] = MoneyAlert.objects.open().count()
    if user.has_perm("ticketing.approve_refund"):
        glance["to_approve"] = Refund.objects.asked().count()
    if user.has_perm("ticketing.view_verification"):
        glance["books"] = how_books_stand(now=now)
    if user.has_perm("ticketing.view_reports"):
        today = day_of(now)
        week, before = figures.last_weeks(today)
        glance |= {
            "figures": figures_of(now, week, before),
            "total_revenue": shown(figures.revenue(figures.paid_orders()), MONEY),
            "total_link": order_list(paid_at__isnull=False),
            "days": days_of(week),
            "chart": chart_of(week, before),
            "top_movies": [
                (figure, shown(figure.revenue, MONEY), order_list(showtime__movie__id__exact=figure.movie.pk))
                for figure in week.movies[:5]
            ],
        }
    return glance


def coming_showtimes(now: datetime) -> list[Showtime]:
    """The next showtimes with how full they are."""
    showtimes = Showtime.objects.published().filter(starts_at__gt=now).select_related("movie", "hall")
    return list(figures.with_fill(showtimes).order_by("starts_at", "id")[:COMING])


def figures_of(now: datetime, week: figures.BoxOffice, before: figures.BoxOffice) -> list[Figure]:
    """Today's figures beside those of a week ago at this hour, and seven days beside the seven before."""
    today, then = day_of(now), add_days(day_of(now), -WEEK_DAYS)
    until = same_time_or_after(then, now)
    full, half = figures.occupancy(today, today), figures.occupancy(then, then, until=until)
    seven_days = Period(add_days(today, 1 - WEEK_DAYS), today)
    paid, issued = order_list(**day_span("paid_at", today)), seven_days.lookups("issued_at")
    listed = {**day_span("starts_at", today), "status__exact": Showtime.Status.PUBLISHED}
    hour, weeks = _("on the same hour a week ago"), _("on the seven days before")
    return [
        Figure(_("Revenue today"), week.days[-1].revenue, figures.day_until(until).revenue, paid, hour, kind=MONEY),
        Figure(
            _("Orders today"),
            count_orders(today),
            count_orders(then, until=until),
            order_list(**day_span("paid_at", today), status__exact=Order.Status.PAID),
            hour,
        ),
        Figure(
            _("Admissions today"),
            figures.admissions(today, today),
            figures.admissions(then, then, until=until),
            row_list("ticket", **day_span("admitted_at", today)),
            hour,
        ),
        Figure(
            _("Occupancy today"), full.percentage, half.percentage, row_list("showtime", **listed), hour, kind=PERCENT
        ),
        Figure(
            _("Revenue in seven days"),
            week.total,
            before.total,
            order_list(**seven_days.lookups("paid_at")),
            weeks,
            kind=MONEY,
        ),
        Figure(
            _("Tickets in seven days"),
            week.sales_count,
            before.sales_count,
            row_list("ticket", **issued, status__in=",".join(Ticket.Status.standing())),
            weeks,
        ),
    ]


def count_orders(day: date, *, until: datetime | None = None) -> int:
    """How many orders were paid on this day (or until a moment of it) and not wholly given back."""
    orders = figures.paid_orders(day, day).filter(status=Order.Status.PAID)
    return (orders if until is None else orders.filter(paid_at__lt=until)).count()


def chart_of(week: figures.BoxOffice, before: figures.BoxOffice) -> dict:
    """The last seven days beside the seven before, for the chart."""
    return {
        "labels": [[f"{day.date:%m-%d}", formats.date_format(day.date, "D")] for day in week.days],
        "series": [
            {"label": str(_("Last seven days")), "values": [float(to_major(day.revenue)) for day in week.days]},
            {"label": str(_("The week before")), "values": [float(to_major(day.revenue)) for day in before.days]},
        ],
    }


def days_of(week: figures.BoxOffice) -> list[dict]:
    """The week's days as the table says them, with the lists of their orders and of their tickets."""
    return [
        {
            "date": day.date,
            "revenue": shown(day.revenue, MONEY),
            "count": shown(day.sales_count, COUNT),
            "orders": order_list(**day_span("paid_at", day.date)),
            "tickets": row_list(
                "ticket", **day_span("issued_at", day.date), status__in=",".join(Ticket.Status.standing())
            ),
        }
        for day in week.days
    ]


def order_list(**lookups: object) -> str:
    """The address of the list of these orders."""
    return row_list("order", **lookups)


def row_list(model: str, **lookups: object) -> str:
    """The address of the list of these rows."""
    return f"{reverse(f'admin:ticketing_{model}_changelist')}?{urlencode(lookups)}"


def day_span(field: str, day: date) -> dict:
    """The lookups for one day of the cinema."""
    return one_day(day).lookups(field)
