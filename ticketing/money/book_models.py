"""What the house has put its name to: returns filed with distributors. None changes; a correction is another."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Movie
from cinema.money_fields import CurrencyField, MoneyField


class FilmReturn(models.Model):
    """A film's weekly return as it was filed: its figures as they were then, and what a correction changed and why."""

    movie = models.ForeignKey(Movie, on_delete=models.PROTECT, related_name="returns", verbose_name=_("movie"))
    week_begins = models.DateField(_("film week"))
    version = models.PositiveSmallIntegerField(_("version"))
    lines = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    tickets = models.PositiveIntegerField(_("tickets"))
    gross_amount = MoneyField(_("gross"))
    currency = CurrencyField(_("currency"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    filed_at = models.DateTimeField(_("filed"))
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("filed by"))

    class Meta:
        verbose_name = _("filed return")
        verbose_name_plural = _("filed returns")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["movie", "week_begins", "version"], name="one_return_per_version"),
            models.CheckConstraint(
                condition=Q(version=1) | Q(version__gt=1, reason__gt=""), name="return_is_corrected_for_a_reason"
            ),
        ]
        permissions = [("file_return", "Can file returns with distributors")]

    def __str__(self) -> str:
        return f"{self.movie} {self.week_begins} v{self.version}"


class BusinessDay(models.Model):
    """A day from close to close: what the journal sealed since the day before was closed, with its figures frozen.

    The day that runs now has no row. What is sealed after the close, a refund of a sale of this day too, is the next
    day's; ``head_mac``, the seal of the last entry, takes the key to make, and stands on the printed page.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    date = models.DateField(_("date"))
    closed_at = models.DateTimeField(_("closed"))
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("closed by"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    first_seal = models.BigIntegerField(_("first seal"))
    head_seal = models.BigIntegerField(_("last seal"))
    head_mac = models.CharField(_("seal of the journal's head"), max_length=64, blank=True)
    figures = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("business day")
        verbose_name_plural = _("business days")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_seal__gt=0, head_seal__gte=models.F("first_seal") - 1),
                name="business_day_covers_its_seals",
            ),
        ]
        permissions = [("close_day", "Can close business days")]

    def __str__(self) -> str:
        return f"{self.number} · {self.date}"
