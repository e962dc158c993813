"""Filing a film's weekly return. What was filed stands; whatever is given back later, a correction is a new version."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.reports.film_return import ReturnLine, return_lines
from catalog.models import Movie
from cinema.days import Period
from cinema.errors import Conflict, InvalidInput
from ticketing.models import FilmReturn
from ticketing.money.attesting_books import post_return_filed


class WeekNotOver(Conflict):
    """Tickets of this week may still be sold."""

    code = "week_not_over"
    message = _("The film week isn't over yet.")


class NothingChanged(Conflict):
    """The version before says the same."""

    code = "nothing_changed"
    message = _("Nothing has changed since the return was filed.")


class FiledMeanwhile(Conflict):
    """A colleague filed the same version at the same moment."""

    code = "filed_meanwhile"
    message = _("Somebody has just filed this return. Please look again.")


class CorrectionNeedsReason(InvalidInput):
    """A new version says why."""

    code = "correction_needs_reason"
    message = _("Please say why the return is corrected.")


def filed_returns(*, movie: Movie, week: Period) -> QuerySet[FilmReturn]:
    """Every version of this return, the latest first."""
    found = FilmReturn.objects.filter(movie=movie, week_begins=week.first)
    return found.select_related("filed_by").order_by("-version")


def file_return(*, movie: Movie, week: Period, by: User, now: datetime, reason: str = "") -> FilmReturn:
    """Freeze the week's figures as the return's next version, with what changed since the last one.

    Raises WeekNotOver, NothingChanged, CorrectionNeedsReason, FiledMeanwhile.
    """
    if now < week.ends_at:
        raise WeekNotOver
    lines = return_lines(movie=movie, week=week)
    before = filed_returns(movie=movie, week=week).first()
    changes = changes_since(before, lines) if before else []
    if before and not changes:
        raise NothingChanged
    if before and not reason.strip():
        raise CorrectionNeedsReason(field="reason")
    filed = FilmReturn(
        movie=movie,
        week_begins=week.first,
        version=before.version + 1 if before else 1,
        lines=[asdict(line) for line in lines],
        changes=changes,
        tickets=sum(line.tickets for line in lines),
        gross_amount=sum(line.gross for line in lines),
        reason=reason.strip()[:200],
        filed_at=now,
        filed_by=by,
    )
    try:
        with transaction.atomic():
            filed.save()
            post_return_filed(filed)
    except IntegrityError:  # the constraint on versions tells two who file at once apart
        raise FiledMeanwhile from None
    return filed


def changes_since(filed: FilmReturn, lines: Iterable[ReturnLine]) -> list[dict]:
    """Which lines say something else than those that were filed: tickets and gross before and now."""
    before = {_place(line): line for line in (ReturnLine(**line) for line in filed.lines)}
    after = {_place(line): line for line in lines}
    changes = []
    for place in sorted(before.keys() | after.keys(), key=str):
        old, new = _figures(before.get(place)), _figures(after.get(place))
        if old != new:
            day, kind, price = place
            changes.append({"day": day, "type": kind, "price": price, "before": old, "now": new})
    return changes


def _place(line: ReturnLine) -> tuple[str, str, int | None]:
    return line.day, line.type, line.price


def _figures(line: ReturnLine | None) -> list[int]:
    return [line.tickets, line.gross] if line else [0, 0]
