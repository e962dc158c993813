"""Payments, refunds, journal and log of seats: written by the house, here only to be read. And the tills."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from backoffice.acting import Acting, ReadOnly
from backoffice.forms.policy import RefundPolicyForm
from cinema.money import as_text
from ticketing.models import GiftCard, JournalEntry, LedgerEntry, Payment, Refund, RefundPolicy, Till, Verification
from ticketing.money.refund_policy import add_policy
from ticketing.money.tills import save_till


@admin.register(Payment)
class PaymentAdmin(ReadOnly):
    """Every attempt to pay."""

    list_display = [
        "reference",
        "order",
        "provider",
        "amount",
        "status",
        "shift",
        "operator",
        "created_at",
        "settled_at",
        "failed_at",
    ]
    list_filter = ["status", "provider", "shift__till", "created_at"]
    list_select_related = ["order", "shift__till", "shift__clerk", "operator"]
    search_fields = ["=reference", "=order__id"]


@admin.register(Refund)
class RefundAdmin(ReadOnly):
    """Money given back: how much, by whom, why."""

    list_display = ["created_at", "order", "amount", "method", "status", "reason", "operator", "done_at", "last_error"]
    list_filter = ["status", "method", "created_at"]
    list_select_related = ["payment__order", "operator"]
    search_fields = ["=payment__order__id", "reason", "operator__username"]

    @admin.display(description=Payment._meta.get_field("order").verbose_name)
    def order(self, refund: Refund) -> str:
        """The order it belongs to."""
        return refund.payment.order.number


@admin.register(GiftCard)
class GiftCardAdmin(ReadOnly):
    """Gift cards: what was paid in, what is left, who issued it. The codes themselves are kept nowhere."""

    list_display = [
        "label",
        "initial_amount",
        "balance_amount",
        "state",
        "method",
        "issued_at",
        "issued_by",
        "expires_at",
    ]
    list_filter = ["state", "method", "issued_at", "expires_at"]
    list_select_related = ["issued_by"]
    search_fields = ["=last_four", "reason"]
    search_help_text = _("Last characters of the code, or the reason")
    fields = [
        "label",
        "initial_amount",
        "balance_amount",
        "state",
        "method",
        "issued_at",
        "issued_by",
        "shift",
        "reason",
        "expires_at",
        "paid",
    ]
    readonly_fields = ["label", "paid"]
    change_form_template = "backoffice/gift_card/change_form.html"

    @admin.display(description=_("gift card"), ordering="last_four")
    def label(self, card: GiftCard) -> str:
        """What may be shown of its code."""
        return card.label

    @admin.display(description=_("What it paid"))
    def paid(self, card: GiftCard) -> str:
        """A line for each payment."""
        payments = card.payments.select_related("order").order_by("pk")
        rows = ((one.order.number, as_text(one.amount, one.currency), one.get_status_display()) for one in payments)
        return format_html_join("", "<div>{} · {} · {}</div>", rows)


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnly):
    """Everything that ever happened to money, tickets and admissions, with its seal."""

    list_display = ["at", "kind", "order", "provider", "amount", "operator", "reason", "numbers", "sealed_as"]
    list_filter = ["kind", "at"]
    list_select_related = ["order", "operator", "seal"]
    search_fields = ["=order__id"]
    ordering = ["-id"]

    @admin.display(description=_("Ticket numbers"))
    def numbers(self, entry: JournalEntry) -> str:
        """The numbers of its tickets."""
        return entry.numbers

    @admin.display(description=_("Seal"))
    def sealed_as(self, entry: JournalEntry) -> int | None:
        """The number of its seal."""
        return entry.seal.seq if hasattr(entry, "seal") else None


@admin.register(Verification)
class VerificationAdmin(ReadOnly):
    """What verifications of the books found."""

    list_display = ["at", "since", "fault_count", "entry_count"]
    list_filter = ["at"]
    fields = ["at", "since", "fault_count", "first_faults", "entry_count", "head"]
    readonly_fields = ["first_faults"]

    @admin.display(description=_("The first faults"))
    def first_faults(self, verification: Verification) -> str:
        """A line for each."""
        return format_html_join("", "<div>{}</div>", ((fault,) for fault in verification.faults))


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly):
    """Everything that ever happened to a seat."""

    list_display = ["at", "kind", "order", "showtime", "seat", "amount", "actor", "reason"]
    list_filter = ["kind", "at"]
    list_select_related = ["order", "showtime__movie", "showtime__hall", "seat", "actor"]
    search_fields = ["=order__id"]
    ordering = ["-id"]


@admin.register(Till)
class TillAdmin(Acting):
    """The tills. As long as there is none in use, the counter sells without shifts."""

    list_display = ["code", "name", "is_active"]
    fields = ["code", "name", "is_active"]

    def has_delete_permission(self, request: HttpRequest, obj: Till | None = None) -> bool:
        """Never: it is taken out of use."""
        return False

    def save_model(self, request: HttpRequest, obj: Till, form: Any, change: bool) -> None:
        """Add it, or change what was changed."""
        save_till(till=obj)


@admin.register(RefundPolicy)
class RefundPolicyAdmin(Acting):
    """Until when, up to which sum and at what fee tickets may be given back. A rule is replaced, never changed."""

    form = RefundPolicyForm
    list_display = [
        "audience",
        "valid_from",
        "until",
        "minutes_before",
        "used_tickets",
        "max_amount",
        "fee_percent",
        "fee_amount",
    ]
    list_filter = ["audience"]

    def has_change_permission(self, request: HttpRequest, obj: RefundPolicy | None = None) -> bool:
        """Never: people were told what it says."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RefundPolicy | None = None) -> bool:
        """Never."""
        return False

    def save_model(self, request: HttpRequest, obj: RefundPolicy, form: Any, change: bool) -> None:
        """Have it hold, from now on unless a later moment was named."""
        now = timezone.now()
        obj.valid_from = obj.valid_from or now
        add_policy(policy=obj, now=now)
