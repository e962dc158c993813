"""Moving a showtime that people have tickets for: first whom it concerns, then the doing."""

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.acting import attempt, last_change
from backoffice.forms.programme import MoveDoneForm, MoveForm
from cinema.clock import local, written
from ticketing.models import Showtime
from ticketing.sale.moves import Outlook, look_ahead, move_showtime

MAY_MOVE = ("ticketing.change_showtime", "ticketing.refund_order")


@permission_required(MAY_MOVE, raise_exception=True)
def move_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask where to; show what that would do; do it."""
    showtime = get_object_or_404(Showtime.objects.select_related("movie", "hall"), pk=pk)
    if request.method == "POST":
        form = MoveDoneForm(request.POST)
        if form.is_valid() and _move(request, showtime, dict(form.cleaned_data)):
            return redirect("admin:ticketing_showtime_change", object_id=pk)
    else:
        form = MoveForm(_asked(request, showtime))
    outlook, done_form = None, None
    if form.is_valid():
        outlook = look_ahead(showtime_id=pk, now=timezone.now(), **_place(form.cleaned_data))
        done_form = form if isinstance(form, MoveDoneForm) else MoveDoneForm(initial={"seen": last_change(showtime)})
    context = {
        **admin.site.each_context(request),
        "title": _("Move a showtime with its tickets"),
        "showtime": showtime,
        "form": form,
        "outlook": outlook,
        "missing": _missing(outlook),
        "done_form": done_form,
        "opts": Showtime._meta,
    }
    return render(request, "backoffice/showtime/move.html", context)


def _asked(request: HttpRequest, showtime: Showtime) -> dict:
    """Where to, as the address says; what it doesn't say stays as it is."""
    here = {
        "hall": showtime.hall_id,
        "starts_at": written(showtime.starts_at),
        "preshow_minutes": showtime.preshow_minutes,
    }
    return here | {name: request.GET[name] for name in here if request.GET.get(name)}


def _place(facts: dict) -> dict:
    return {name: facts[name] for name in ("hall", "starts_at", "preshow_minutes")}


def _missing(outlook: Outlook | None) -> str:
    refusal = None if outlook is None else outlook.refusal
    return "" if refusal is None else ", ".join(refusal.details.get("labels", []))


def _move(request: HttpRequest, showtime: Showtime, facts: dict) -> bool:
    def move() -> None:
        moved = move_showtime(
            showtime_id=showtime.pk,
            **_place(facts),
            seen=facts["seen"],
            now=timezone.now(),
            by=request.user,
            reason=facts["reason"],
        )
        where = f"{moved.hall} {local(moved.starts_at):%Y-%m-%d %H:%M}"
        words = _("Moved with its tickets to %(where)s: %(reason)s") % {"where": where, "reason": facts["reason"]}
        admin.site.get_model_admin(Showtime).log_change(request, moved, words)

    return attempt(request, move, _("The showtime has been moved. Everyone who bought is being told."))
