"""Showtimes and what they cost."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.acting import Historic, attempt
from backoffice.figures import with_fill
from backoffice.forms.programme import ReasonForm, ShowtimeForm
from backoffice.views.move import move_page
from cinema.clock import local
from ticketing.models import CallOff, Order, PriceCard, PriceRule, Showtime
from ticketing.money.call_offs import call_off_showtime, progress_of
from ticketing.programme.scheduling import add_showtime
from ticketing.sale.moves import still_to_be_told
from ticketing.sale.notifications import audience_of
from ticketing.sale.showtime_changes import delete_showtime, update_showtime

FACTS = [
    "movie",
    "hall",
    "starts_at",
    "preshow_minutes",
    "price",
    "price_card",
    "format",
    "language_version",
    "status",
]


class PriceRuleInline(admin.TabularInline):
    """What a kind of seat or of visitor adds or takes off."""

    model = PriceRule
    extra = 0


@admin.register(PriceCard)
class PriceCardAdmin(Historic):
    """Surcharges and reductions shared by many showtimes."""

    list_display = ["name", "rule_list"]
    search_fields = ["name"]
    inlines = [PriceRuleInline]
    fieldsets = [(None, {"fields": ["name"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the rules loaded along."""
        return super().get_queryset(request).prefetch_related("rules")

    @admin.display(description=_("rules"))
    def rule_list(self, card: PriceCard) -> str:
        """All its rules in a line."""
        return " · ".join(str(rule) for rule in card.rules.all())


@admin.register(Showtime)
class ShowtimeAdmin(Historic):
    """What plays when and where."""

    form = ShowtimeForm
    list_display = ["starts_at", "movie", "hall", "format", "price", "status", "fill"]
    list_filter = ["status", ("starts_at", admin.DateFieldListFilter), "hall", "format"]
    search_fields = ["movie__title", "movie__title_en", "hall__name", "hall__name_en"]
    autocomplete_fields = ["movie"]
    list_select_related = ["movie", "hall"]
    ordering = ["-starts_at", "-id"]
    readonly_fields = ["ends_at", "clears_at"]
    actions = ["publish", "back_to_draft"]
    change_form_template = "backoffice/showtime/change_form.html"
    fieldsets = [
        (None, {"fields": ["movie", "hall", "starts_at", "preshow_minutes", "status"]}),
        (_("Price and version"), {"fields": ["price", "price_card", "format", "language_version"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each with the seats it has and has sold."""
        return with_fill(super().get_queryset(request))

    def get_urls(self) -> list:
        """The pages to call a showtime off and to move it with its tickets stand beside Django's."""
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/cancel/", wrap(self.cancel_page), name="ticketing_showtime_cancel"),
            path("<int:pk>/move/", wrap(move_page), name="ticketing_showtime_move"),
        ]
        return [*own, *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Showtime | None = None) -> bool:
        """What was called off stays as it was."""
        cancelled = obj is not None and obj.status == Showtime.Status.CANCELLED
        return super().has_change_permission(request, obj) and not cancelled

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        """With how many customers of a move have not been told yet."""
        showtime = context.get("original")
        context["still_to_be_told"] = still_to_be_told(showtime) if showtime and showtime.moved_at else 0
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("sold"))
    def fill(self, showtime: Showtime) -> str:
        """How full it is, as a bar."""
        return render_to_string(
            "backoffice/fill.html", {"sold": showtime.sold_count, "seats": showtime.seat_count or 0}
        )

    def save_model(self, request: HttpRequest, obj: Showtime, form: Any, change: bool) -> None:
        """Plan it, or change what was changed."""
        facts = {name: form.cleaned_data[name] for name in FACTS if name in form.cleaned_data}
        if change:
            facts = {name: value for name, value in facts.items() if name in form.changed_data}
            saved = update_showtime(showtime_id=obj.pk, now=timezone.now(), **facts)
        else:
            saved = add_showtime(**facts)
        obj.pk, obj.ends_at, obj.clears_at = saved.pk, saved.ends_at, saved.clears_at

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
        """What history protects is kept, called off, so nothing stands in the way of asking."""
        return [f"{row} · {local(row.starts_at):%Y-%m-%d %H:%M}" for row in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Showtime) -> None:
        """Erase it if nobody ever ordered for it, else call it off and keep it."""
        if not delete_showtime(showtime_id=obj.pk, now=timezone.now()):
            messages.warning(request, _("It has a history, so it was called off and kept."))

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Put drafts on sale."""
        self._set_status(request, queryset.filter(status=Showtime.Status.DRAFT), Showtime.Status.PUBLISHED)

    @admin.action(description=_("Back to draft"), permissions=["change"])
    def back_to_draft(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Take published showtimes nobody has ordered for out of sight again."""
        self._set_status(request, queryset.filter(status=Showtime.Status.PUBLISHED), Showtime.Status.DRAFT)

    def _set_status(self, request: HttpRequest, showtimes: QuerySet, status: str) -> None:
        done = 0
        for pk in list(showtimes.values_list("pk", flat=True)):
            done += attempt(request, lambda pk=pk: update_showtime(showtime_id=pk, now=timezone.now(), status=status))
        messages.success(request, _("%(count)d showtimes changed.") % {"count": done})

    def cancel_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """First what calling it off would do, then the doing."""
        showtime = get_object_or_404(Showtime.objects.select_related("movie", "hall"), pk=pk)
        if not (request.user.has_perm("ticketing.change_showtime") and request.user.has_perm("ticketing.refund_order")):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]

            def call_off() -> None:
                call_off_showtime(showtime_id=pk, now=timezone.now(), by=request.user, reason=reason)

            if attempt(
                request, call_off, _("The showtime is called off: nothing is sold and nobody admitted any more.")
            ):
                self.log_change(request, showtime, str(_("Called off: %(reason)s")) % {"reason": reason})
            return redirect(request.path)
        orders = Order.objects.live().filter(showtime=showtime).with_details()
        begun = CallOff.objects.filter(showtime=showtime).select_related("by").first()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Call off a showtime"),
            "showtime": showtime,
            "orders": orders,
            "audience": audience_of(order for order in orders if not order.is_expired(timezone.now())),
            "amount": sum(
                order.total_amount - order.refunded_amount for order in orders if order.status == Order.Status.PAID
            ),
            "form": form,
            "progress": progress_of(begun) if begun else None,
            "call_off": begun,
            "opts": self.opts,
        }
        return render(request, "backoffice/showtime/cancel.html", context)
