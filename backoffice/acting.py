"""What all admin pages share: refusals told in the form, rows that history protects, two people at one row."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from cinema.errors import CinemaError
from cinema.money import as_text
from cinema.money_fields import MoneyField


def attempt(request: HttpRequest, act: Callable[[], object], success: object = "") -> bool:
    """Do it; tell how it went in a message. Answers whether it was done."""
    try:
        act()
    except CinemaError as refusal:
        messages.error(request, str(refusal))
        return False
    if success:
        messages.success(request, str(success))
    return True


class ShowsMoney(admin.ModelAdmin):
    """Money is kept in minor units; where it is only looked at, it is shown as people read it."""

    def get_list_display(self, request: HttpRequest) -> list:
        """The columns, those of money in major units."""
        return [self._shown(name) for name in super().get_list_display(request)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list:
        """The fields; those of money in major units for whoever may only look."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj) if obj else self.has_add_permission(request):
            return fieldsets
        return [
            (title, {**facts, "fields": [self._shown(name) for name in facts["fields"]]}) for title, facts in fieldsets
        ]

    def _shown(self, name: Any) -> Any:
        """The name, or what shows it where it is a field of money."""
        fields = {field.name: field for field in self.opts.get_fields()}
        field = fields.get(name) if isinstance(name, str) else None
        if not isinstance(field, MoneyField) or hasattr(self, name):
            return name
        return _money_column(field)


@cache
def _money_column(field: MoneyField) -> Callable[[models.Model], str]:
    """What shows a field of money; the same each time, since Django finds columns by what they are."""

    @admin.display(description=field.verbose_name, ordering=field.name)
    def column(row: models.Model) -> str:
        amount = getattr(row, field.name)
        return "" if amount is None else as_text(amount, row.currency)

    column.__name__ = field.name
    return column


class Acting(ShowsMoney):
    """Saves and deletes through the domain; what the domain refuses stands in the form, with nothing lost."""

    list_per_page = 50
    show_full_result_count = False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; after a refusal once more, with its sentence."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except CinemaError as refusal:
            request.refusal = refusal
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type:
        """The form class; after a refusal one that carries it."""
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return form if refusal is None else _refused(form, refusal)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The question before deleting; a refusal leads back to the row with a message."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except CinemaError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect("../change/")

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """What history kept is not reported as deleted."""
        if self.model._default_manager.filter(pk=obj_id).exists():
            return redirect(admin_urlname(self.opts, "changelist"))
        return super().response_delete(request, obj_display, obj_id)

    def get_actions(self, request: HttpRequest) -> dict:
        """No deleting by the dozen: what goes is looked at one by one."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


class GuardedForm(forms.ModelForm):
    """Carries the number of the last change it was made from: of two people at one row the second is told."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["seen"].initial = last_change(self.instance)

    def clean(self) -> dict:
        """Refuse to overwrite what somebody else saved since the form was opened."""
        cleaned = super().clean()
        if self.instance.pk:
            # The row is locked first, so that of two who save at once the second sees the first one's change.
            with transaction.atomic():
                type(self.instance).objects.select_for_update().filter(pk=self.instance.pk).first()
                if self.cleaned_data.get("seen") != last_change(self.instance):
                    self.add_error(None, _("Someone else has changed this in the meantime. Please look again."))
        return cleaned


class Historic(Acting, SimpleHistoryAdmin):
    """Rows with a history that is shown, compared and never played back past the domain. Wants a GuardedForm."""

    form = GuardedForm

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """An old state can be looked at, not restored: restoring would go round the domain."""
        return True

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """An old state. The library saves whatever is sent here, and asks for no permission but to look."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return super().history_form_view(request, object_id, version_id, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type:
        """The form class; the library doesn't say of an old state that the row is there already."""
        return super().get_form(request, obj, change=change or obj is not None, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list:
        """All fields, for whoever may only look."""
        if obj is not None and not self.has_change_permission(request, obj):
            return flatten_fieldsets(self.get_fieldsets(request, obj))
        return list(super().get_readonly_fields(request, obj))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list:
        """The fieldsets, with the guard among them where something can be changed."""
        fieldsets = [(name, dict(options)) for name, options in super().get_fieldsets(request, obj)]
        fields = [field for field in fieldsets[0][1]["fields"] if field != "seen"]
        guard = ["seen"] if obj is not None and self.has_change_permission(request, obj) else []
        fieldsets[0][1]["fields"] = [*fields, *guard]
        return fieldsets


class ReadOnly(ShowsMoney):
    """Rows that are written elsewhere and only looked at here."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


def _refused(form: type, refusal: CinemaError) -> type:
    class Refused(form):
        def clean(self) -> dict:
            cleaned = super().clean()
            field = refusal.details.get("field")
            self.add_error(field if field in self.fields else None, str(refusal))
            return cleaned

    return Refused


def last_change(row: models.Model) -> int | None:
    """The number of the row's newest history entry."""
    newest = row.history.order_by("-history_id").values_list("history_id", flat=True)
    return newest.first()
