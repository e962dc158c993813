"""Halls."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.acting import Historic
from backoffice.forms.halls import HallForm
from backoffice.views.broken import broken_seat
from backoffice.views.grid import grid_editor
from ticketing.models import Hall
from ticketing.sale.hall_changes import remove_hall, set_hall_status
from ticketing.venue.halls import add_hall

FACTS = ["name", "name_en", "hall_type", "status", "preshow_minutes", "turnaround_minutes", "orphan_rule"]


@admin.register(Hall)
class HallAdmin(Historic):
    """Rooms with a screen."""

    form = HallForm
    list_display = [
        "name",
        "name_en",
        "hall_type",
        "status",
        "seats_now",
        "not_for_sale",
        "preshow_minutes",
        "turnaround_minutes",
        "hidden",
    ]
    list_filter = ["status", "hall_type", "hidden"]
    search_fields = ["name", "name_en"]
    change_form_template = "backoffice/hall/change_form.html"
    fieldsets = [(None, {"fields": tuple(FACTS)})]

    def get_fieldsets(self, request: HttpRequest, obj: Hall | None = None) -> list:
        """A new hall is asked for its size too."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            fieldsets[0][1]["fields"] = [*fieldsets[0][1]["fields"], "total_seats"]
        return fieldsets

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each hall with its seats counted."""
        blocked = Count("seats", filter=Q(seats__removed_at=None, seats__is_available=False))
        return super().get_queryset(request).with_seat_count().annotate(blocked_count=blocked)

    @admin.display(description=_("seats"), ordering="seat_count")
    def seats_now(self, hall: Hall) -> int:
        """How many seats it has."""
        return hall.seat_count

    @admin.display(description=_("not for sale"), ordering="blocked_count")
    def not_for_sale(self, hall: Hall) -> int:
        """How many of them are blocked."""
        return hall.blocked_count

    def has_change_permission(self, request: HttpRequest, obj: Hall | None = None) -> bool:
        """A retired hall is only history."""
        return super().has_change_permission(request, obj) and not (obj is not None and obj.hidden)

    def get_urls(self) -> list:
        """Grid editor and broken seats stand beside Django's pages."""
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/grid/", wrap(grid_editor), name="ticketing_hall_grid"),
            path("<int:pk>/broken/", wrap(broken_seat), name="ticketing_hall_broken"),
        ]
        return [*own, *super().get_urls()]

    def response_add(self, request: HttpRequest, obj: Hall, post_url_continue: str | None = None) -> HttpResponse:
        """A new hall goes straight to the drawing board."""
        messages.success(request, _("The hall is open. Now draw its seats."))
        return redirect("admin:ticketing_hall_grid", pk=obj.pk)

    def save_model(self, request: HttpRequest, obj: Hall, form: Any, change: bool) -> None:
        """Open the hall with its first grid, or change what was changed; closing and opening reach open seat maps."""
        now = timezone.now()
        if not change:
            facts = form.cleaned_data
            hall = add_hall(
                name=obj.name,
                total_seats=facts.get("total_seats") or 0,
                hall_type=obj.hall_type,
                status=obj.status,
                now=now,
            )
            obj.pk, obj.created_at = hall.pk, hall.created_at
        elif "status" in form.changed_data:
            set_hall_status(hall_id=obj.pk, status=obj.status, now=now)
        obj.save(update_fields=FACTS)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
        """What history protects is kept and retired, so nothing stands in the way of asking."""
        return [str(hall) for hall in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Hall) -> None:
        """Erase it, or retire it where there is history."""
        if not remove_hall(hall_id=obj.pk, now=timezone.now()):
            messages.warning(request, _("It has a history, so it was retired and kept."))
