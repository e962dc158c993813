"""A business day runs from close to close: closing it freezes what the journal sealed since the last one.

Which day an entry belongs to is told by its seal alone. A sale that is committed while the day is being closed has no
seal yet, so it is the next day's: nobody waits, nothing is counted twice or left out. A day that is closed stays as it
was; what is given back of it later is the later day's.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.days import programme_day_of
from cinema.errors import Conflict
from ticketing.journal import JournalEntry, Kind, balances, head, seal_waiting
from ticketing.journal.sealing import unsealed
from ticketing.money.attesting_books import post_day_closed
from ticketing.money.book_models import BusinessDay
from ticketing.money.till_models import Shift

SOLD = {Kind.SALE: "sale", Kind.REFUND: "refund", Kind.PAID_OUT: "paid_out"}
Sums = dict[str, int]


class NoJournalKey(Conflict):
    """Without a key nothing is sealed, so nothing says what belongs to the day."""

    code = "no_journal_key"
    message = _("The journal is not sealed: JOURNAL_KEY is not set. Without it no day can be closed.")


class ShiftsOpen(Conflict):
    """Drawers that haven't been counted; ``details['tills']`` names them."""

    code = "shifts_open"
    message = _("A shift is still open. Please have every drawer counted first.")


class DayClosedMeanwhile(Conflict):
    """A colleague closed it at the same moment."""

    code = "day_closed_meanwhile"
    message = _("Somebody has just closed this day. Please look again.")


def close_day(*, number: int, by: User, now: datetime, note: str = "") -> BusinessDay:
    """Close the day of this number: seal what waits, then freeze what was sealed since the last close.

    Raises NoJournalKey, ShiftsOpen, DayClosedMeanwhile.
    """
    if not settings.JOURNAL_KEY:
        raise NoJournalKey
    _refuse_open_shifts()
    seal_waiting(now=now)
    try:
        with transaction.atomic():
            return _close(number, by, now, note.strip()[:200])
    except IntegrityError:  # of two at one moment the second meets the number
        raise DayClosedMeanwhile from None


def next_number() -> int:
    """The number of the day that runs."""
    day = last_day()
    return day.number + 1 if day else 1


def day_so_far() -> dict[str, Any]:
    """The figures of the day that runs, with what waits for its seal: as they would be frozen now."""
    first = _next_seal(last_day())
    waiting = unsealed().values("pk")
    return figures_of(JournalEntry.objects.filter(Q(seal__seq__gte=first) | Q(pk__in=waiting)))


def last_day() -> BusinessDay | None:
    """The day that was closed last."""
    return BusinessDay.objects.select_related("closed_by").order_by("-number").first()


def entries_of(day: BusinessDay) -> QuerySet[JournalEntry]:
    """The journal's entries of this day."""
    return entries_between(day.first_seal, day.head_seal)


def entries_between(first: int, last: int) -> QuerySet[JournalEntry]:
    """Those whose seals have these numbers, both included."""
    return JournalEntry.objects.filter(seal__seq__gte=first, seal__seq__lte=last)


def figures_of(entries: QuerySet[JournalEntry]) -> dict[str, Any]:
    """A day's figures as plain data: by way of paying, till, channel and account; counts, and the office's orders."""
    by: dict[str, dict[str, Sums]] = {name: defaultdict(_nothing) for name in ("methods", "tills", "channels")}
    office, tickets = [], {"sold": 0, "returned": 0}
    fields = (
        "kind",
        "provider",
        "till",
        "amount",
        "ticket_count",
        "order_id",
        "order__channel",
        "operator_id",
        "facts",
    )
    rows = entries.filter(kind__in=SOLD).order_by("pk").values_list(*fields)
    for kind, provider, till, amount, sold, order_id, channel, operator_id, facts in rows.iterator(2_000):
        parts = [("methods", method, sum_) for method, sum_ in _methods(provider, amount, facts)]
        for name, key, sum_ in [*parts, ("tills", till, amount), ("channels", channel, amount)]:
            sums = by[name][key]
            sums[SOLD[kind]] += sum_
            sums[f"{SOLD[kind]}_count"] += 1
        tickets["sold"] += sold
        tickets["returned"] += len(facts["tickets"]) if kind == Kind.REFUND else 0
        if kind == Kind.SALE and provider == "office":
            office.append({"order": order_id, "amount": amount, "by": operator_id})
    accounts: dict[str, Sums] = defaultdict(dict)
    for (account, currency), total in sorted(balances(entries).items()):
        accounts[currency][account] = total
    frozen: dict[str, Any] = {name: dict(sorted(groups.items())) for name, groups in by.items()}
    return frozen | {"accounts": accounts, "tickets": tickets, "office": office, "shifts": _shifts(entries)}


def _methods(provider: str, amount: int, facts: dict[str, Any]) -> list[tuple[str, int]]:
    """By which ways an entry's money came or went."""
    if "tenders" in facts:
        return [(method, part) for _payment, method, part in facts["tenders"]]
    if "shares" in facts:
        return [(share["method"], share["amount"]) for share in facts["shares"]]
    return [(provider, amount)]


def _refuse_open_shifts() -> None:
    if open_tills := list(Shift.objects.open().order_by("till__code").values_list("till__name", flat=True)):
        raise ShiftsOpen(tills=open_tills)


def _close(number: int, by: User, now: datetime, note: str) -> BusinessDay:
    _refuse_open_shifts()  # one may have been opened while the journal was sealed
    before, newest = last_day(), head()
    if number != (before.number + 1 if before else 1):
        raise DayClosedMeanwhile
    first = _next_seal(before)
    last = newest.seq if newest else first - 1
    day = BusinessDay.objects.create(
        number=number,
        date=programme_day_of(now),
        closed_at=now,
        closed_by=by,
        note=note,
        first_seal=first,
        head_seal=last,
        head_mac=newest.mac if newest else "",
        figures=figures_of(entries_between(first, last)),
    )
    post_day_closed(day)
    return day


def _shifts(entries: QuerySet[JournalEntry]) -> list[dict[str, Any]]:
    """The drawers that were counted on the day."""
    counted = entries.filter(kind=Kind.COUNT).order_by("pk").values_list("shift_id", "till", "facts")
    return [{"shift": shift_id, "till": till, **_count(facts)} for shift_id, till, facts in counted]


def _count(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in ("z_number", "expected", "counted")}


def _next_seal(day: BusinessDay | None) -> int:
    return day.head_seal + 1 if day else 1


def _nothing() -> Sums:
    return {f"{name}{suffix}": 0 for name in SOLD.values() for suffix in ("", "_count")}
