"""What the house allows to be given back, as data."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.money_fields import CurrencyField, MoneyField


class RefundPolicy(models.Model):
    """Who may give tickets back until when, and what it costs.

    A rule holds from a moment on and is never changed: another takes its place. A customer's order keeps the rule that
    held when it was paid, for that is what they were told. Without a row the house has its own (``default_policy``).
    """

    class Audience(models.TextChoices):
        CUSTOMER = "customer", _("Customers")
        CLERK = "clerk", _("Clerks, alone")
        MANAGER = "manager", _("Managers, alone")

    class Until(models.TextChoices):
        START = "start", _("so many minutes before the start")
        END = "end", _("the end of the film")
        EVER = "ever", _("any time")

    audience = models.CharField(_("for"), max_length=8, choices=Audience)
    valid_from = models.DateTimeField(_("holds from"))
    until = models.CharField(_("until"), max_length=5, choices=Until, default=Until.START)
    minutes_before = models.PositiveIntegerField(
        _("minutes before the start"), default=30, validators=[MaxValueValidator(30 * 24 * 60)]
    )
    used_tickets = models.BooleanField(_("used tickets too"), default=False)
    max_amount = MoneyField(
        _("up to this sum"), null=True, blank=True, help_text=_("Of one order, by one person. Empty: any sum.")
    )
    fee_percent = models.PositiveSmallIntegerField(
        _("fee in per cent"), default=0, validators=[MaxValueValidator(100)], help_text=_("Of each ticket's price.")
    )
    fee_amount = MoneyField(_("fee per ticket"), default=0)
    currency = CurrencyField(_("currency"))

    class Meta:
        verbose_name = _("refund rule")
        verbose_name_plural = _("refund rules")
        ordering = ["audience", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["audience", "valid_from"], name="one_refund_rule_at_a_time"),
            models.CheckConstraint(
                condition=Q(fee_percent__lte=100, fee_amount__gte=0) & (Q(max_amount=None) | Q(max_amount__gte=0)),
                name="refund_rule_makes_sense",
            ),
        ]

    def __str__(self) -> str:
        return self.get_audience_display()
