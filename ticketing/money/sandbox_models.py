"""The book of the sandbox bank, which is part of the demo and of every test."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.clock import elapsed
from cinema.money import as_text
from cinema.money_fields import CurrencyField, MoneyField

SANDBOX_AWAY = timedelta(minutes=1)


class SandboxCharge(models.Model):
    """The sandbox bank's book: what it reserved, took and gave back, by the references it was given.

    ``mood`` is how the bank behaves with this charge, chosen on its page to try things out.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        AUTHORISED = "authorised", _("Authorised")
        CAPTURED = "captured", _("Captured")
        DECLINED = "declined", _("Declined")
        VOIDED = "voided", _("Voided")

    class Mood(models.TextChoices):
        FRIENDLY = "", _("as usual")
        SILENT = "silent", _("never tells the house what happened")
        DOUBLED = "doubled", _("tells everything twice, and out of order")
        KEEPS_MONEY = "captures", _("refuses to take the money for good")
        KEEPS_REFUND = "refunds", _("refuses to pay money back for good")
        AWAY = "away", _("is away for a minute after the customer's word")

    reference = models.UUIDField(unique=True)
    amount = MoneyField()
    refunded_amount = MoneyField(default=0)
    currency = CurrencyField(_("currency"))
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    mood = models.CharField(max_length=10, choices=Mood, blank=True, default=Mood.FRIENDLY)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("sandbox charge")
        verbose_name_plural = _("sandbox charges")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_amount=0) | Q(status="captured", refunded_amount__lte=models.F("amount")),
                name="sandbox_gives_back_what_it_took",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"

    def is_away(self, now: datetime) -> bool:
        """Whether the bank doesn't answer about this charge at ``now``."""
        if self.mood != self.Mood.AWAY or self.decided_at is None:
            return False
        return elapsed(self.decided_at, now) < SANDBOX_AWAY


class SandboxRefund(models.Model):
    """What the sandbox bank paid back, once per reference."""

    reference = models.UUIDField(primary_key=True)
    charge = models.ForeignKey(SandboxCharge, on_delete=models.CASCADE, related_name="refunds")
    amount = MoneyField()
    currency = CurrencyField(_("currency"))

    class Meta:
        verbose_name = _("sandbox refund")
        verbose_name_plural = _("sandbox refunds")

    def __str__(self) -> str:
        return f"{self.reference} {as_text(self.amount, self.currency)}"
