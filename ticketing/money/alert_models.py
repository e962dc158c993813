"""What whoever answers for the money has to be told: each thing once, open until somebody has seen to it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.money import as_price
from cinema.money_fields import CurrencyField, MoneyField


class MoneyAlertQuerySet(models.QuerySet):
    """Questions about many alerts."""

    def open(self) -> "MoneyAlertQuerySet":
        """Those that nobody has seen to."""
        return self.filter(closed_at=None)


class MoneyAlert(models.Model):
    """Something about money that went wrong or looks odd. Its key names it, so that nobody is told twice."""

    class Kind(models.TextChoices):
        PAYMENT_FAILED = "payment_failed", _("A provider refused for good what was decided about a payment")
        PAYMENT_LATE = "payment_late", _("A payment is waiting for its provider too long")
        REFUND_FAILED = "refund_failed", _("A refund could not be paid out")
        REFUND_LATE = "refund_late", _("A refund is waiting for its provider too long")
        DISPUTE = "dispute", _("A customer disputes a payment at their bank")
        REFUNDS = "refunds", _("Somebody refunds unusually much")
        DRAWER = "drawer", _("A drawer came out wrong")
        UNSEALED = "unsealed", _("Journal entries are waiting for their seal too long")

    key = models.CharField(max_length=60, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("since"))
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("person")
    )
    order_id = models.BigIntegerField(_("order"), null=True, blank=True)
    shift_id = models.BigIntegerField(_("shift"), null=True, blank=True)
    amount = MoneyField(_("amount"), null=True, blank=True)
    currency = CurrencyField(_("currency"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    told_at = models.DateTimeField(_("told"))
    closed_at = models.DateTimeField(_("seen to"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("seen to by")
    )

    objects = MoneyAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert about money")
        verbose_name_plural = _("alerts about money")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="alert_is_seen_to_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["-id"], name="alert_open", condition=Q(closed_at=None))]
        permissions = [("receive_alerts", "Is told when money goes wrong")]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """What it is about, with sum and person where there are any."""
        parts = [self.get_kind_display()]
        if self.amount is not None:
            parts.append(as_price(self.amount, self.currency))
        if self.person is not None:
            parts.append(self.person.display_name)
        return " · ".join([*parts, self.note] if self.note else parts)
