"""The one corridor for everything that leaves a transaction: mail, words with providers, call-offs, films to prepare.

A domain function writes down what is to be done, within the transaction that decided it::

    enqueue("mail_notification", key=f"{notification.pk}", notification_id=notification.pk)

and the app that knows how registers a handler in its ``jobs`` module (found by itself)::

    @job("mail_notification", attempts=7, backoff=[timedelta(minutes=1), timedelta(hours=1)])
    def mail_notification(run: Run, *, notification_id: int) -> None: ...

**Enqueuing** is one INSERT, so a job is there exactly when its cause is: it goes with the caller's transaction or with
its rollback. Arguments are plain JSON. ``enqueue_many`` writes a whole list in one statement.

**The key** names what is worked on. Of one kind and key there is one *open* job (waiting or running) at most; jobs
without a key know nothing of each other.

- Enqueued while one *waits*: that one will do. It takes the newer arguments and the earlier time, and cannot begin
  before the transaction at hand has ended, so it sees what was written in it.
- Enqueued while one *runs*: it is run once more afterwards, since it may have looked before the change. Never two at
  once.
- Enqueued after one has ended, well or badly: a new one.

**A handler** runs outside any transaction, at least once. It may have done its work already when it is called (the
worker died before it could say so), so it begins by looking. Within ``transaction.atomic()`` a call of ``run.finish()``
makes work and "done" one: both are committed, or neither; it is the last call there, so that locks are taken in one
order. It ends in one of these ways:

- it returns: done;
- it raises ``Snooze(until)``: not yet, again then; costs no attempt;
- it raises ``GiveUp("why")``: no use trying again, failed;
- it raises anything else: again after ``backoff`` (the last pause repeats), and failed after ``attempts``. What was to
  be expected (the bank is away) is a ``TryAgain("why")``: its words are shown as they are, and the log keeps no
  traceback.

``run.progress(done, total)`` reports how far it is; it raises when the worker is asked to end or the job has been taken
over, so call it where stopping does no harm. ``on_failure`` of a handler is called in the transaction that makes its
job *failed*, with the job. A failed job stays until somebody tries it again or gives it up. ``Job.objects.of(kind,
key)`` finds what became of one, the newest first.

**A worker** takes a job for ``JOB_LEASE_SECONDS`` and renews that while it is alive. If it dies, the lease runs out and
any other takes the job; nobody has to notice. ``timeout`` bounds one attempt: past it the lease is not renewed any
more. ``deadline`` bounds them all, counted from the time for which the job was enqueued. Leases are told by the
machines' clocks, which should agree within a few seconds.

**Recurring** work says so where it is registered, ``every=timedelta(minutes=5)`` or ``daily_at=time(4, 30)``: one row,
laid by whichever worker comes first, that waits for its next time when it is done.

Tests call ``work_off(clock=...)`` of :mod:`cinema.jobs.runs`, which does what is due in the thread at hand.
"""

from cinema.jobs.clearing import clear_jobs
from cinema.jobs.enqueuing import enqueue, enqueue_many
from cinema.jobs.models import Job
from cinema.jobs.registry import GiveUp, Snooze, TryAgain, UnknownJob, job
from cinema.jobs.runs import Interrupted, LeaseLost, Run

__all__ = [
    "GiveUp",
    "Interrupted",
    "Job",
    "LeaseLost",
    "Run",
    "Snooze",
    "TryAgain",
    "UnknownJob",
    "clear_jobs",
    "enqueue",
    "enqueue_many",
    "job",
]
