"""Whether the journal is what was sealed: each seal over its entry and the one before, none missing, no tail cut."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from cinema.days import midnight
from ticketing.journal import JournalEntry, Seal, heads
from ticketing.journal.models import TicketSeries
from ticketing.journal.sealing import keys, mac_of, unsealed

LATE_SEAL = timedelta(minutes=5)  # seals are laid within seconds
HEADS_AT_ONCE = 500


def find_chain_faults(
    *, now: datetime, since: date | None = None, told: Sequence[tuple[int, str]] | None = None
) -> Iterator[str]:
    """What is wrong with the seals themselves; with a date, of those laid since.

    ``told`` is the file of heads as it was read before the database: a head that a sealer adds once the moment that
    is looked at has begun belongs to a seal that can't be seen in it.
    """
    told = list(heads.kept_heads()) if told is None else told
    yield from _check_seals(Seal.objects.filter(sealed_at__gte=midnight(since)) if since else Seal.objects.all())
    yield from _check_heads(told[-HEADS_AT_ONCE:] if since else told)
    yield from _check_numbers()
    yield from find_unsealed(now=now)


def find_unsealed(*, now: datetime) -> Iterator[str]:
    """Entries that have waited for their seal for too long; what changes before its seal isn't noticed."""
    late = unsealed(whole=True).filter(recorded_at__lt=now - LATE_SEAL).order_by("pk")
    if (count := late.count()) and (first := late.first()):
        why = "" if settings.JOURNAL_KEY else " JOURNAL_KEY is not set."
        yield f"{count} journal entries have no seal, the first is {first.pk} of {first.recorded_at}.{why}"


def _check_seals(seals: QuerySet[Seal]) -> Iterator[str]:
    known, last = keys(), None
    for seal in seals.order_by("seq").select_related("entry").iterator(2_000):
        if last is None and seal.seq != 1:
            last = Seal.objects.filter(seq=seal.seq - 1).first()
        seq, before = (last.seq, last.mac) if last else (0, Seal.GENESIS)
        if seal.seq != seq + 1:
            yield from _name_gap(seq + 1, seal.seq - 1)
        elif seal.before != before:
            yield f"Seal {seal.seq} doesn't follow the seal before it."
        if seal.key_id not in known:
            yield f"Seal {seal.seq} was made with key {seal.key_id}, which is in neither JOURNAL_KEY nor its fallbacks."
        elif seal.mac != mac_of(seal, vars(seal.entry), known[seal.key_id]):
            yield f"Journal entry {seal.entry_id} ({seal.entry}) or its seal {seal.seq} was changed."
        last = seal
    # An entry that is gone takes its seal out of the join above, at the end as well.
    for seal in seals.exclude(entry_id__in=JournalEntry.objects.values("pk")).order_by("seq")[:20]:
        yield f"Journal entry {seal.entry_id} is gone; its seal {seal.seq} is there."


def _name_gap(first: int, last: int) -> Iterator[str]:
    there = Seal.objects.filter(seq__range=(first, last)).count()
    if there < last - first + 1:
        yield f"Seals are gone between {first} and {last}."


def _check_heads(told: Sequence[tuple[int, str]]) -> Iterator[str]:
    if not told:
        if Seal.objects.exists() and not any(heads.kept_heads()):  # the very first seals may have come in between
            yield f"The file of heads {heads.heads_file().name} is missing: a tail that was cut off would not show."
        return
    for first in range(0, len(told), HEADS_AT_ONCE):
        share = told[first : first + HEADS_AT_ONCE]
        macs = dict(Seal.objects.filter(seq__in=[seq for seq, _mac in share]).values_list("seq", "mac"))
        for seq, mac in share:
            if macs.get(seq) != mac:
                what = "is another one here" if seq in macs else "is gone"
                yield f"Seal {seq}, which the file of heads knows, {what}."


def _check_numbers() -> Iterator[str]:
    """Ticket numbers without gap or double in each series."""
    given: dict[str, list[tuple[int, int]]] = defaultdict(list)
    at_tills = JournalEntry.objects.exclude(series="").values_list("series", "first_number", "ticket_count")
    at_sealing = Seal.objects.exclude(series="").values_list("series", "first_number", "entry__ticket_count")
    for rows in (at_tills, at_sealing):
        for series, first, count in rows.order_by().iterator(10_000):
            given[series].append((first or 0, count))
    nexts = dict(TicketSeries.objects.values_list("name", "next_number"))
    for series, runs in sorted(given.items()):
        number = 1
        for first, count in sorted(runs):
            if first != number:
                yield f"Ticket numbers of series {series}: {first} comes where {number} should."
            number = first + count
        if series not in nexts and (series == TicketSeries.WEB or connection.vendor == "postgresql"):
            yield f"Series {series} is gone; it was to go on with {number}."
        if series in nexts and nexts[series] != number:
            yield f"Series {series} goes on with {nexts[series]} instead of {number}."
    for series in sorted(nexts.keys() - given.keys()):
        if nexts[series] != 1:
            yield f"Series {series} goes on with {nexts[series]}, and none of its numbers was given."
    missing = JournalEntry.objects.filter(series="", ticket_count__gt=0, seal__first_number=None, seal__isnull=False)
    for pk in missing.values_list("pk", flat=True):
        yield f"The tickets of journal entry {pk} have no numbers."
