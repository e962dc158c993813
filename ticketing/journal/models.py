"""Entries, the seals over them, the series of ticket numbers, and what the last verification found."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cinema.money_fields import CurrencyField, MoneyField


class JournalEntry(models.Model):
    """One thing that happened to money, tickets or admissions, written once and never changed (triggers refuse it).

    Every column lies under the entry's seal. ``postings`` are its sums by account; ``facts`` is what else it attests,
    by which ``ticketing.money.verify`` works out what the tables must hold. Names, e-mail addresses and phone numbers
    never stand here, so that they can be erased elsewhere: the buyer is a random number.
    """

    class Kind(models.TextChoices):
        SALE = "sale", _("Sale")
        TENDER = "tender", _("Part of an order paid")
        TENDER_UNDONE = "tender_undone", _("Part payment let go of")
        CAPTURE = "capture", _("Reserved money taken")
        UNSOLD = "unsold", _("Money for what could not be sold")
        RETURNED = "returned", _("Unsold money returned")
        REFUND = "refund", pgettext_lazy("journal", "Tickets given back")
        PAID_OUT = "paid_out", _("Refund paid out")
        PAYOUT_FAILED = "payout_failed", _("Refund came back")
        DISPUTE = "dispute", _("Payment disputed")
        MOVE = "move", _("Moved")
        ADMISSION = "admission", _("Admitted")
        ADMISSION_UNDONE = "undone", _("Admission taken back")
        GIFT_CARD = "gift_card", _("Gift card issued")
        GIFT_CARD_STATE = "gift_card_state", _("Gift card blocked or unblocked")
        SHIFT_OPENED = "shift_opened", _("Float put into a drawer")
        CASH_IN = "cash_in", _("Cash in")
        CASH_OUT = "cash_out", _("Cash out")
        DROP = "drop", _("Drop into the safe")
        COUNT = "count", _("Drawer counted and emptied")
        DAY_CLOSED = "day_closed", _("Business day closed")
        RETURN_FILED = "return_filed", _("Weekly return filed")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    business_date = models.DateField(_("business day"), null=True, blank=True)
    shift = models.ForeignKey(
        "ticketing.Shift",
        on_delete=models.PROTECT,
        related_name="journal",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("shift"),
    )
    till = models.CharField(_("till"), max_length=20, blank=True)
    series = models.CharField(_("series of ticket numbers"), max_length=20, blank=True)
    first_number = models.BigIntegerField(_("first ticket number"), null=True, blank=True)
    ticket_count = models.PositiveIntegerField(_("tickets numbered"), default=0)
    order = models.ForeignKey(
        "ticketing.Order", on_delete=models.PROTECT, related_name="journal", null=True, verbose_name=_("order")
    )
    buyer = models.UUIDField(_("buyer"), null=True, blank=True)
    provider = models.CharField(_("provider"), max_length=20, blank=True)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("operator"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    amount = MoneyField(_("amount"), default=0)
    currency = CurrencyField(_("currency"))
    postings = models.JSONField(_("postings"), default=dict)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "first_number"], condition=Q(series__gt=""), name="one_entry_per_till_number"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "at"], include=["amount"], name="journal_by_kind"),
            models.Index(fields=["shift"], name="journal_by_shift", condition=Q(shift__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind} {self.amount}"

    @property
    def numbers(self) -> str:
        """The numbers of its tickets, ``web 1041-1043``; nothing while they have none."""
        holder = self if self.series else getattr(self, "seal", None)
        if not self.ticket_count or holder is None or holder.first_number is None:
            return ""
        first, last = holder.first_number, holder.first_number + self.ticket_count - 1
        return f"{holder.series} {first}" if first == last else f"{holder.series} {first}-{last}"


class Seal(models.Model):
    """That an entry stood as it stands, and after which other: each seal covers the one before.

    ``mac`` can only be made with ``JOURNAL_KEY``. Ticket numbers of the web's series are given here, in the order of
    the seals.
    """

    GENESIS: ClassVar[str] = "0" * 64  # what the first seal has before it

    seq = models.BigIntegerField(_("number"), primary_key=True)
    entry = models.OneToOneField(
        JournalEntry, on_delete=models.PROTECT, related_name="seal", verbose_name=_("journal entry")
    )
    before = models.CharField(_("the seal before"), max_length=64)
    mac = models.CharField(_("seal"), max_length=64)
    key_id = models.CharField(_("key"), max_length=8)
    series = models.CharField(_("series of ticket numbers"), max_length=20, blank=True)
    first_number = models.BigIntegerField(_("first ticket number"), null=True)
    sealed_at = models.DateTimeField(_("sealed"))

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "first_number"], condition=Q(series__gt=""), name="one_seal_per_ticket_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.mac[:12]}"


class TicketSeries(models.Model):
    """A sequence of ticket numbers without gaps: a till's own, or the web's. Whoever takes numbers locks its row."""

    WEB: ClassVar[str] = "web"

    name = models.CharField(_("name"), max_length=20, primary_key=True)
    next_number = models.BigIntegerField(_("next number"), default=1)

    class Meta:
        verbose_name = _("series of ticket numbers")
        verbose_name_plural = _("series of ticket numbers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Verification(models.Model):
    """What ``verify`` found, kept for the back office."""

    at = models.DateTimeField(_("at"))
    since = models.DateField(_("since"), null=True)
    fault_count = models.PositiveIntegerField(_("faults"))
    faults = models.JSONField(_("the first faults"), default=list)
    entry_count = models.PositiveIntegerField(_("entries"))
    head = models.CharField(_("newest seal"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.fault_count}"
