"""Taking a job, keeping it while its worker lives, and letting go of it: the only place where a job changes its state.

Every step is one statement that looks whether the job is still this worker's. ``due_at`` is the end of the lease while
a job runs, so a job whose worker died is due by itself, and whoever takes it writes a lease of his own over the old
one.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from cinema.jobs.models import Job, JobQuerySet
from cinema.jobs.registry import Kind
from cinema.jobs.schedules import next_time

logger = logging.getLogger(__name__)

RECURRING = "recurring"  # the key of a recurring kind's one row
MAX_LOST = 10  # so many workers may die over a job before it is held to be the reason
# One statement on both databases. SQLite lets one writer in at a time; PostgreSQL passes over rows that another worker
# takes in the same moment, and over those that a transaction is just enqueuing again.
TAKE = """
UPDATE cinema_job
SET state = 'running', lease = %s, due_at = %s, started_at = %s, progress_done = 0, progress_total = 0,
    attempts = attempts + CASE WHEN state = 'waiting' THEN 1 ELSE 0 END,
    lost = lost + CASE WHEN state = 'running' THEN 1 ELSE 0 END
WHERE id = (SELECT id FROM cinema_job WHERE due_at <= %s AND kind IN ({kinds})
            ORDER BY due_at, id LIMIT 1 {skip_locked})
RETURNING *
"""
LOOK = "SELECT 1 FROM cinema_job WHERE due_at <= %s AND kind IN ({kinds}) LIMIT 1"


def lease_time() -> timedelta:
    """How long a job stays with a worker that is not heard of."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def take_next(*, kinds: Collection[str], now: datetime) -> Job | None:
    """Take the job of these kinds that has been due for longest. Of any number of workers one gets it."""
    if not kinds or (connection.vendor == "sqlite" and not _anything_is_due(kinds, now)):
        return None
    skip_locked = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    statement = TAKE.format(kinds=", ".join(["%s"] * len(kinds)), skip_locked=skip_locked)
    found = list(Job.objects.raw(statement, [uuid4().hex, now + lease_time(), now, now, *kinds]))
    return found[0] if found else None


def _anything_is_due(kinds: Collection[str], now: datetime) -> bool:
    """A look takes no lock, for which on SQLite everybody would wait."""
    statement = LOOK.format(kinds=", ".join(["%s"] * len(kinds)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [connection.ops.adapt_datetimefield_value(now), *kinds])
        return cursor.fetchone() is not None


def renew(jobs: Collection[Job], *, now: datetime) -> int:
    """Keep these jobs for another while; returns how many are still their workers'."""
    ids, leases = [job.pk for job in jobs], [job.lease for job in jobs]
    return Job.objects.running().filter(pk__in=ids, lease__in=leases).update(due_at=now + lease_time())


def note_progress(job: Job, *, done: int, total: int, now: datetime) -> bool:
    """Write down how far it is, and keep it for another while; False if it is somebody else's by now."""
    return bool(_mine(job).update(progress_done=done, progress_total=total, due_at=now + lease_time()))


def finish(job: Job, kind: Kind, *, now: datetime) -> bool:
    """The job is done. One that was enqueued again meanwhile, or that recurs, waits for its next time."""
    done = {"lease": "", "error": "", "failing_since": None, "lost": 0}
    if kind.recurs and job.key == RECURRING:
        after = {**done, "state": Job.State.WAITING, "attempts": 0, "due_at": next_time(kind, after=now)}
    else:
        after = {**done, "state": Job.State.DONE, "due_at": None}
    return bool(_mine(job).filter(again_at=None).update(**after, finished_at=now)) or _again(job)


def snooze(job: Job, *, until: datetime, why: str, now: datetime) -> bool:
    """Not yet; this attempt doesn't count."""
    waits = {"state": Job.State.WAITING, "lease": "", "attempts": max(job.attempts - 1, 0), "error": why[:500]}
    return bool(_mine(job).filter(again_at=None).update(**waits, due_at=until)) or _again(job)


def put_back(job: Job, *, now: datetime) -> bool:
    """The worker has to end before the job does: any other may take it at once, and nothing is counted."""
    return snooze(job, until=now, why=job.error, now=now)


def fail(job: Job, kind: Kind, *, error: str, final: bool, now: datetime) -> bool:
    """An attempt went wrong: wait for the next, or end as failed when there is none."""
    due_at = now + kind.pause_after(max(job.attempts, 1))
    past = job.deadline_at is not None and due_at > job.deadline_at
    noted = {"lease": "", "error": error[:500], "failing_since": job.failing_since or now}
    if not final and job.attempts < kind.attempts and not past:
        waits = {**noted, "state": Job.State.WAITING, "due_at": due_at}
        return bool(_mine(job).filter(again_at=None).update(**waits)) or _again(job)
    return _again(job) or _end_as_failed(job, kind, noted, now)


@transaction.atomic
def _end_as_failed(job: Job, kind: Kind, noted: dict, now: datetime) -> bool:
    over = {**noted, "state": Job.State.FAILED, "due_at": None, "finished_at": now}
    if not _mine(job).filter(again_at=None).update(**over):
        return _again(job)
    job.refresh_from_db()
    if kind.recurs and job.key == RECURRING:
        lay(kind, due_at=next_time(kind, after=now), now=now)
    if kind.on_failure:
        _tell_of_failure(job, kind.on_failure)
    return True


def _tell_of_failure(job: Job, on_failure: Callable[[Job], None]) -> None:
    try:
        with transaction.atomic():
            on_failure(job)
    except Exception:  # the job has ended all the same, and must not be taken up again for this
        logger.exception("What follows the failure of job %s %s could not be done", job.pk, job)


def lay(kind: Kind, *, due_at: datetime, now: datetime) -> None:
    """Put the one row of a recurring kind there, unless it is; of many who do so at once one succeeds."""
    row = Job(kind=kind.name, key=RECURRING, due_at=due_at, enqueued_at=now)
    Job.objects.bulk_create([row], ignore_conflicts=True)


def _again(job: Job) -> bool:
    """It was enqueued once more while it ran: a fresh start, with the newer arguments."""
    fresh = {"state": Job.State.WAITING, "lease": "", "attempts": 0, "lost": 0, "error": "", "failing_since": None}
    return bool(_mine(job).filter(again_at__isnull=False).update(**fresh, due_at=F("again_at"), again_at=None))


def _mine(job: Job) -> JobQuerySet:
    return Job.objects.running().filter(pk=job.pk, lease=job.lease)
