"""Verifying the books as a whole, and keeping the verdict for the back office."""

from dataclasses import dataclass
from datetime import date, datetime

from cinema.jobs.health import find_undone
from ticketing.journal import JournalEntry, head
from ticketing.journal.heads import kept_heads
from ticketing.journal.models import Verification
from ticketing.journal.sealing import unsealed
from ticketing.money.verify import find_chain_faults, find_faults, one_moment
from ticketing.money.verify.chain import LATE_SEAL

NAMED = 50  # faults that are kept word for word


@dataclass(frozen=True)
class Verdict:
    """What a verification found."""

    kept: Verification
    faults: list[str]


@dataclass(frozen=True)
class Standing:
    """How the books stand: what the last whole verification found, and how much waits for its seal for too long."""

    last: Verification | None
    unsealed: int


def verify_books(*, now: datetime, since: date | None = None) -> Verdict:
    """Look at everything as it is at this moment, or at what happened since a day; the verdict is kept."""
    told = list(kept_heads())  # before the moment begins: a seal is committed first, then told to the file
    with one_moment():
        faults = [
            *find_chain_faults(now=now, since=since, told=told),
            *find_faults(now=now, since=since),
            *find_undone(now=now),
        ]
        newest, count = head(), JournalEntry.objects.count()
    kept = Verification.objects.create(
        at=now,
        since=since,
        fault_count=len(faults),
        faults=faults[:NAMED],
        entry_count=count,
        head=newest.mac if newest else "",
    )
    return Verdict(kept=kept, faults=faults)


def how_books_stand(*, now: datetime) -> Standing:
    """For the dashboard: three small queries."""
    late = unsealed().filter(recorded_at__lt=now - LATE_SEAL)
    return Standing(last=Verification.objects.filter(since=None).first(), unsealed=late.count())
