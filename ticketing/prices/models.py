"""Price types and price cards."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cinema.money import as_text
from cinema.money_fields import CurrencyField, MoneyField
from ticketing.venue.models import Seat


class PriceType(models.TextChoices):
    """Who sits on the seat, as far as the price goes."""

    ADULT = "adult", _("Adult")
    CHILD = "child", _("Child")
    STUDENT = "student", _("Student")
    SENIOR = "senior", _("Senior")


class PriceCard(models.Model):
    """Surcharges and reductions that many showtimes share, such as a weekday's."""

    name = models.CharField(_("name"), max_length=50, unique=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("price card")
        verbose_name_plural = _("price cards")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class PriceRule(models.Model):
    """What a seat kind costs more (or less), or what a price type gets off; added to the showtime's price."""

    card = models.ForeignKey(PriceCard, on_delete=models.CASCADE, related_name="rules", verbose_name=_("price card"))
    seat_kind = models.CharField(_("seat kind"), max_length=10, choices=Seat.Kind, blank=True)
    price_type = models.CharField(_("price type"), max_length=10, choices=PriceType, blank=True)
    amount = MoneyField(_("amount added"))
    currency = CurrencyField(_("currency"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        ordering = ["card_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["card", "seat_kind", "price_type"], name="one_rule_a_case"),
            models.CheckConstraint(
                condition=Q(seat_kind="", price_type__gt="") | Q(seat_kind__gt="", price_type=""),
                name="rule_is_for_a_kind_or_a_type",
            ),
        ]

    def __str__(self) -> str:
        added = as_text(self.amount, self.currency, signed=True)
        return f"{self.get_seat_kind_display() or self.get_price_type_display()} {added}"
