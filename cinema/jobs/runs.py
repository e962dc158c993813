"""Doing one job: calling its handler and writing down what came of it."""

import logging
from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction

from cinema.jobs import leases
from cinema.jobs.models import Job
from cinema.jobs.registry import GiveUp, Kind, Snooze, TryAgain, all_kinds

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class LeaseLost(Exception):
    """Somebody else has this job now; whatever this attempt made is of no use."""


class Interrupted(Exception):
    """The worker is asked to end; the job goes on elsewhere."""


class Run:
    """One attempt at a job, as its handler sees it."""

    def __init__(self, job: Job, kind: Kind, clock: Clock, stopping: Callable[[], bool] = lambda: False) -> None:
        self.job, self.kind, self.clock, self.stopping = job, kind, clock, stopping
        self.begun_at = clock()
        self.is_finished = False

    @property
    def is_last_attempt(self) -> bool:
        """Whether failing now is final."""
        return self.job.attempts >= self.kind.attempts

    def now(self) -> datetime:
        """The worker's time."""
        return self.clock()

    def progress(self, done: int, total: int) -> None:
        """Report how far it is. Raises LeaseLost, Interrupted when the worker is to end, TryAgain past its timeout."""
        if self.stopping():
            raise Interrupted
        if self.clock() - self.begun_at > self.kind.timeout:
            raise TryAgain(f"It took longer than {self.kind.timeout}.")
        if not leases.note_progress(self.job, done=done, total=total, now=self.clock()):
            raise LeaseLost

    def finish(self) -> None:
        """Mark it done within the handler's own transaction, as the last thing there: whoever enqueues the same key has
        locked its own rows before the job's, and so must we. Raises LeaseLost, which rolls the work back.
        """
        if not leases.finish(self.job, self.kind, now=self.clock()):
            raise LeaseLost
        transaction.on_commit(self._note_finished)  # if it is rolled back, the job is as it was

    def _note_finished(self) -> None:
        self.is_finished = True


def carry_out(run: Run) -> None:
    """Call the handler and write down what came of it; raises nothing that the handler raised."""
    job, kind = run.job, run.kind
    if job.lost >= leases.MAX_LOST:
        leases.fail(job, kind, error=f"{job.lost} workers died at it.", final=True, now=run.now())
        return
    if job.deadline_at is not None and job.deadline_at < run.now():
        leases.fail(job, kind, error=job.error or "Its deadline has passed.", final=True, now=run.now())
        return
    try:
        kind.handler(run, **job.arguments)
    except Snooze as later:
        leases.snooze(job, until=later.until, why=later.why, now=run.now())
    except Interrupted:
        leases.put_back(job, now=run.now())
    except LeaseLost:
        logger.warning("Job %s %s was taken over by another worker", job.pk, job)
    except TryAgain as reason:
        logger.warning("Job %s %s failed, attempt %s of %s: %s", job.pk, job, job.attempts, kind.attempts, reason)
        leases.fail(job, kind, error=str(reason), final=False, now=run.now())
    except GiveUp as reason:
        logger.warning("Job %s %s failed for good: %s", job.pk, job, reason)
        leases.fail(job, kind, error=str(reason), final=True, now=run.now())
    except Exception as fault:
        logger.exception("Job %s %s failed, attempt %s of %s", job.pk, job, job.attempts, kind.attempts)
        leases.fail(job, kind, error=f"{type(fault).__name__}: {fault}", final=False, now=run.now())
    else:
        if not run.is_finished:
            leases.finish(job, kind, now=run.now())


def work_off(*, clock: Clock, kinds: Collection[str] | None = None) -> int:
    """Do what is due in this thread until nothing is; returns how many jobs were taken."""
    known, count = all_kinds(), 0
    while job := leases.take_next(kinds=kinds or known.keys(), now=clock()):
        carry_out(Run(job, known[job.kind], clock))
        count += 1
    return count
