"""The check-in page and the list of who is in. A form with one field; the camera and the sounds come on top."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.acting import attempt
from backoffice.door import (
    Verdict,
    admissions,
    door_of,
    last_admitted,
    next_showtime,
    scan,
    showtimes_at_door,
    tally_of,
)
from backoffice.views.desk import for_staff, work_page
from ticketing.door.admission import undo_admission
from ticketing.models import Showtime, Ticket

PEOPLE_PER_PAGE = 200


@for_staff("ticketing.admit_ticket")
@require_safe
def doors(request: HttpRequest) -> HttpResponse:
    """To the door of the showtime asked for, or of the one that starts next."""
    now = timezone.now()
    asked = request.GET.get("showtime", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return redirect("admin:door", pk=int(asked))
    showtime = next_showtime(now=now)
    if showtime is None:
        return work_page(request, "backoffice/door/closed.html", {}, tool="doors")
    return redirect("admin:door", pk=showtime.pk)


@for_staff("ticketing.admit_ticket")
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, pk: int) -> HttpResponse:
    """One showtime's door; posting a code lets one person in or says why not."""
    now = timezone.now()
    showtime = door_of(showtime_id=pk)
    verdict = None
    if request.method == "POST":
        verdict = scan(text=_code(request, showtime), showtime=showtime, by=request.user, now=now)
    state = {
        "showtime": showtime,
        "verdict": verdict,
        "tally": tally_of(showtime),
        "last": last_admitted(showtime),
    }
    if request.headers.get("X-Part") == "state":
        return render(request, "backoffice/door/_state.html", state)
    state["choices"] = _choices(showtime)
    return work_page(request, "backoffice/door/door.html", state, tool="doors", status=_status(verdict))


@for_staff("ticketing.admit_ticket")
@require_safe
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has a ticket for the showtime, where they sit, and since when they are in."""
    showtime = door_of(showtime_id=pk)
    search, state = request.GET.get("q", "")[:50], request.GET.get("state", "")
    found = admissions(showtime=showtime, search=search, state=state)
    context = {
        "showtime": showtime,
        "tally": tally_of(showtime),
        "page": Paginator(found, PEOPLE_PER_PAGE).get_page(request.GET.get("page")),
        "search": search,
        "state": state if state in {"in", "out"} else "",
        "may_undo": request.user.has_perm("ticketing.undo_admission"),
    }
    return work_page(request, "backoffice/door/people.html", context, tool="doors")


@for_staff("ticketing.undo_admission")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an admission back; the list of the showtime's people says how it went."""
    showtime = door_of(showtime_id=pk)
    attempt(
        request,
        lambda: undo_admission(
            code=_code(request, showtime),
            by=request.user,
            reason=request.POST.get("reason", "")[:200],
            now=timezone.now(),
        ),
        _("The admission was taken back. The ticket admits again."),
    )
    search = {"q": request.POST.get("q", "")[:50]}
    return redirect(f"{reverse('admin:door_people', args=[showtime.pk])}?{urlencode(search)}")


def _code(request: HttpRequest, showtime: Showtime) -> str:
    """The code that was scanned, or that of the ticket picked from the list."""
    picked = request.POST.get("ticket", "")
    if picked.isascii() and picked.isdigit() and len(picked) < 19:
        found = Ticket.objects.filter(pk=int(picked), showtime=showtime).values_list("code", flat=True)
        return found.first() or ""
    return request.POST.get("code", "")


def _choices(current: Showtime) -> list[Showtime]:
    choices = list(showtimes_at_door(now=timezone.now()))
    return choices if current in choices else [current, *choices]


def _status(verdict: Verdict | None) -> int:
    if verdict is None or verdict.lets_in:
        return 200
    return 404 if verdict.ticket is None else 409
