"""Orders and tickets: found, looked at, and changed only by what may happen to an order."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Letter, User
from backoffice.acting import ReadOnly, attempt
from backoffice.forms.sales import ConfirmForm, RefundForm
from backoffice.searching import find_orders
from cinema.clock import local
from cinema.money import as_price
from ticketing.models import LedgerEntry, Order, Refund, Ticket
from ticketing.money.approvals import ask_for_refund
from ticketing.money.in_house import pay_in_house
from ticketing.money.providers import IN_HOUSE, provider_named
from ticketing.money.refund_shares import shares_of
from ticketing.money.refunds import hand_out_refund, refund_by_staff, refunds_of
from ticketing.money.shifts import open_shift_of
from ticketing.money.tills import needs_shift
from ticketing.sale.orders import cancel_order
from ticketing.sale.wording import STATES

PAYOUTS = {
    "cash": _("in cash, out of the till"),
    "card": _("to the card, at the terminal"),
    "office": _("by the office, which took it"),
    "gift_card": _("onto the gift card"),
    "free": _("nothing has to be paid out"),
}


def payout_words(order: Order, by: User, *, value: int, fee: int) -> str:
    """By which means the money of this order goes back, when this member of staff gives it back: each share's."""
    shares = [share for share in shares_of(order=order, value=value, fee=fee) if share.amount]
    if len(shares) < 2:
        return _means(shares[0].payment.provider if shares else "free", by)
    parts = [(as_price(share.amount, order.currency), _means(share.payment.provider, by)) for share in shares]
    return "; ".join(str(_("%(sum)s %(how)s")) % {"sum": sum_, "how": how} for sum_, how in parts)


def _means(provider: str, by: User) -> str:
    if _waits(provider, by):
        return str(_("at the box office, by somebody with an open shift"))
    if provider in PAYOUTS:
        return str(PAYOUTS[provider])
    return str(_("by %(provider)s, to where it came from")) % {"provider": provider_named(provider).label}


def _waits(provider: str, by: User) -> bool:
    """Whether money of the counter can't be paid out at once, for want of a drawer."""
    return needs_shift(provider) and open_shift_of(by) is None


def _said(order: Order, by: User) -> Promise:
    """What is true of the money once the tickets are given back."""
    providers = list(order.payments.standing().values_list("provider", flat=True))
    if any(_waits(provider, by) for provider in providers):
        return _("Waits to be paid out: %(sum)s, %(how)s.")
    in_house = all(provider in IN_HOUSE for provider in providers)
    return _("Given back: %(sum)s, %(how)s.") if in_house else _("On its way back: %(sum)s, %(how)s.")


@admin.register(Order)
class OrderAdmin(ReadOnly):
    """Everything customers and clerks have ordered."""

    list_display = ["number", "who", "movie", "showtime_at", "seats", "status", "total_amount", "channel", "created_at"]
    list_filter = ["status", "channel", ("created_at", admin.DateFieldListFilter), "showtime__hall"]
    search_fields = ["id"]
    search_help_text = _("Number, name, phone, e-mail, ticket code or seat")
    ordering = ["-created_at", "-id"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """The dashboard leads to the orders of a film."""
        return lookup == "showtime__movie__id__exact" or super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With all that the list shows."""
        return super().get_queryset(request).with_details()

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By whatever people say at the counter or on the phone."""
        return find_orders(queryset, search_term), False

    @admin.display(description=_("number"), ordering="id")
    def number(self, order: Order) -> str:
        """The number people say aloud."""
        return order.number

    @admin.display(description=_("customer"))
    def who(self, order: Order) -> str:
        """The customer, if there is an account."""
        return order.customer.display_name if order.customer else "–"

    @admin.display(description=_("movie"))
    def movie(self, order: Order) -> str:
        """The film."""
        return order.showtime.movie.local_title

    @admin.display(description=_("showtime"), ordering="showtime__starts_at")
    def showtime_at(self, order: Order) -> str:
        """When and where."""
        return f"{local(order.showtime.starts_at):%m-%d %H:%M} · {order.showtime.hall}"

    @admin.display(description=_("seats"))
    def seats(self, order: Order) -> str:
        """Its seats."""
        return " ".join(order.labels)

    def get_urls(self) -> list:
        """What can be done with an order stands beside Django's pages."""
        wrap = self.admin_site.admin_view
        own = [
            path(f"<int:pk>/{name}/", wrap(view), name=f"ticketing_order_{name}")
            for name, view in (
                ("confirm", self.confirm),
                ("cancel", self.cancel),
                ("refund", self.refund),
                ("handout", self.hand_out),
            )
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """One order on a page: seats, tickets, money, history, and what can be done."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, get_object_or_404(Order.objects.with_details(), pk=object_id))

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the money of a pending order at the counter."""
        order, form = self._posted(request, pk, "ticketing.sell_at_counter"), ConfirmForm(request.POST)
        if not form.is_valid():
            return self._page(request, order, confirm_form=form)
        provider = form.cleaned_data["provider"]
        return self._done(
            request,
            order,
            lambda: pay_in_house(order=order, provider=provider, now=timezone.now(), by=request.user),
            _("The order is paid."),
        )

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give up a pending order."""
        order = self._posted(request, pk, "ticketing.change_order")
        return self._done(
            request,
            order,
            lambda: cancel_order(order=order, now=timezone.now(), by=request.user),
            _("The order is cancelled."),
        )

    def refund(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give money back for the tickets ticked, once the sum and how it is paid out have been seen."""
        order, now = self._posted(request, pk, "ticketing.refund_order"), timezone.now()
        if order.status != Order.Status.PAID:
            # Another tab or a colleague was quicker: the page it leads to must not look as if this one had done it.
            messages.error(request, str(STATES[Order.Status(order.status)]))
            return redirect("admin:ticketing_order_change", pk)
        form = RefundForm(request.POST, order=order, by=request.user, now=now)
        if not form.is_valid():
            return self._page(request, order, refund_form=form)
        how = payout_words(order, request.user, value=form.total + form.fee, fee=form.fee)
        if not form.is_confirmed:
            return self._confirm_refund(request, order, form, how)
        facts = {
            "order": order,
            "now": now,
            "by": request.user,
            "reason": form.cleaned_data["reason"],
            "ticket_ids": [ticket.pk for ticket in form.cleaned_data["tickets"]],
        }
        total = {"sum": as_price(form.total, order.currency), "how": how}
        if form.needs_approval:
            said = _("Asked for: %(sum)s. A second person decides about it.") % total
            return self._done(request, order, lambda: ask_for_refund(**facts), said)
        return self._done(request, order, lambda: refund_by_staff(**facts), _said(order, request.user) % total)

    def hand_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Pay a refund out that waits at the box office."""
        order = self._posted(request, pk, "ticketing.refund_order")
        text = request.POST.get("refund", "")
        refund_id = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
        refund = get_object_or_404(Refund, pk=refund_id, payment__order=order)
        return self._done(
            request,
            order,
            lambda: hand_out_refund(refund_id=refund.pk, now=timezone.now(), by=request.user),
            _("The money was handed out."),
        )

    def _confirm_refund(self, request: HttpRequest, order: Order, form: RefundForm, how: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Give back tickets of order %(number)s") % {"number": order.number},
            "opts": self.opts,
            "order": order,
            "tickets": form.cleaned_data["tickets"],
            "reason": form.cleaned_data["reason"],
            "total": form.total,
            "fee": form.fee,
            "needs_approval": form.needs_approval,
            "how": how,
        }
        return render(request, "backoffice/order/refund.html", context)

    def _posted(self, request: HttpRequest, pk: int, permission: str) -> Order:
        if request.method != "POST" or not request.user.has_perm(permission):
            raise PermissionDenied
        return get_object_or_404(Order.objects.with_details(), pk=pk)

    def _done(self, request: HttpRequest, order: Order, act: Callable[[], object], success: object) -> HttpResponse:
        if attempt(request, act, success):
            self.log_change(request, order, str(success))
        return redirect(reverse("admin:ticketing_order_change", args=[order.pk]))

    def _page(
        self,
        request: HttpRequest,
        order: Order,
        confirm_form: ConfirmForm | None = None,
        refund_form: RefundForm | None = None,
    ) -> HttpResponse:
        can, now = request.user.has_perm, timezone.now()
        refund_form = refund_form or RefundForm(order=order, by=request.user, now=now)
        letters = Letter.objects.about_orders(order.pk) if can("accounts.view_letter") else Letter.objects.none()
        entries = LedgerEntry.objects.filter(order=order).select_related("actor", "seat")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Order %(number)s") % {"number": order.number},
            "opts": self.opts,
            "order": order,
            "expired": order.is_expired(now),
            "entries": entries,
            "journal": order.journal.select_related("operator", "seal").order_by("pk"),
            "letters": letters,
            "payments": order.payments.all(),
            "refunds": refunds_of(order, undecided=True),
            "may_confirm": order.status == Order.Status.PENDING and can("ticketing.sell_at_counter"),
            "may_cancel": order.status == Order.Status.PENDING and can("ticketing.change_order"),
            "may_refund": order.status == Order.Status.PAID and can("ticketing.refund_order"),
            "confirm_form": confirm_form or ConfirmForm(),
            "refund_form": refund_form,
            "refund_offered": refund_form.offered_ids,
            "refund_beyond": refund_form.beyond_ids,
        }
        return render(request, "backoffice/order/change.html", context)


@admin.register(Ticket)
class TicketAdmin(ReadOnly):
    """What was sold and admits; the admissions list is this, filtered by used."""

    list_display = ["label", "movie", "showtime_at", "order", "price", "status", "admitted_at", "admitted_by"]
    list_filter = [
        "status",
        ("admitted_at", admin.DateFieldListFilter),
        ("issued_at", admin.DateFieldListFilter),
        "showtime__hall",
    ]
    list_select_related = ["line", "order", "showtime__movie", "showtime__hall", "admitted_by"]
    search_fields = ["=code", "=order__id"]
    search_help_text = _("Ticket code or order number")
    ordering = ["-id"]
    fields = ["order", "showtime", "seat", "price", "status", "issued_at", "admitted_at", "admitted_by", "refunded_at"]

    @admin.display(description=_("seat"), ordering="line__label")
    def label(self, ticket: Ticket) -> str:
        """The seat."""
        return ticket.line.label

    @admin.display(description=_("movie"))
    def movie(self, ticket: Ticket) -> str:
        """The film."""
        return ticket.showtime.movie.local_title

    @admin.display(description=_("showtime"), ordering="showtime__starts_at")
    def showtime_at(self, ticket: Ticket) -> str:
        """When and where."""
        return f"{local(ticket.showtime.starts_at):%m-%d %H:%M} · {ticket.showtime.hall}"
