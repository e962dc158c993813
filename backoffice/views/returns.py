"""A film's weekly return: as it stands, as it was filed, and filing it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from backoffice.acting import attempt
from backoffice.reports import BadPeriod, films_with_showtimes, read_day
from backoffice.reports.film_return import filed_report, gross_by_day, return_lines, return_report, type_name
from backoffice.reports.periods import week_number
from backoffice.returns import changes_since, file_return, filed_returns
from backoffice.views.desk import for_staff
from backoffice.views.reports import download, file_type, sheet_page
from catalog.models import Movie
from cinema.days import WEEK_DAYS, Period, add_days, day_of, film_week_of
from cinema.errors import NotFound
from ticketing.models import FilmReturn

SHEET = "report_return"
NOW = "now"  # asked for in place of a version: the figures as they stand


class NoSuchFilm(NotFound):
    """No film has this number."""

    code = "movie_not_found"
    message = _("There is no such movie.")


class NoSuchVersion(NotFound):
    """This version was never filed."""

    code = "return_not_found"
    message = _("There is no such version.")


@for_staff("ticketing.view_reports")
@require_safe
def return_page(request: HttpRequest) -> HttpResponse:
    """One film's week for its distributor: the version asked for, else the last that was filed, else as it stands."""
    now = timezone.now()
    today = day_of(now)
    context: dict = {"today": today}
    try:
        week = _week(request.GET.get("week", ""), today)
    except BadPeriod as refusal:
        return sheet_page(request, {**context, "refusal": refusal}, sheet=SHEET, status=400)
    films = list(films_with_showtimes(week))
    movie = _film(request.GET.get("film", ""), films)
    context |= {"week": week, "films": films, "movie": movie, "period": week, **_neighbours(week)}
    if movie is None:
        return sheet_page(request, context, sheet=SHEET)
    versions = list(filed_returns(movie=movie, week=week))
    shown = _version(request.GET.get("version", ""), versions)
    lines = return_lines(movie=movie, week=week)
    report = filed_report(shown) if shown else return_report(movie.pk, lines)
    if kind := file_type(request):
        return download(report, week, kind)
    changes = changes_since(versions[0], lines) if versions else []
    context |= {
        "report": report,
        "chart": gross_by_day(report),
        "number": week_number(week, movie.release_date),
        "versions": versions,
        "shown": shown,
        "shown_changes": _worded(shown.changes) if shown else [],
        "changes": _worded(changes),
        "may_file": request.user.has_perm("ticketing.file_return") and (changes or not versions),
        "is_over": now >= week.ends_at,
    }
    return sheet_page(request, context, sheet=SHEET)


@for_staff("ticketing.file_return")
@require_POST
def file_page(request: HttpRequest) -> HttpResponse:
    """File the return as it stands; leads back to it."""
    now = timezone.now()
    week = _week(request.POST.get("week", ""), day_of(now))
    movie = _film(request.POST.get("film", ""), [])
    reason = request.POST.get("reason", "")

    def filing() -> None:
        if movie is None:
            raise NoSuchFilm
        file_return(movie=movie, week=week, by=request.user, now=now, reason=reason)

    attempt(request, filing, _("The return is filed; from now on this version stays as it is."))
    asked = {"week": week.first.isoformat(), "film": request.POST.get("film", "")[:18]}
    return redirect(f"{reverse('admin:report_return')}?{urlencode(asked)}")


def _week(text: str, today: date) -> Period:
    """The film week a day lies in, the last one where none is asked for. Raises BadPeriod."""
    return film_week_of(read_day(text) if text.strip() else add_days(today, -WEEK_DAYS))


def _film(text: str, films: list[Movie]) -> Movie | None:
    """The film asked for, else the first that ran. Raises NoSuchFilm."""
    if not text.strip():
        return films[0] if films else None
    found = Movie.objects.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 19 else None
    if found is None:
        raise NoSuchFilm
    return found


def _version(text: str, versions: list[FilmReturn]) -> FilmReturn | None:
    """The version asked for, else the last one; None for the figures as they stand. Raises NoSuchVersion."""
    if text == NOW or not versions:
        return None
    if not text:
        return versions[0]
    found = [one for one in versions if str(one.version) == text]
    if not found:
        raise NoSuchVersion
    return found[0]


def _worded(changes: list[dict]) -> list[dict[str, Any]]:
    return [
        {**one, "type": type_name(one["type"]), "before": tuple(one["before"]), "now": tuple(one["now"])}
        for one in changes
    ]


def _neighbours(week: Period) -> dict[str, date]:
    return {"week_before": add_days(week.first, -WEEK_DAYS), "week_after": add_days(week.first, WEEK_DAYS)}
