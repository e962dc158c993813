"""Gift cards: money that the house owes to whoever has the code."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.money import as_text
from cinema.money_fields import CurrencyField, MoneyField
from ticketing.money.till_models import Shift


class GiftCardQuerySet(models.QuerySet):
    """Questions about many gift cards."""

    def good(self, now: datetime) -> "GiftCardQuerySet":
        """Those that pay at ``now``, as far as their balance reaches."""
        return self.filter(state=GiftCard.State.ACTIVE, expires_at__gt=now)


class GiftCard(models.Model):
    """A balance that pays for tickets. The code itself is kept nowhere: only a keyed hash, and its last characters.

    What it paid, and what went back onto it, are payments and refunds; its balance changes in their transactions.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("In use")
        BLOCKED = "blocked", _("Blocked")

    class Method(models.TextChoices):
        CASH = "cash", _("Cash")
        CARD = "card", _("Card at the counter")
        GIVEN = "given", _("Given by the house")

    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    last_four = models.CharField(_("last characters"), max_length=4, editable=False)
    initial_amount = MoneyField(_("value"))
    balance_amount = MoneyField(_("balance"))
    currency = CurrencyField(_("currency"))
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.ACTIVE)
    method = models.CharField(_("paid by"), max_length=5, choices=Method)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("issued by"))
    shift = models.ForeignKey(
        Shift,
        on_delete=models.PROTECT,
        related_name="gift_cards",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("shift"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    expires_at = models.DateTimeField(_("valid until"))
    key = models.CharField(max_length=64, blank=True, editable=False)

    objects = GiftCardQuerySet.as_manager()

    class Meta:
        verbose_name = _("gift card")
        verbose_name_plural = _("gift cards")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    initial_amount__gt=0, balance_amount__gte=0, balance_amount__lte=models.F("initial_amount")
                ),
                name="gift_card_is_never_overspent",
            ),
            models.CheckConstraint(
                condition=~Q(method="given") | Q(reason__gt=""), name="gift_card_is_given_for_a_reason"
            ),
            # A double click issues one card.
            models.UniqueConstraint(fields=["issued_by", "key"], condition=Q(key__gt=""), name="one_gift_card_per_key"),
        ]
        indexes = [models.Index(fields=["shift"], name="gift_card_in_shift", condition=Q(shift__isnull=False))]
        permissions = [("issue_gift_card", "Can give gift cards away"), ("block_gift_card", "Can block gift cards")]

    def __str__(self) -> str:
        return f"{self.label} {as_text(self.balance_amount, self.currency)}"

    @property
    def label(self) -> str:
        """What may be shown of its code."""
        return f"•••• {self.last_four}"

    def is_good(self, now: datetime) -> bool:
        """Whether it pays at ``now``, as far as its balance reaches."""
        return self.state == self.State.ACTIVE and self.expires_at > now
