"""A clerk's shift at a till: opened, cash in and out, counted; and for managers all tills at a glance."""

from collections.abc import Callable

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.acting import attempt
from backoffice.forms.shifts import CashForm, CountForm, OpenShiftForm
from backoffice.views.desk import for_staff, work_page
from ticketing.models import Shift, Till
from ticketing.money.providers import PROVIDERS
from ticketing.money.shifts import (
    close_shift,
    figures_of,
    find_shift,
    move_cash,
    open_shift,
    open_shift_of,
)

CLOSED_SHOWN = 30


def drawer_of(clerk: AbstractBaseUser) -> dict:
    """What the counter's pages say of the clerk's drawer: their shift, what must be in it, whether they need one."""
    shift = open_shift_of(clerk)
    if shift is not None:
        return {"shift": shift, "in_drawer": figures_of(shift).expected, "needs_shift": False}
    return {"shift": None, "needs_shift": Till.objects.in_use().exists()}


@for_staff("ticketing.sell_at_counter")
@require_http_methods(["GET", "HEAD", "POST"])
def own_shift(request: HttpRequest) -> HttpResponse:
    """One's own shift, or the form that opens it."""
    if (shift := open_shift_of(request.user)) is not None:
        return redirect("admin:shift", pk=shift.pk)
    form = OpenShiftForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts, now = form.cleaned_data, timezone.now()

        def opening() -> None:
            open_shift(till_id=facts["till"].pk, clerk=request.user, float_amount=facts["float_amount"], now=now)

        if attempt(request, opening, _("The shift is open.")):
            return redirect("admin:counter")
    context = {"form": form, "has_tills": Till.objects.in_use().exists()}
    return work_page(request, "backoffice/counter/open_shift.html", context, tool="counter", status=_status(form))


@for_staff("ticketing.sell_at_counter")
@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """A shift's X report with what can be done in it; once it is closed, its Z report."""
    found = find_shift(shift_id=pk, by=request.user)
    cash_form, count_form = CashForm(), CountForm()
    if request.method == "POST":
        is_count = request.POST.get("act") == "count"
        form = count_form = CountForm(request.POST) if is_count else count_form
        if not is_count:
            form = cash_form = CashForm(request.POST)
        doing, said = (_counting, _("The drawer is counted.")) if is_count else (_moving, _("The cash is booked."))
        if form.is_valid() and attempt(request, doing(request, found, form), said):
            return redirect("admin:shift", pk=pk)
    figures = figures_of(found)
    context = {
        "shift": found,
        "figures": figures,
        "methods": [(PROVIDERS[one.method].label, one) for one in figures.methods],
        "movements": found.movements.select_related("by"),
        "cash_form": cash_form,
        "count_form": count_form,
        "now": timezone.now(),
    }
    status = max(_status(cash_form), _status(count_form))
    return work_page(request, "backoffice/counter/shift.html", context, tool="counter", status=status)


@for_staff("ticketing.manage_shifts")
@require_safe
def tills(request: HttpRequest) -> HttpResponse:
    """Every till: who works there, what must be in its drawer now, and how the last counts came out."""
    at_work = [
        (one, figures_of(one)) for one in Shift.objects.open().select_related("till", "clerk").order_by("till__code")
    ]
    busy = {one.till_id for one, _figures in at_work}
    context = {
        "at_work": at_work,
        "in_drawers": sum(figures.expected for _one, figures in at_work),
        "idle": [till for till in Till.objects.in_use() if till.pk not in busy],
        "closed": Shift.objects.closed().select_related("till", "clerk").order_by("-closed_at")[:CLOSED_SHOWN],
    }
    return work_page(request, "backoffice/counter/tills.html", context, tool="tills")


def _moving(request: HttpRequest, shift: Shift, form: forms.Form) -> Callable[[], object]:
    return lambda: move_cash(shift_id=shift.pk, by=request.user, now=timezone.now(), **form.cleaned_data)


def _counting(request: HttpRequest, shift: Shift, form: forms.Form) -> Callable[[], object]:
    return lambda: close_shift(shift_id=shift.pk, by=request.user, now=timezone.now(), **form.cleaned_data)


def _status(form: forms.Form) -> int:
    return 400 if form.is_bound and form.errors else 200
