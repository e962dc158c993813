"""What people decide about jobs: try one again, or give it up. Each with a reason, which is kept."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cinema.errors import Conflict, InvalidInput, NotFound
from cinema.jobs.models import Job, JobDecision
from cinema.jobs.registry import all_kinds
from cinema.jobs.wakeup import wake_workers

MIN_REASON = 3


class JobNotFound(NotFound):
    """It was cleared away, or never was."""

    code = "job_not_found"
    message = _("This job no longer exists.")


class JobNotOpenToDecision(Conflict):
    """It runs, or is over."""

    code = "job_not_open_to_decision"
    message = _("This job is running or over by now. Please look again.")


class JobUnderWayAgain(Conflict):
    """The same thing has been enqueued anew meanwhile."""

    code = "job_under_way_again"
    message = _("The same work is under way already.")


class ReasonMissing(InvalidInput):
    """Whoever decides says why."""

    code = "reason_missing"
    message = _("Please give a reason.")


@transaction.atomic
def retry(*, job_id: int, reason: str, by_id: int, by_name: str, now: datetime) -> Job:
    """Try a failed job again from the start, or one that waits for its next attempt at once.

    Raises JobNotFound, JobNotOpenToDecision, JobUnderWayAgain, ReasonMissing.
    """
    job = _note(job_id, JobDecision.Kind.RETRIED, reason, by_id, by_name, now)
    fresh = {"state": Job.State.WAITING, "due_at": now, "attempts": 0, "lost": 0, "deadline_at": None}
    try:
        with transaction.atomic():
            changed = _decidable(job_id).update(**fresh, finished_at=None)
    except IntegrityError:
        raise JobUnderWayAgain from None
    if not changed:
        raise JobNotOpenToDecision
    transaction.on_commit(wake_workers, robust=True)
    return job


@transaction.atomic
def give_up(*, job_id: int, reason: str, by_id: int, by_name: str, now: datetime) -> Job:
    """End a job that failed or waits for good; what follows a failure of its kind follows this too.

    Raises JobNotFound, JobNotOpenToDecision, ReasonMissing.
    """
    job = _note(job_id, JobDecision.Kind.GIVEN_UP, reason, by_id, by_name, now)
    kind = all_kinds().get(job.kind)
    if job.is_open and kind is not None and kind.recurs:
        raise JobNotOpenToDecision  # it would be laid again within a minute
    over = {"state": Job.State.GIVEN_UP, "due_at": None, "again_at": None, "finished_at": now}
    if not _decidable(job_id).update(**over):
        raise JobNotOpenToDecision
    if job.is_open and kind is not None and kind.on_failure:
        job.refresh_from_db()
        kind.on_failure(job)
    return job


def _decidable(job_id: int):
    return Job.objects.filter(pk=job_id, state__in=[Job.State.WAITING, Job.State.FAILED])


def _note(job_id: int, kind: str, reason: str, by_id: int, by_name: str, now: datetime) -> Job:
    reason = " ".join(reason.split())
    if len(reason) < MIN_REASON:
        raise ReasonMissing(field="reason")
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise JobNotFound
    JobDecision.objects.create(
        job=job, kind=kind, reason=reason[:300], error=job.error, by_id=by_id, by_name=by_name[:150], at=now
    )
    return job
