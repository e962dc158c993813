"""Orders, who has a seat, and what admits."""

import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.clock import local
from cinema.money_fields import CurrencyField, MoneyField
from ticketing.prices.models import PriceType
from ticketing.programme.models import Showtime, is_taken
from ticketing.venue.models import Seat

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_ticket_code() -> str:
    """Sixteen letters and digits nobody can guess (80 bits) or misread."""
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(16))


class OrderQuerySet(models.QuerySet):
    """Questions about many orders."""

    def pending(self) -> "OrderQuerySet":
        """Orders that may still be paid, their hold running or not."""
        return self.filter(status=Order.Status.PENDING)

    def awaiting_payment(self, now: datetime) -> "OrderQuerySet":
        """Pending orders whose hold still runs at ``now``."""
        return self.pending().filter(expires_at__gt=now)

    def expired(self, now: datetime) -> "OrderQuerySet":
        """Pending orders whose hold has run out at ``now``."""
        return self.pending().filter(expires_at__lte=now)

    def live(self) -> "OrderQuerySet":
        """Orders that are paid or may still be."""
        return self.filter(status__in=Order.Status.live())

    def paid(self) -> "OrderQuerySet":
        """Orders whose money is in and not wholly given back."""
        return self.filter(status=Order.Status.PAID)

    def given_up(self) -> "OrderQuerySet":
        """Orders somebody cancelled while their hold still ran (those that ran out are closed by the house)."""
        return self.filter(status=Order.Status.CANCELLED, closed_at__lt=models.F("expires_at"))

    def of(self, user: User) -> "OrderQuerySet":
        """The orders that belong to this customer."""
        return self.filter(customer=user)

    def with_showtime(self) -> "OrderQuerySet":
        """Showtime, film, hall and customer loaded along, in the same query."""
        return self.select_related("showtime__movie", "showtime__hall", "customer")

    def with_details(self) -> "OrderQuerySet":
        """Showtime, film, hall, customer, lines and tickets loaded along: three queries however many orders."""
        return self.with_showtime().prefetch_related(
            models.Prefetch("lines", queryset=OrderLine.objects.select_related("seat")),
            models.Prefetch("tickets", queryset=Ticket.objects.select_related("line")),
        )

    def newest_first(self) -> "OrderQuerySet":
        """By creation, the latest first."""
        return self.order_by("-created_at", "-id")


class Order(models.Model):
    """Seats of one showtime for one customer. Pending until paid or cancelled; its hold ends at ``expires_at``."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Awaiting payment")
        PAID = "paid", _("Paid")
        CANCELLED = "cancelled", _("Cancelled")
        REFUNDED = "refunded", _("Refunded")

        @classmethod
        def live(cls) -> tuple["Order.Status", ...]:
            """Paid, or may still be."""
            return cls.PENDING, cls.PAID

        @classmethod
        def with_money(cls) -> tuple["Order.Status", ...]:
            """Whose money came in, whatever has become of it since."""
            return cls.PAID, cls.REFUNDED

    class Channel(models.TextChoices):
        WEB = "web", _("Web site")
        API = "api", "API"
        COUNTER = "counter", _("Box office")

    customer = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="orders", null=True, blank=True, verbose_name=_("customer")
    )
    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="orders", verbose_name=_("showtime"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.WEB)
    total_amount = MoneyField(_("total"))
    tendered_amount = MoneyField(_("paid in"), default=0)
    refunded_amount = MoneyField(_("refunded"), default=0)
    paid_back_amount = MoneyField(_("paid back"), default=0)
    refund_fee_amount = MoneyField(_("refund fees kept"), default=0)
    currency = CurrencyField(_("currency"))
    sold_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("sold by")
    )
    idempotency_key = models.CharField(max_length=255, blank=True, editable=False)
    idempotency_digest = models.CharField(max_length=64, blank=True, editable=False)
    held_from = models.CharField(
        max_length=80,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Whose budget of unpaid seats the hold has spent, unrecognisable.",
    )
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("held until"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    closed_at = models.DateTimeField(_("cancelled or refunded"), null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "idempotency_key"],
                condition=Q(idempotency_key__gt=""),
                name="one_order_an_idempotency_key",
            ),
            # To a database two sales to nobody in particular are no two of one customer.
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=Q(customer=None, idempotency_key__gt=""),
                name="one_counter_sale_an_idempotency_key",
            ),
            models.CheckConstraint(
                condition=Q(total_amount__gte=0, refunded_amount__gte=0, refunded_amount__lte=models.F("total_amount")),
                name="order_amounts_make_sense",
            ),
            models.CheckConstraint(
                condition=Q(
                    paid_back_amount__gte=0,
                    refund_fee_amount__gte=0,
                    paid_back_amount__lte=models.F("refunded_amount") - models.F("refund_fee_amount"),
                ),
                name="order_pays_back_what_it_owes",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "cancelled"], paid_at=None)
                | Q(status__in=["paid", "refunded"], paid_at__isnull=False),
                name="order_is_paid_when_it_says_so",
            ),
            # What its payments come to is never more than its sum, and exactly that once it is paid.
            models.CheckConstraint(
                condition=Q(
                    status__in=["pending", "cancelled"],
                    tendered_amount__gte=0,
                    tendered_amount__lte=models.F("total_amount"),
                )
                | Q(status__in=["paid", "refunded"], tendered_amount=models.F("total_amount")),
                name="order_is_paid_in_full",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | Q(channel="counter"), name="order_has_a_customer"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at", "-id"], name="order_by_customer"),
            models.Index(fields=["-created_at", "-id"], name="order_by_creation"),
            # What figures add up lies in the indexes by time itself, so that a week is read without its rows.
            models.Index(
                fields=["paid_at"],
                include=["total_amount", "refunded_amount"],
                name="order_by_payment",
                condition=Q(paid_at__isnull=False),
            ),
            models.Index(fields=["closed_at"], name="order_cancelled", condition=Q(status="cancelled")),
            models.Index(fields=["status", "-created_at"], name="order_by_status"),
        ]
        permissions = [
            ("refund_order", "Can refund paid orders"),
            ("refund_beyond_limits", "Can refund used tickets and after the film"),
            ("approve_refund", "Can approve refunds that take a second person"),
            ("sell_at_counter", "Can sell at the box office"),
            ("view_reports", "Can see figures and reports"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number people say aloud: ``20241201-000042``."""
        return f"{local(self.created_at):%Y%m%d}-{self.pk:06d}"

    @property
    def rest_amount(self) -> int:
        """What is still to be paid of it, as far as it was known when it was loaded."""
        return self.total_amount - self.tendered_amount

    @property
    def labels(self) -> list[str]:
        """Its seats as printed: ``["A1", "A2"]``, in the hall's order."""
        return [line.label for line in self.lines.all()]

    @property
    def issued_tickets(self) -> list["Ticket"]:
        """Its tickets; none, and no query, until it is paid."""
        return list(self.tickets.all()) if self.paid_at else []

    def is_expired(self, now: datetime) -> bool:
        """Whether it waits for payment but its hold has run out."""
        return self.status == self.Status.PENDING and self.expires_at <= now

    @property
    def refund_status(self) -> str:
        """Where the money of its returned tickets is: ``none`` returned, ``pending`` on its way, or ``done``."""
        if not self.refunded_amount:
            return "done" if self.status == self.Status.REFUNDED else "none"
        return "done" if self.paid_back_amount + self.refund_fee_amount == self.refunded_amount else "pending"

    @property
    def was_moved(self) -> bool:
        """Whether its showtime has got another time or hall since it was paid."""
        moved_at = self.showtime.moved_at
        return self.paid_at is not None and moved_at is not None and self.paid_at <= moved_at


class OrderLine(models.Model):
    """A seat of an order at its price; kept whatever becomes of the order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", verbose_name=_("order"))
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+", verbose_name=_("seat"), db_index=False)
    label = models.CharField(_("seat"), max_length=16)
    price_type = models.CharField(_("price type"), max_length=10, choices=PriceType, default=PriceType.ADULT)
    price = MoneyField(_("price"))
    currency = CurrencyField(_("currency"))

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["order", "seat"], name="one_line_a_seat")]

    def __str__(self) -> str:
        return self.label


class ClaimQuerySet(models.QuerySet):
    """Questions about many claims."""

    def live(self, now: datetime) -> "ClaimQuerySet":
        """Those that keep others off the seat at ``now``: sold, or held and not run out."""
        return self.filter(is_taken(now))

    def held(self, now: datetime) -> "ClaimQuerySet":
        """Holds that still run at ``now``."""
        return self.live(now).filter(status=Claim.Status.HELD)

    def sold(self) -> "ClaimQuerySet":
        """Those of seats that were paid for."""
        return self.filter(status=Claim.Status.SOLD)


class Claim(models.Model):
    """Who has a seat of a showtime now: held until a moment, or sold. One row per seat, or none: it is free.

    The unique constraint is what keeps a seat from being sold twice; see ``ticketing.sale.claims``.
    """

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        SOLD = "sold", _("Sold")

    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="claims", db_index=False)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="claims")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="claims")
    status = models.CharField(max_length=4, choices=Status)
    held_until = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.UniqueConstraint(fields=["showtime", "seat"], name="one_owner_a_seat"),
            models.CheckConstraint(
                condition=Q(status="held", held_until__isnull=False) | Q(status="sold", held_until=None),
                name="claim_is_held_until_or_sold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.showtime_id}/{self.seat_id} {self.status}"

    def is_live(self, now: datetime) -> bool:
        """Whether it keeps others off the seat at ``now``; the same as ``live`` says of many."""
        return self.held_until is None or self.held_until > now


class TicketQuerySet(models.QuerySet):
    """Questions about many tickets."""

    def standing(self) -> "TicketQuerySet":
        """Those that were not given back, used or not."""
        return self.exclude(status=Ticket.Status.REFUNDED)


class Ticket(models.Model):
    """What was sold and admits one person. Its code is the secret in the QR code.

    How it was sold (``price_type``, ``channel``, ``provider``) is written on it when it is issued and never changes, so
    that figures are added up from tickets alone.
    """

    class Status(models.TextChoices):
        VALID = "valid", _("Valid")
        USED = "used", _("Used")
        REFUNDED = "refunded", _("Refunded")

        @classmethod
        def standing(cls) -> tuple["Ticket.Status", ...]:
            """Not given back, used or not."""
            return cls.VALID, cls.USED

    code = models.CharField(_("code"), max_length=32, unique=True, default=new_ticket_code)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("order"))
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="ticket")
    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="tickets")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    price = MoneyField(_("price"))
    currency = CurrencyField(_("currency"))
    price_type = models.CharField(_("price type"), max_length=10, choices=PriceType, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=Order.Channel, editable=False)
    provider = models.CharField(_("provider"), max_length=20, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.VALID)
    issued_at = models.DateTimeField(_("issued"))
    admitted_at = models.DateTimeField(_("admitted"), null=True, blank=True)
    admitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    refunded_at = models.DateTimeField(_("refunded"), null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["showtime", "seat"], condition=~Q(status="refunded"), name="one_ticket_a_seat"
            ),
        ]
        indexes = [
            models.Index(
                fields=["issued_at"],
                include=["status", "price", "showtime", "price_type", "channel", "provider"],
                name="ticket_by_issue",
            ),
            models.Index(fields=["admitted_at"], name="ticket_by_admission", condition=Q(admitted_at__isnull=False)),
        ]
        permissions = [
            ("admit_ticket", "Can admit people at the door"),
            ("undo_admission", "Can take an admission back"),
        ]

    def __str__(self) -> str:
        return self.line.label


class LedgerEntry(models.Model):
    """One thing that happened to a seat, written once and never changed (triggers refuse it).

    Money and admissions stand in the journal (``ticketing.journal``), which is sealed; this log is not.
    ``amount`` is a ticket's price: positive when it is sold and negative when it is given back.
    """

    class Kind(models.TextChoices):
        HELD = "held", _("Held")
        RELEASED = "released", _("Released")
        SOLD = "sold", _("Sold")
        RETURNED = "returned", _("Returned")

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="ledger", verbose_name=_("order"))
    showtime = models.ForeignKey(Showtime, on_delete=models.PROTECT, related_name="+", verbose_name=_("showtime"))
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("seat"))
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    amount = MoneyField(_("amount"), default=0)
    currency = CurrencyField(_("currency"))
    held_until = models.DateTimeField(_("held until"), null=True)
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind} {self.amount}"
