"""The schedule board: halls by time for a day, halls by days for a week, and what is done on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from backoffice.acting import attempt
from backoffice.figures import count_fill
from backoffice.forms.board import Copy, Fill, Move, Place, Publish
from backoffice.views.desk import for_staff
from backoffice.views.move import MAY_MOVE
from catalog.models import Movie
from cinema.clock import after, elapsed, local
from cinema.days import add_days, day_of, days_from, programme_clock, programme_day_of, programme_day_start, week_of
from cinema.errors import CinemaError
from ticketing.models import Hall, Showtime
from ticketing.programme.scheduling import add_showtime
from ticketing.sale.planning import Outcome, copy_days, fill_hall, publish_days
from ticketing.sale.showtime_changes import delete_showtime, update_showtime

VIEWS = {"day": 1, "week": 7}
HALLS_PER_PAGE = {"day": 20, "week": 12}
SHOWN_REFUSALS = 5
FIRST_START, LAST_START = timedelta(hours=4), timedelta(hours=12)  # proposed: after six, and after the first
MINUTE = timedelta(minutes=1)
# The number of a showtime's newest history entry: a move says which one it was made from.
LAST_CHANGE = Subquery(
    Showtime.history.model.objects.filter(id=OuterRef("pk")).order_by("-history_id").values("history_id")[:1]
)
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Block:
    """A showtime as the board draws it: its times in minutes from the beginning of the day, by the wall clock.

    ``length`` is how long the film runs, which is something else in the nights when the clocks change.
    """

    showtime: Showtime
    start: int
    film: int
    end: int
    clear: int
    length: int

    @property
    def is_fixed(self) -> bool:
        """Whether people have bought seats, so that it doesn't move."""
        return self.showtime.sold_count > 0


@dataclass(frozen=True)
class Cell:
    """One hall's showtimes on one day."""

    day: date
    blocks: list[Block]


@dataclass(frozen=True)
class Line:
    """One hall with its days."""

    hall: Hall
    cells: list[Cell]


@for_staff("ticketing.view_showtime")
def board(request: HttpRequest) -> HttpResponse:
    """The programme of a day or a week."""
    view = request.GET.get("view") if request.GET.get("view") in VIEWS else "day"
    chosen = asked_day(request.GET.get("date", ""))
    first = week_of(chosen).first if view == "week" else chosen
    days = days_from(first, VIEWS[view])
    hall_words = request.GET.get("halls", "").strip()[:50]
    named = Q(name__icontains=hall_words) | Q(name_en__icontains=hall_words)
    halls = Paginator(Hall.objects.visible().filter(named), HALLS_PER_PAGE[view]).get_page(request.GET.get("page"))
    lines = lines_of(days, list(halls))
    statuses = [block.showtime.status for line in lines for cell in line.cells for block in cell.blocks]
    context = {
        **admin.site.each_context(request),
        "title": _("Schedule board"),
        "view": view,
        "chosen": chosen,
        "days": days,
        "lines": lines,
        "halls": halls,
        "hall_words": hall_words,
        "kept": f"{urlencode({'halls': hall_words})}&" if hall_words else "",
        "now": local(timezone.now()),
        "hours": [(6 + hour) % 24 for hour in range(24)],
        "movies": Movie.objects.on_show().order_by("status", "title"),
        "drafts": statuses.count(Showtime.Status.DRAFT),
        "before": add_days(first, -len(days)),
        "after": add_days(first, len(days)),
        "today": day_of(timezone.now()),
        "may_plan": request.user.has_perm("ticketing.add_showtime"),
        "may_move": request.user.has_perm("ticketing.change_showtime"),
        "may_move_sold": request.user.has_perms(MAY_MOVE),
        **forms_of(first, len(days)),
    }
    return render(request, "backoffice/board.html", context)


def lines_of(days: list[date], halls: list[Hall]) -> list[Line]:
    """These halls with their showtimes on these days, in three queries."""
    first, last = programme_day_start(days[0]), programme_day_start(add_days(days[-1], 1))
    planned = Showtime.objects.standing().between(first, last).filter(hall__in=halls).order_by("starts_at")
    showtimes = list(planned.select_related("movie", "hall", "price_card").annotate(seen=LAST_CHANGE))
    count_fill(showtimes)
    by_place: dict[tuple[int, date], list[Block]] = {}
    for showtime in showtimes:
        block, day = block_of(showtime)
        by_place.setdefault((showtime.hall_id, day), []).append(block)
    return [Line(hall, [Cell(day, by_place.get((hall.pk, day), [])) for day in days]) for hall in halls]


def block_of(showtime: Showtime) -> tuple[Block, date]:
    """The showtime as drawn, and the cinema's day it belongs to."""
    day = programme_day_of(showtime.starts_at)
    moments = (showtime.starts_at, showtime.film_starts_at, showtime.ends_at, showtime.clears_at)
    start, film, end, clear = (programme_clock(moment, day) // MINUTE for moment in moments)
    length = elapsed(showtime.film_starts_at, showtime.ends_at) // MINUTE
    return Block(showtime, start, film, end, clear, length), day


def forms_of(first: date, days: int) -> dict:
    """The plain forms, filled in for the days on show."""
    start = after(programme_day_start(first), FIRST_START)
    span = {"first": first, "days": days}
    return {
        "place_form": Place(initial={"starts_at": start}),
        "fill_form": Fill(initial={"starts_at": start, "last_start": after(start, LAST_START)}, auto_id="fill_%s"),
        "copy_form": Copy(initial=span | {"to": add_days(first, days)}, auto_id="copy_%s"),
        "publish_form": Publish(initial=span, auto_id="publish_%s"),
    }


@for_staff("ticketing.add_showtime")
@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Plan a showtime as a draft."""

    def act(facts: dict) -> None:
        showtime = add_showtime(status=Showtime.Status.DRAFT, **facts)
        _log(request, showtime, _("Planned on the board."), new=True)

    return _posted(request, Place(request.POST), act, _("Planned as a draft."))


@for_staff("ticketing.change_showtime")
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Put a showtime elsewhere."""

    def act(facts: dict) -> None:
        showtime = facts.pop("showtime")
        update_showtime(showtime_id=showtime.pk, now=timezone.now(), **facts)
        _log(request, showtime, _("Moved on the board."))

    return _posted(request, Move(request.POST), act, _("Moved."))


@for_staff("ticketing.delete_showtime")
@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """Take a showtime nobody has ordered for off the board."""
    form = forms.Form(request.POST)
    form.fields["showtime"] = forms.ModelChoiceField(queryset=Showtime.objects.standing())

    def act(facts: dict) -> None:
        showtime = facts["showtime"]
        delete_showtime(showtime_id=showtime.pk, now=timezone.now())
        admin.site.get_model_admin(Showtime).log_deletions(request, [showtime])

    return _posted(request, form, act, _("Taken off the board."))


@for_staff("ticketing.add_showtime")
@require_POST
def fill(request: HttpRequest) -> HttpResponse:
    """Plan a film over and over in a hall, in turn with others."""

    def act(facts: dict) -> None:
        facts["first_start"] = facts.pop("starts_at")
        facts["then"] = [movie for movie in (facts.pop("second"), facts.pop("third")) if movie is not None]
        _tell(request, fill_hall(**facts))

    return _posted(request, Fill(request.POST), act)


@for_staff("ticketing.add_showtime")
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Plan days again."""
    return _posted(request, Copy(request.POST), lambda facts: _tell(request, copy_days(**facts)))


@for_staff("ticketing.change_showtime")
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Put the drafts of some days on sale."""

    def act(facts: dict) -> None:
        _tell(request, publish_days(now=timezone.now(), **facts), published=True)

    return _posted(request, Publish(request.POST), act)


def asked_day(text: str) -> date:
    """The day that was asked for, else today."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    return day if day is not None and EARLIEST <= day <= LATEST else day_of(timezone.now())


def _posted(request: HttpRequest, form: forms.Form, act: Callable[[dict], object], success: str = "") -> HttpResponse:
    if form.is_valid():
        attempt(request, lambda: act(dict(form.cleaned_data)), success)
    else:
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else None
            messages.error(request, " ".join([f"{label}:" if label else "", *errors]).strip())
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("admin:board")
    return HttpResponseRedirect(back)


def _tell(request: HttpRequest, outcome: Outcome, *, published: bool = False) -> None:
    for showtime in outcome.done:
        words = _("Published on the board.") if published else _("Planned on the board.")
        _log(request, showtime, words, new=not published)
    n = len(outcome.done)
    if published:
        messages.success(request, ngettext("%(n)d showtime is on sale.", "%(n)d showtimes are on sale.", n) % {"n": n})
    else:
        text = ngettext("%(n)d showtime planned as a draft.", "%(n)d showtimes planned as drafts.", n)
        messages.success(request, text % {"n": n})
    for showtime, refusal in outcome.refused[:SHOWN_REFUSALS]:
        messages.warning(request, refused_words(showtime, refusal))
    if (more := len(outcome.refused) - SHOWN_REFUSALS) > 0:
        messages.warning(request, _("And %(n)d more did not fit.") % {"n": more})


def refused_words(showtime: Showtime, refusal: CinemaError) -> str:
    """Which showtime didn't go, and why."""
    starts_at = local(showtime.starts_at)
    return f"{showtime.movie} · {showtime.hall} · {starts_at:%m-%d %H:%M}: {refusal}"


def _log(request: HttpRequest, showtime: Showtime, words: str, *, new: bool = False) -> None:
    site_admin = admin.site.get_model_admin(Showtime)
    (site_admin.log_addition if new else site_admin.log_change)(request, showtime, words)
