"""What the first page of the back office shows: the house at a glance."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Letter
from backoffice import figures
from backoffice.days import midnight
from ticketing.models import Order, Showtime

COMING = 8
LETTERS_MATTER = timedelta(days=14)


@dataclass(frozen=True)
class Figure:
    """A number on the dashboard, what it was a week ago, and the list it counts."""

    name: str | Promise
    value: Any
    before: Any
    link: str
    is_money: bool = False
    unit: str = ""

    @property
    def change(self) -> int | None:
        """By how many per cent it differs from a week ago; nothing where there was nothing."""
        return round(100 * (self.value - self.before) / self.before) if self.before else None


def at_a_glance(*, user: AbstractBaseUser, now: datetime) -> dict:
    """The dashboard's context for this person: figures and showtimes where they may see them."""
    glance: dict = {"now": now}
    if user.has_perm("ticketing.view_showtime"):
        glance["coming"] = coming_showtimes(now)
    if user.has_perm("accounts.view_letter"):
        glance["lost_letters"] = Letter.objects.given_up(since=now - LETTERS_MATTER).count()
    if user.has_perm("ticketing.view_reports"):
        today = timezone.localdate(now)
        week, before = figures.last_weeks(today)
        glance |= {
            "figures": figures_of(today, week, before),
            "total_revenue": figures.revenue(figures.paid_orders()),
            "week": week,
            "before": before,
            "chart": chart_of(week, before),
            "top_movies": [
                (figure, order_list(showtime__movie__id__exact=figure.movie.pk)) for figure in week.movies[:5]
            ],
        }
    return glance


def coming_showtimes(now: datetime) -> list[Showtime]:
    """The next showtimes with how full they are."""
    showtimes = Showtime.objects.published().filter(starts_at__gt=now).select_related("movie", "hall")
    return list(figures.with_fill(showtimes).order_by("starts_at", "id")[:COMING])


def figures_of(today: date, week: figures.BoxOffice, before: figures.BoxOffice) -> list[Figure]:
    """Today's figures beside those of the same day a week ago."""
    then = today - timedelta(days=7)
    now_full, then_full = figures.occupancy(today, today), figures.occupancy(then, then)
    span, paid = day_span("admitted_at", today), day_span("paid_at", today)
    return [
        Figure(_("Revenue today"), week.days[-1].revenue, before.days[-1].revenue, order_list(**paid), is_money=True),
        Figure(_("Orders today"), count_orders(today), count_orders(then), order_list(**paid)),
        Figure(
            _("Admissions today"),
            figures.admissions(today, today),
            figures.admissions(then, then),
            f"{reverse('admin:ticketing_ticket_changelist')}?{urlencode(span)}",
        ),
        Figure(
            _("Occupancy today"),
            now_full.percentage,
            then_full.percentage,
            f"{reverse('admin:ticketing_showtime_changelist')}?{urlencode(day_span('starts_at', today))}",
            unit="%",
        ),
        Figure(_("Revenue in seven days"), week.total, before.total, order_list(**week_span(today)), is_money=True),
        Figure(_("Tickets in seven days"), week.sales_count, before.sales_count, order_list(**week_span(today))),
    ]


def count_orders(day: date) -> int:
    """How many orders were paid on this day and not wholly given back."""
    return figures.paid_orders(day, day).filter(status=Order.Status.PAID).count()


def chart_of(week: figures.BoxOffice, before: figures.BoxOffice) -> dict:
    """The last seven days beside the seven before, for the chart."""
    return {
        "labels": [formats.date_format(day.date, "m-d D") for day in week.days],
        "series": [
            {"label": str(_("Last seven days")), "values": [float(day.revenue) for day in week.days]},
            {"label": str(_("The week before")), "values": [float(day.revenue) for day in before.days]},
        ],
    }


def order_list(**lookups: object) -> str:
    """The address of the list of these orders."""
    return f"{reverse('admin:ticketing_order_changelist')}?{urlencode(lookups)}"


def day_span(field: str, day: date) -> dict:
    """The lookups for one day of the cinema."""
    return {f"{field}__gte": midnight(day), f"{field}__lt": midnight(day + timedelta(days=1))}


def week_span(today: date) -> dict:
    """The lookups for the last seven days."""
    return {
        "paid_at__gte": midnight(today - timedelta(days=6)),
        "paid_at__lt": midnight(today + timedelta(days=1)),
    }
