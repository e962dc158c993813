"""Halls and their seats."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from catalog.models import NamedTwice

MAX_PRESHOW_MINUTES = 60


class HallQuerySet(models.QuerySet):
    """Questions about many halls."""

    def visible(self) -> "HallQuerySet":
        """All halls but those retired with their history."""
        return self.filter(hidden=False)

    def with_seat_count(self) -> "HallQuerySet":
        """Each hall with ``seat_count``, the seats it has now (blocked ones too)."""
        return self.annotate(seat_count=models.Count("seats", filter=Q(seats__removed_at=None)))


class Hall(NamedTwice, models.Model):  # noqa: DJ008 - NamedTwice has it
    """A room with a screen. Its focal point is the spot the best seats lie around, in grid units."""

    class Type(models.TextChoices):
        STANDARD = "standard", _("Standard")
        IMAX = "imax", "IMAX"
        VIP = "vip", "VIP"

    class Status(models.IntegerChoices):
        OPEN = 0, _("Open")
        BANNED = 1, _("Closed for maintenance")

    class OrphanRule(models.TextChoices):
        OFF = "off", _("Off")
        AISLE = "aisle", _("Allow single seats at the aisle")
        STRICT = "strict", _("Strict")

    name = models.CharField(_("name"), max_length=50, unique=True)
    name_en = models.CharField(_("English name"), max_length=50, blank=True)
    hall_type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.STANDARD)
    status = models.PositiveSmallIntegerField(_("status"), choices=Status, default=Status.OPEN)
    hidden = models.BooleanField(_("retired"), default=False)
    turnaround_minutes = models.PositiveSmallIntegerField(
        _("turnaround in minutes"), default=15, validators=[MaxValueValidator(240)]
    )
    preshow_minutes = models.PositiveSmallIntegerField(
        _("advertising and trailers in minutes"), default=0, validators=[MaxValueValidator(MAX_PRESHOW_MINUTES)]
    )
    orphan_rule = models.CharField(
        _("rule against single seats"), max_length=6, choices=OrphanRule, default=OrphanRule.OFF
    )
    focal_x = models.FloatField(_("focal point, across"), null=True, blank=True)
    focal_y = models.FloatField(_("focal point, from the screen"), null=True, blank=True)
    grid_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = HallQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("hall")
        verbose_name_plural = _("halls")
        ordering = ["id"]

    @property
    def is_open(self) -> bool:
        """Whether it takes showtimes and sells seats."""
        return self.status == self.Status.OPEN and not self.hidden


class SeatQuerySet(models.QuerySet):
    """Questions about many seats."""

    def present(self) -> "SeatQuerySet":
        """The seats of the grid as it is now, front row first, left to right."""
        return self.filter(removed_at=None).order_by("y", "x")

    def for_sale(self) -> "SeatQuerySet":
        """The seats that can be sold: those of the grid that nobody blocked. Occupancy is counted of these."""
        return self.filter(removed_at=None, is_available=True)


def seat_label(row_label: str, col_number: int) -> str:
    """Row and seat as one name. After a digit comes a dash, so that 1-12 is not 11-2, nor anybody's id."""
    return f"{row_label}-{col_number}" if row_label[-1:].isdigit() else f"{row_label}{col_number}"


class Seat(models.Model):
    """A seat at a place of the hall's grid; a column number that is missing in a row is an aisle.

    A seat that was ever sold is never erased: ``removed_at`` takes it out of the grid.
    """

    class Kind(models.TextChoices):
        STANDARD = "standard", _("Standard")
        VIP = "vip", "VIP"
        COUPLE = "couple", _("Couple")
        WHEELCHAIR = "wheelchair", _("Wheelchair space")
        COMPANION = "companion", _("Companion")

    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="seats", verbose_name=_("hall"))
    row_label = models.CharField(_("row"), max_length=10)
    col_number = models.PositiveSmallIntegerField(_("seat number"))
    x = models.PositiveSmallIntegerField(_("place across"))
    y = models.PositiveSmallIntegerField(_("place from the screen"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.STANDARD)
    is_available = models.BooleanField(_("for sale"), default=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["hall_id", "y", "x"]
        constraints = [
            models.UniqueConstraint(
                fields=["hall", "row_label", "col_number"],
                condition=Q(removed_at=None),
                name="one_seat_a_label",
            ),
            models.UniqueConstraint(fields=["hall", "y", "x"], condition=Q(removed_at=None), name="one_seat_a_place"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """What stands on the ticket: ``A1``, or ``1-12`` where rows are numbered too."""
        return seat_label(self.row_label, self.col_number)
