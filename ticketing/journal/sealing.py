"""Laying seals: one sealer at a time, in an order of its own, some seconds after the entries were committed.

Numbers of rows are committed out of order, so the chain can't follow them; nor may a sale wait for its seal. Whatever
is committed and has no seal gets the next one. The row of the web's series of ticket numbers is the lock.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from ticketing.journal import heads
from ticketing.journal.models import JournalEntry, Seal, TicketSeries
from ticketing.journal.plain import plain

BATCH = 500
WINDOW = 5_000  # entries below the newest sealed one, among which a late one is looked for each time
COLUMNS = [column.attname for column in JournalEntry._meta.concrete_fields]


def key_id_of(key: str) -> str:
    """By what a key is known without being told."""
    return hashlib.sha256(b"journal key " + key.encode()).hexdigest()[:8]


def keys() -> dict[str, str]:
    """The house's keys by their ids: the one that seals, and those that sealed before."""
    return {key_id_of(key): key for key in [*settings.JOURNAL_KEY_FALLBACKS, settings.JOURNAL_KEY] if key}


def canonical(entry: dict[str, Any]) -> bytes:
    """An entry as bytes, every column in it; empty ones are left out, so that a later column breaks no seal."""
    told = {name: plain(entry[name]) for name in COLUMNS if entry[name] not in (None, "", {})}
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


def mac_of(seal: Seal, entry: dict[str, Any], key: str) -> str:
    """The seal's code over its entry and the seal before, by this key."""
    told = [seal.seq, seal.before, seal.series, seal.first_number, plain(seal.sealed_at)]
    message = json.dumps(told).encode() + b"\n" + canonical(entry)
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


def head() -> Seal | None:
    """The newest seal; its number and code belong on whatever is to prove the journal's state."""
    return Seal.objects.order_by("-seq").first()


def unsealed(*, whole: bool = False) -> QuerySet[JournalEntry]:
    """Entries without a seal: among the newest, or in the whole journal."""
    entries = JournalEntry.objects.filter(seal=None)
    newest = None if whole else Seal.objects.aggregate(newest=Max("entry_id"))["newest"]
    return entries if newest is None else entries.filter(pk__gt=newest - WINDOW)


def seal_waiting(*, now: datetime, whole: bool = False) -> int:
    """Seal what is committed and has no seal; returns how many entries. Without a ``JOURNAL_KEY`` nothing is sealed."""
    count = 0
    while settings.JOURNAL_KEY and unsealed(whole=whole).exists():
        laid = _seal_batch(now, whole)
        count += len(laid)
        if len(laid) < BATCH:
            break
    return count


@transaction.atomic
def _seal_batch(now: datetime, whole: bool) -> Sequence[Seal]:
    TicketSeries.objects.bulk_create([TicketSeries(name=TicketSeries.WEB)], ignore_conflicts=True)
    series = TicketSeries.objects.select_for_update(no_key=True).get(pk=TicketSeries.WEB)
    # Read once it is our turn: whoever was at it before has laid the seals that come before these.
    waiting = list(unsealed(whole=whole).order_by("pk").values(*COLUMNS)[:BATCH])
    laid = list(_seals(waiting, head(), series, now))
    Seal.objects.bulk_create(laid)
    TicketSeries.objects.filter(pk=series.pk).update(next_number=series.next_number)
    transaction.on_commit(lambda: heads.keep(laid), robust=True)
    return laid


def _seals(entries: Sequence[dict[str, Any]], last: Seal | None, series: TicketSeries, now: datetime) -> Iterator[Seal]:
    key = settings.JOURNAL_KEY
    seq, before = (last.seq, last.mac) if last else (0, Seal.GENESIS)
    for entry in entries:
        seq += 1
        seal = Seal(seq=seq, entry_id=entry["id"], before=before, key_id=key_id_of(key), sealed_at=now)
        if entry["ticket_count"] and not entry["series"]:
            seal.series, seal.first_number = series.name, series.next_number
            series.next_number += entry["ticket_count"]
        seal.mac = before = mac_of(seal, entry, key)
        yield seal
