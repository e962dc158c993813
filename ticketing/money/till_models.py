"""Tills, the shifts of clerks at them, and cash that comes into a drawer or leaves it without a sale."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.money import as_text
from cinema.money_fields import CurrencyField, MoneyField


class TillQuerySet(models.QuerySet):
    """Questions about many tills."""

    def in_use(self) -> "TillQuerySet":
        """Those at which a shift can be opened. Where there is none, the house does without shifts."""
        return self.filter(is_active=True)


class Till(models.Model):
    """A drawer for cash, with the card terminal that stands beside it."""

    code = models.CharField(
        _("code"),
        max_length=8,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9]+\Z", _("Capital letters and digits only."))],
        help_text=_("Short, such as 1 or A: it stands on tickets and in the books, and stays once it was used."),
    )
    name = models.CharField(_("name"), max_length=40, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = TillQuerySet.as_manager()

    class Meta:
        verbose_name = _("till")
        verbose_name_plural = _("tills")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ShiftQuerySet(models.QuerySet):
    """Questions about many shifts."""

    def open(self) -> "ShiftQuerySet":
        """Those whose drawer hasn't been counted yet."""
        return self.filter(closed_at=None)

    def closed(self) -> "ShiftQuerySet":
        """Those that have their Z report."""
        return self.filter(closed_at__isnull=False)


class Shift(models.Model):
    """A clerk at a till, from the float to the count.

    What must be in the drawer is counted from payments, refunds and movements while the shift is open (X report).
    Closing it freezes that in ``figures`` (Z report), numbered without a gap for each till.
    """

    till = models.ForeignKey(Till, on_delete=models.PROTECT, related_name="shifts", verbose_name=_("till"))
    clerk = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("clerk"))
    opened_at = models.DateTimeField(_("opened"))
    float_amount = MoneyField(_("float"))
    currency = CurrencyField(_("currency"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("closed by")
    )
    expected_amount = MoneyField(_("expected"), null=True, blank=True)
    counted_amount = MoneyField(_("counted"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    z_number = models.PositiveIntegerField(_("Z number"), null=True, blank=True, editable=False)
    figures = models.JSONField(default=dict, editable=False)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["till"], condition=Q(closed_at=None), name="one_open_shift_per_till"),
            models.UniqueConstraint(fields=["clerk"], condition=Q(closed_at=None), name="one_open_shift_per_clerk"),
            models.UniqueConstraint(
                fields=["till", "z_number"], condition=Q(z_number__isnull=False), name="one_z_report_per_number"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, expected_amount=None, counted_amount=None, z_number=None)
                | Q(
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    expected_amount__isnull=False,
                    counted_amount__gte=0,
                    z_number__gt=0,
                ),
                name="shift_is_counted_when_closed",
            ),
            models.CheckConstraint(condition=Q(float_amount__gte=0), name="float_is_not_negative"),
        ]
        indexes = [models.Index(fields=["closed_at"], name="shift_by_close", condition=Q(closed_at__isnull=False))]
        permissions = [("manage_shifts", "Can see and close the shifts of others")]

    def __str__(self) -> str:
        return f"{self.till} · {self.clerk}"

    @property
    def is_open(self) -> bool:
        """Whether money still moves in it."""
        return self.closed_at is None

    @property
    def difference(self) -> int | None:
        """What was counted beyond what should have been there: negative where some is missing."""
        if self.counted_amount is None or self.expected_amount is None:
            return None
        return self.counted_amount - self.expected_amount


class CashMovement(models.Model):
    """Cash put into a drawer or taken out of it without a sale: change fetched, a bill paid, a drop into the safe."""

    class Kind(models.TextChoices):
        PAID_IN = "in", _("Cash in")
        PAID_OUT = "out", _("Cash out")
        DROP = "drop", _("Drop into the safe")

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="movements", verbose_name=_("shift"))
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    amount = MoneyField(_("amount"))
    currency = CurrencyField(_("currency"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    key = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("cash movement")
        verbose_name_plural = _("cash movements")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="cash_movement_moves_something"),
            # A double click moves the money once.
            models.UniqueConstraint(fields=["shift", "key"], condition=Q(key__gt=""), name="one_movement_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {as_text(self.amount, self.currency)}"

    @property
    def signed_amount(self) -> int:
        """By how much the drawer holds more for it; negative for what was taken out."""
        return self.amount if self.kind == self.Kind.PAID_IN else -self.amount
