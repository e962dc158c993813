"""What plays when, where and for how much."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from catalog.models import Movie
from cinema.clock import after, before
from cinema.days import one_day
from cinema.money_fields import CurrencyField, MoneyField
from ticketing.venue.models import MAX_PRESHOW_MINUTES, Hall, Seat

DOORS_AHEAD = timedelta(hours=18)


def is_taken(now: datetime, claim: str = "") -> Q:
    """The condition that a claim keeps others off its seat at ``now``; ``claim`` leads to it (``"claims__"``)."""
    return Q(**{f"{claim}status": "sold"}) | Q(**{f"{claim}held_until__gt": now})


def is_filling(free: int, seats: int) -> bool:
    """Whether one should hurry to have one of so many free seats, of so many in all."""
    return free * 6 < seats or free <= 0


class ShowtimeQuerySet(models.QuerySet):
    """Questions about many showtimes."""

    def public(self) -> "ShowtimeQuerySet":
        """What the public may see, called off or over as it may be: no drafts, and films and halls that are shown."""
        shown = self.filter(hall__hidden=False).exclude(movie__status=Movie.Status.REMOVED)
        return shown.exclude(status=Showtime.Status.DRAFT)

    def published(self) -> "ShowtimeQuerySet":
        """What the public may see and come to."""
        return self.public().filter(status=Showtime.Status.PUBLISHED)

    def for_sale(self) -> "ShowtimeQuerySet":
        """Published and in an open hall, past the close of sales as they may be."""
        return self.published().filter(hall__status=Hall.Status.OPEN)

    def on_sale(self, now: datetime) -> "ShowtimeQuerySet":
        """Published, in an open hall, and not yet past the close of sales at ``now``."""
        return self.for_sale().filter(starts_at__gt=now - timedelta(minutes=settings.SALES_CLOSE_MINUTES))

    def at_door(self, now: datetime) -> "ShowtimeQuerySet":
        """Those a door may be set to at ``now``: published, not over yet, starting within the next hours."""
        return self.filter(status=Showtime.Status.PUBLISHED, ends_at__gt=now, starts_at__lt=now + DOORS_AHEAD)

    def standing(self) -> "ShowtimeQuerySet":
        """All that takes up its hall: drafts and published, not the cancelled."""
        return self.exclude(status=Showtime.Status.CANCELLED)

    def overlapping(self, *, hall_id: int, starts_at: datetime, clears_at: datetime) -> "ShowtimeQuerySet":
        """Standing showtimes in the hall that share any moment with the given span."""
        return self.standing().filter(hall_id=hall_id, starts_at__lt=clears_at, clears_at__gt=starts_at)

    def between(self, first: datetime, last: datetime) -> "ShowtimeQuerySet":
        """Those that start at ``first`` or later and before ``last``."""
        return self.filter(starts_at__gte=first, starts_at__lt=last)

    def on_day(self, day: date) -> "ShowtimeQuerySet":
        """Those that start on a day of the house's clock, from midnight to midnight."""
        return self.filter(one_day(day).holds("starts_at"))

    def with_seat_count(self) -> "ShowtimeQuerySet":
        """Each with ``seat_count``, the seats of its hall that are for sale."""
        for_sale = Seat.objects.for_sale().filter(hall=models.OuterRef("hall")).order_by()
        counted = for_sale.values("hall").annotate(n=models.Count("pk")).values("n")
        return self.annotate(seat_count=Coalesce(models.Subquery(counted), models.Value(0)))

    def with_occupancy(self, now: datetime) -> "ShowtimeQuerySet":
        """Each with ``seat_count`` and ``taken_count`` (held or sold at ``now``)."""
        return self.with_seat_count().annotate(taken_count=models.Count("claims", filter=is_taken(now, "claims__")))

    def with_place(self) -> "ShowtimeQuerySet":
        """Film and hall loaded along, earliest first."""
        return self.select_related("movie", "hall").order_by("starts_at", "id")


class Showtime(models.Model):
    """A film in a hall at a time.

    At ``starts_at`` advertising and trailers begin, ``preshow_minutes`` later the film; ``ends_at`` is when the
    film is over, ``clears_at`` when the hall is ready again; both are fixed when it is planned. ``moved_at`` is
    when it was last given another time or hall although people had tickets for it. ``seat_seq`` counts the changes
    of its seat map and ``sales_version`` the changes of what may be sold.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        CANCELLED = "cancelled", _("Cancelled")

    class Format(models.TextChoices):
        FLAT = "2d", "2D"
        STEREO = "3d", "3D"
        IMAX = "imax", "IMAX"

    movie = models.ForeignKey(Movie, on_delete=models.PROTECT, related_name="showtimes", verbose_name=_("movie"))
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="showtimes", verbose_name=_("hall"))
    starts_at = models.DateTimeField(_("starts"))
    preshow_minutes = models.PositiveSmallIntegerField(
        _("advertising and trailers in minutes"), default=0, validators=[MaxValueValidator(MAX_PRESHOW_MINUTES)]
    )
    ends_at = models.DateTimeField(_("ends"))
    clears_at = models.DateTimeField(_("hall ready again"))
    price = MoneyField(_("price"))
    currency = CurrencyField(_("currency"))
    price_card = models.ForeignKey(
        "ticketing.PriceCard",
        on_delete=models.PROTECT,
        related_name="showtimes",
        null=True,
        blank=True,
        verbose_name=_("price card"),
    )
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.FLAT)
    language_version = models.CharField(_("language version"), max_length=50, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PUBLISHED)
    moved_at = models.DateTimeField(_("moved"), null=True, editable=False)
    seat_seq = models.PositiveBigIntegerField(default=0, editable=False)
    sales_version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ShowtimeQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["seat_seq", "sales_version"])

    class Meta:
        verbose_name = _("showtime")
        verbose_name_plural = _("showtimes")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), clears_at__gte=F("ends_at")), name="showtime_runs_forward"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="showtime_price_is_not_negative"),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="showtime_by_start"),
            models.Index(fields=["movie", "starts_at"], name="showtime_by_movie"),
            models.Index(fields=["hall", "starts_at"], name="showtime_by_hall"),
        ]

    def __str__(self) -> str:
        return f"{self.movie} · {self.hall}"

    # Only there where ``with_occupancy`` counted them.
    seat_count: int
    taken_count: int

    @property
    def film_starts_at(self) -> datetime:
        """When the film itself begins."""
        return after(self.starts_at, timedelta(minutes=self.preshow_minutes))

    @property
    def sales_close_at(self) -> datetime:
        """When the last ticket can be sold."""
        return after(self.starts_at, timedelta(minutes=settings.SALES_CLOSE_MINUTES))

    @property
    def free_count(self) -> int:
        """How many seats can still be had; only where ``with_occupancy`` counted them."""
        return max(0, self.seat_count - self.taken_count)

    @property
    def is_filling(self) -> bool:
        """Whether one should hurry: less than a sixth of the seats are left."""
        return is_filling(self.free_count, self.seat_count)

    @property
    def admission_opens_at(self) -> datetime:
        """When the first person is let in."""
        return before(self.starts_at, timedelta(minutes=settings.ADMISSION_OPENS_MINUTES))

    def admits(self, now: datetime) -> bool:
        """Whether people are let in at ``now``: it stands, admission has opened, and the film isn't over."""
        return self.status == self.Status.PUBLISHED and self.admission_opens_at <= now < self.ends_at

    def is_on_sale(self, now: datetime) -> bool:
        """Whether seats may be bought at ``now``."""
        return (
            self.status == self.Status.PUBLISHED
            and self.hall.is_open
            and self.movie.is_on_show
            and now < self.sales_close_at
        )
