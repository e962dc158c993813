"""Payments, refunds and the ledger: written by the house's doings, here only to be read."""

from django.contrib import admin

from backoffice.acting import ReadOnly
from ticketing.models import LedgerEntry, Payment, Refund


@admin.register(Payment)
class PaymentAdmin(ReadOnly):
    """Every attempt to pay."""

    list_display = ["reference", "order", "provider", "amount", "status", "created_at", "settled_at", "failed_at"]
    list_filter = ["status", "provider", "created_at"]
    list_select_related = ["order"]
    search_fields = ["=reference", "=order__id"]


@admin.register(Refund)
class RefundAdmin(ReadOnly):
    """Money given back: how much, by whom, why."""

    list_display = ["created_at", "order", "amount", "status", "reason", "operator", "done_at", "last_error"]
    list_filter = ["status", "created_at"]
    list_select_related = ["payment__order", "operator"]
    search_fields = ["=payment__order__id", "reason", "operator__username"]

    @admin.display(description=Payment._meta.get_field("order").verbose_name)
    def order(self, refund: Refund) -> str:
        """The order it belongs to."""
        return refund.payment.order.number


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly):
    """Everything that ever happened to a seat or to money."""

    list_display = ["at", "kind", "order", "showtime", "seat", "amount", "actor", "reason"]
    list_filter = ["kind", "at"]
    list_select_related = ["order", "showtime__movie", "showtime__hall", "seat", "actor"]
    search_fields = ["=order__id"]
    ordering = ["-id"]
