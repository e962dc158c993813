"""Payments and what their providers said of them, refunds, call-offs, and the sandbox bank's own book."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.clock import elapsed
from cinema.money import as_text
from cinema.money_fields import CurrencyField, MoneyField
from ticketing.money.gift_card_models import GiftCard
from ticketing.money.till_models import Shift
from ticketing.programme.models import Showtime
from ticketing.sale.models import Order

SANDBOX_AWAY = timedelta(minutes=1)


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


class RefundQuerySet(models.QuerySet):
    """Questions about many refunds."""

    def owed(self) -> "RefundQuerySet":
        """Money that is still to reach its owner."""
        return self.decided().exclude(status=Refund.Status.DONE)

    def decided(self) -> "RefundQuerySet":
        """Those whose tickets were taken back, whether the money has arrived or not."""
        return self.exclude(status__in=Refund.Status.undecided())

    def asked(self) -> "RefundQuerySet":
        """Those that wait for a second person."""
        return self.filter(status=Refund.Status.ASKED)


class Refund(models.Model):
    """Money that goes back. It is ``done`` when the provider has paid it out, and people are told so only then."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Waits for approval")
        APPROVED = "approved", _("On its way")
        SENT = "sent", _("Sent to the provider")
        DONE = "done", _("Paid back")
        FAILED = "failed", _("Failed")
        REJECTED = "rejected", _("Not approved")

        @classmethod
        def undecided(cls) -> "list[Refund.Status]":
            """No ticket was taken back for it."""
            return [cls.ASKED, cls.REJECTED]

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    method = models.CharField(_("paid back by"), max_length=20)
    shift = models.ForeignKey(
        Shift, on_delete=models.PROTECT, related_name="refunds", null=True, blank=True, verbose_name=_("shift")
    )
    reference = models.UUIDField(_("reference"), default=uuid.uuid4, unique=True, editable=False)
    provider_reference = models.CharField(_("the provider's number"), max_length=200, blank=True, editable=False)
    amount = MoneyField(_("amount"))
    currency = CurrencyField(_("currency"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.APPROVED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    operator = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("operator")
    )
    created_at = models.DateTimeField(_("created"))
    fee_amount = MoneyField(_("fee kept"), default=0)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    asked_tickets = models.JSONField(default=list, editable=False)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("decided by")
    )
    decision = models.CharField(_("why it was decided so"), max_length=200, blank=True)
    handed_out_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("handed out by")
    )
    done_at = models.DateTimeField(_("paid back"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    objects = RefundQuerySet.as_manager()

    is_at_box_office: bool  # only there where ``refunds_of`` found it

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0, fee_amount__gte=0), name="refund_is_not_negative"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(status="asked"), name="one_asked_refund_per_payment"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("operator")), name="refund_takes_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(status="asked") | Q(asked_at__isnull=False), name="refund_is_asked_when_it_says_so"
            ),
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False) | (~Q(status="done") & Q(done_at=None)),
                name="refund_is_done_when_it_says_so",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="refund_by_creation"),
            models.Index(fields=["created_at"], name="refund_owed", condition=~Q(status="done")),
            models.Index(fields=["asked_at"], name="refund_asked", condition=Q(status="asked")),
        ]

    def __str__(self) -> str:
        return as_text(self.amount, self.currency)


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
