"""Payments and what their providers said of them, refunds, call-offs, and the sandbox bank's own book."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.money import as_text
from cinema.money_fields import CurrencyField, MoneyField
from ticketing.money.gift_card_models import GiftCard
from ticketing.money.till_models import Shift
from ticketing.programme.models import Showtime
from ticketing.sale.models import Order


class PaymentQuerySet(models.QuerySet):
    """Questions about many payments."""

    def open(self) -> "PaymentQuerySet":
        """Attempts that nobody has decided."""
        return self.filter(status__in=Payment.Status.open())

    def standing(self) -> "PaymentQuerySet":
        """Those whose money is the house's, or reserved for it."""
        return self.filter(status__in=Payment.Status.standing())

    def unsettled(self) -> "PaymentQuerySet":
        """Those that were decided here and whose provider hasn't confirmed it.

        What is reserved for part of an order waits for the rest of it, and is none of them.
        """
        unsettled = self.filter(status__in=Payment.Status.owing_a_word(), settled_at=None)
        return unsettled.exclude(status=Payment.Status.AUTHORISED, order__status=Order.Status.PENDING)


class Payment(models.Model):
    """An attempt to pay an order, or part of it. ``reference`` is what the provider knows it by.

    What the standing payments of an order come to is its ``tendered_amount``, changed in the same transaction.

    Its states::

        created → pending → authorised → captured
                          → declined, expired
        authorised, for what can't be sold → voiding → voided
        captured at once, for what can't be sold → returning → returned

    ``authorised``, ``voiding`` and ``returning`` are the house's decisions; a job tells the provider, and when the
    provider has confirmed, ``settled_at`` is set. ``failed_at`` says that it refused for good, ``last_error`` why.
    """

    class Status(models.TextChoices):
        CREATED = "created", _("Created")
        PENDING = "pending", _("At the provider")
        AUTHORISED = "authorised", _("Authorised")
        CAPTURED = "captured", _("Paid")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        VOIDING = "voiding", _("Being let go of")
        VOIDED = "voided", _("Let go of")
        RETURNING = "returning", _("On its way back")
        RETURNED = "returned", _("Returned")

        @classmethod
        def open(cls) -> "list[Payment.Status]":
            """Nobody knows yet what becomes of it."""
            return [cls.CREATED, cls.PENDING]

        @classmethod
        def standing(cls) -> "list[Payment.Status]":
            """It counts towards its order."""
            return [cls.AUTHORISED, cls.CAPTURED]

        @classmethod
        def let_go(cls) -> "list[Payment.Status]":
            """The money stays with the customer, or goes back to them."""
            return [cls.VOIDING, cls.VOIDED, cls.RETURNING, cls.RETURNED]

        @classmethod
        def owing_a_word(cls) -> "list[Payment.Status]":
            """The provider is still to be told."""
            return [cls.AUTHORISED, cls.VOIDING, cls.RETURNING]

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments", verbose_name=_("order"))
    provider = models.CharField(_("provider"), max_length=20)
    reference = models.UUIDField(_("reference"), default=uuid.uuid4, unique=True, editable=False)
    provider_reference = models.CharField(_("the provider's number"), max_length=200, blank=True, editable=False)
    amount = MoneyField(_("amount"))
    currency = CurrencyField(_("currency"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.CREATED)
    return_url = models.CharField(max_length=500, blank=True, editable=False)
    operator = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("operator"),
    )
    shift = models.ForeignKey(
        Shift,
        on_delete=models.PROTECT,
        related_name="payments",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("shift"),
    )
    gift_card = models.ForeignKey(
        GiftCard,
        on_delete=models.PROTECT,
        related_name="payments",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("gift card"),
    )
    received_amount = MoneyField(_("cash received"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    settled_at = models.DateTimeField(_("confirmed by the provider"), null=True, blank=True)
    failed_at = models.DateTimeField(_("refused by the provider"), null=True, blank=True)
    disputed_at = models.DateTimeField(_("disputed"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = PaymentQuerySet.as_manager()

    label: str  # only there where ``named_payments`` found it

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        constraints = [
            # One attempt at a time: who clicks "Pay" again meets the same payment at the provider.
            models.UniqueConstraint(
                fields=["order", "provider"],
                condition=Q(status__in=["created", "pending"]),
                name="one_open_payment_per_provider",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_is_not_negative"),
            models.CheckConstraint(
                condition=Q(provider="gift_card", gift_card__isnull=False)
                | (~Q(provider="gift_card") & Q(gift_card=None)),
                name="payment_names_its_gift_card",
            ),
            models.CheckConstraint(
                condition=Q(received_amount=None) | Q(provider="cash", received_amount__gte=models.F("amount")),
                name="change_is_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["gift_card"], name="payment_by_gift_card", condition=Q(gift_card__isnull=False)),
            models.Index(
                fields=["decided_at"],
                name="payment_let_go",
                condition=Q(status__in=["voiding", "voided", "returning", "returned"]),
            ),
            models.Index(
                fields=["decided_at"], name="payment_taken", condition=Q(status__in=["authorised", "captured"])
            ),
            models.Index(fields=["disputed_at"], name="payment_disputed", condition=Q(disputed_at__isnull=False)),
            models.Index(fields=["shift"], name="payment_in_shift", condition=Q(shift__isnull=False)),
            models.Index(fields=["created_at"], name="payment_open", condition=Q(status__in=["created", "pending"])),
            models.Index(
                fields=["decided_at"],
                name="payment_unsettled",
                condition=Q(status__in=["authorised", "voiding", "returning"], settled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {as_text(self.amount, self.currency)}"

    @property
    def change_amount(self) -> int | None:
        """What a customer got back who handed over more than the sum."""
        return None if self.received_amount is None else self.received_amount - self.amount


class ProviderEvent(models.Model):
    """What a provider said, word for word, written before it is understood and handled once.

    Only what the provider signed is kept, so that a stranger can't fill the table.
    """

    provider = models.CharField(_("provider"), max_length=20)
    event_id = models.CharField(_("the provider's number"), max_length=200)
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="events", null=True, verbose_name=_("payment")
    )
    received_at = models.DateTimeField(_("received"))
    handled_at = models.DateTimeField(_("handled"), null=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("word of a provider")
        verbose_name_plural = _("words of providers")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="provider_event_is_kept_once")]
        indexes = [
            models.Index(fields=["received_at"], name="provider_event_unhandled", condition=Q(handled_at=None)),
            models.Index(fields=["handled_at"], name="provider_event_by_age", condition=Q(handled_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class CallOff(models.Model):
    """That a showtime was called off: by whom, why, and how many orders it concerned.

    Each order is given back by a job of its own; how far that is, is counted from the orders and refunds themselves.
    """

    showtime = models.OneToOneField(
        Showtime, on_delete=models.PROTECT, related_name="call_off", verbose_name=_("showtime")
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    order_count = models.PositiveIntegerField(_("orders"), default=0)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("called-off showtime")
        verbose_name_plural = _("called-off showtimes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.showtime}"
