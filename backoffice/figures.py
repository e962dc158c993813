"""The house's figures, each by a function with its name: the dashboard, the reports and the API all ask here.

Revenue is what was paid and not given back, counted on the day it was paid. Days are the cinema's own.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from catalog.models import Movie
from cinema.days import WEEK_DAYS, DayOf, Period, add_days, day_of, midnight, one_day
from ticketing.models import Order, Seat, Showtime, Ticket

NOTHING = Decimal("0.00")
TOP = 10
MEASURES = {"revenue": Sum("price"), "count": Count("*")}


@dataclass(frozen=True)
class MovieFigure:
    """What a film brought: money, tickets, and its share of the whole in per cent."""

    movie: Movie
    revenue: int
    sales_count: int
    percentage: Decimal = NOTHING


@dataclass(frozen=True)
class Sold:
    """Money and tickets."""

    revenue: int = 0
    count: int = 0

    def __add__(self, other: "Sold") -> "Sold":
        return Sold(self.revenue + other.revenue, self.count + other.count)


@dataclass(frozen=True)
class DayFigure:
    """What a day brought."""

    date: date
    revenue: int
    sales_count: int


@dataclass(frozen=True)
class Dashboard:
    """The house at a glance, from its first day on."""

    total_users: int
    total_movies: int
    total_orders: int
    total_revenue: int
    today_revenue: int
    top_movies: list[MovieFigure]


@dataclass(frozen=True)
class BoxOffice:
    """What a range of days brought, day by day (those without sales too) and film by film."""

    total: int
    days: list[DayFigure]
    movies: list[MovieFigure]

    @property
    def sales_count(self) -> int:
        """How many tickets were sold and not given back."""
        return sum(day.sales_count for day in self.days)


@dataclass(frozen=True)
class Occupancy:
    """How full showtimes are: tickets that stand, of the seats that could be sold."""

    showtimes: int
    sold: int
    seats: int

    @property
    def percentage(self) -> float:
        """Seats sold in per cent of those that could be."""
        return per_cent(self.sold, self.seats)


def dashboard(now: datetime) -> Dashboard:
    """Everything so far, and today."""
    today = day_of(now)
    return Dashboard(
        total_users=User.objects.customers().count(),
        total_movies=Movie.objects.on_show().count(),
        total_orders=Order.objects.count(),
        total_revenue=revenue(paid_orders()),
        today_revenue=revenue(paid_orders(today, today)),
        top_movies=top_movies()[:TOP],
    )


def box_office(start_date: date, end_date: date) -> BoxOffice:
    """The days from ``start_date`` to ``end_date``, both included: one query, however many were sold."""
    return _box_office(start_date, end_date, _sold(start_date, end_date))


def last_weeks(today: date) -> tuple[BoxOffice, BoxOffice]:
    """The last seven days and the seven before, of one moment."""
    first, before = add_days(today, 1 - WEEK_DAYS), add_days(today, 1 - 2 * WEEK_DAYS)
    sold = _sold(before, today)
    return _box_office(first, today, sold), _box_office(before, add_days(first, -1), sold)


def top_movies() -> list[MovieFigure]:
    """What each film brought from the first day on, the best first."""
    rows = standing_tickets().values_list("showtime__movie").annotate(**MEASURES)
    return movie_figures({movie_id: Sold(revenue, count) for movie_id, revenue, count in rows})


def standing_tickets() -> QuerySet[Ticket]:
    """Every ticket that was sold and not given back. A ticket is issued in the moment its order is paid."""
    return Ticket.objects.standing().order_by()


def paid_orders(start_date: date | None = None, end_date: date | None = None) -> QuerySet[Order]:
    """Orders with money in, by the day it came in."""
    orders = Order.objects.filter(paid_at__isnull=False)
    if start_date is not None:
        orders = orders.filter(paid_at__gte=midnight(start_date))
    if end_date is not None:
        orders = orders.filter(paid_at__lt=one_day(end_date).ends_at)
    return orders


def revenue(orders: QuerySet[Order]) -> int:
    """What these orders brought and kept."""
    return orders.aggregate(sum=_sum())["sum"]


def movie_figures(by_movie: Mapping[int, Sold]) -> list[MovieFigure]:
    """What each film brought, the best first; the percentages add to 100 but for rounding."""
    total = sum(sold.revenue for sold in by_movie.values())
    figures = [
        MovieFigure(movie, by_movie[pk].revenue, by_movie[pk].count, _share(by_movie[pk].revenue, total))
        for pk, movie in Movie.objects.in_bulk(list(by_movie)).items()
    ]
    return sorted(figures, key=lambda figure: (-figure.revenue, -figure.sales_count, figure.movie.pk))


def admissions(start_date: date, end_date: date, *, until: datetime | None = None) -> int:
    """How many people were let in on these days, or only ``until`` a moment of them."""
    ends_at = until or one_day(end_date).ends_at
    return Ticket.objects.filter(admitted_at__gte=midnight(start_date), admitted_at__lt=ends_at).count()


def day_until(until: datetime) -> Sold:
    """What a day brought until this moment of it, as far as it stands."""
    tickets = standing_tickets().filter(issued_at__gte=midnight(day_of(until)), issued_at__lt=until)
    return Sold(**tickets.aggregate(revenue=Sum("price", default=0), count=Count("*")))


def occupancy(start_date: date, end_date: date, *, until: datetime | None = None) -> Occupancy:
    """How full the published showtimes of these days are, over or not; or were ``until`` a moment."""
    span = Period(start_date, end_date).holds("starts_at")
    shown = Showtime.objects.filter(span, status=Showtime.Status.PUBLISHED).order_by()
    by_hall = dict(shown.values_list("hall").annotate(n=Count("*")))
    sizes = seats_for_sale(by_hall)
    sold = standing_tickets().filter(showtime__in=shown)
    if until is not None:
        sold = sold.filter(issued_at__lt=until)
    return Occupancy(
        showtimes=sum(by_hall.values()),
        sold=sold.count(),
        seats=sum(count * sizes.get(hall, 0) for hall, count in by_hall.items()),
    )


def with_fill(showtimes: QuerySet[Showtime]) -> QuerySet[Showtime]:
    """Each showtime with ``sold_count`` and ``seat_count``, the seats of its hall that can be sold."""
    sold = standing_tickets().filter(showtime=OuterRef("pk"))
    seats = Seat.objects.for_sale().filter(hall=OuterRef("hall"))
    return showtimes.annotate(sold_count=_counted(sold, "showtime"), seat_count=_counted(seats, "hall"))


def count_fill(showtimes: Sequence[Showtime]) -> None:
    """The same for showtimes that are loaded already, in two queries however many they are."""
    tickets = standing_tickets().filter(showtime__in=showtimes)
    sold = dict(tickets.values_list("showtime").annotate(n=Count("pk")))
    sizes = seats_for_sale({row.hall_id for row in showtimes})
    for row in showtimes:
        row.sold_count, row.seat_count = sold.get(row.pk, 0), sizes.get(row.hall_id, 0)


def seats_for_sale(halls: Collection[int] | None = None) -> dict[int, int]:
    """How many seats each hall (or each of these) can sell a showtime: what occupancy is counted of everywhere."""
    seats = Seat.objects.for_sale().order_by()
    if halls is not None:
        seats = seats.filter(hall__in=halls)
    return dict(seats.values_list("hall").annotate(n=Count("*")))


def per_cent(part: int, whole: int) -> float:
    """A part in per cent of a whole, to one place; nothing of nothing."""
    return round(100 * part / whole, 1) if whole else 0.0


def _sold(start_date: date, end_date: date) -> dict[tuple[date, int], Sold]:
    tickets = standing_tickets().filter(Period(start_date, end_date).holds("issued_at"))
    by_day = tickets.annotate(day=DayOf("issued_at", start_date, end_date)).values_list("day", "showtime__movie")
    return {(day, movie): Sold(revenue, count) for day, movie, revenue, count in by_day.annotate(**MEASURES)}


def _box_office(start_date: date, end_date: date, sold: Mapping[tuple[date, int], Sold]) -> BoxOffice:
    by_day: dict[date, Sold] = defaultdict(Sold)
    by_movie: dict[int, Sold] = defaultdict(Sold)
    for (day, movie_id), one in sold.items():
        if start_date <= day <= end_date:
            by_day[day] += one
            by_movie[movie_id] += one
    dates = Period(start_date, end_date).days()
    days = [DayFigure(day, by_day[day].revenue, by_day[day].count) for day in dates]
    total = sum(day.revenue for day in days)
    return BoxOffice(total=total, days=days, movies=movie_figures(by_movie))


def _counted(rows: QuerySet, by: str) -> Coalesce:
    count = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), 0)


def _sum() -> Coalesce:
    return Coalesce(Sum(F("total_amount") - F("refunded_amount")), 0)


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(100 * part) / whole).quantize(NOTHING) if whole else NOTHING
