"""A process at work: threads that take jobs one after the other, and one that keeps their leases and says it is alive.

Kinds that take minutes (``slow``) have a thread of their own, so that a film being prepared holds up no mail. A thread
that hangs past its job's ``timeout`` is left to itself and replaced: its lease runs out, and whatever it does later
about the job finds that it has no say any more.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from django.db import DatabaseError, close_old_connections, connection, connections
from django.utils import timezone

from cinema.jobs import leases
from cinema.jobs.models import Job, JobWorker
from cinema.jobs.registry import all_kinds
from cinema.jobs.runs import Clock, Run, carry_out
from cinema.jobs.schedules import next_time
from cinema.jobs.wakeup import listen_to_redis, woken

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
BEAT_SECONDS = 5.0
LAY_SECONDS = 60.0


class Until(StrEnum):
    """How long a worker works."""

    STOPPED = "until it is stopped"
    EMPTY = "until nothing is due"
    ONE = "until one job is done"


class Lane:
    """A thread that takes jobs of some kinds, one after the other."""

    def __init__(self, worker: "Worker", kinds: Collection[str], name: str) -> None:
        self.worker, self.kinds = worker, kinds
        self.wake = threading.Event()
        self.run: Run | None = None
        self.begun = 0.0
        self.is_abandoned = False
        self.thread = threading.Thread(target=self._work, name=name, daemon=True)

    @property
    def overran(self) -> bool:
        """Whether its job takes longer than it may."""
        run = self.run
        return run is not None and time.monotonic() - self.begun > run.kind.timeout.total_seconds()

    def _work(self) -> None:
        with woken(self.wake):
            while not (self.is_abandoned or self.worker.stopping.is_set()):
                self.wake.clear()
                found = False
                with _going_on():
                    found = self._take_and_carry_out()
                if self.worker.until == Until.ONE or (self.worker.until == Until.EMPTY and not found):
                    return
                if not found:
                    _lend_connection()
                    self.wake.wait(LOOK_SECONDS)
        connections.close_all()

    def _take_and_carry_out(self) -> bool:
        job = leases.take_next(kinds=self.kinds, now=self.worker.clock())
        if job is None:
            return False
        self.begun = time.monotonic()
        run = Run(job, all_kinds()[job.kind], self.worker.clock, self.worker.stopping.is_set)
        self.run = run
        try:
            carry_out(run)
        finally:
            self.run = None
        return True


class Worker:
    """``Worker().start()`` works beside whatever the process does; ``stop()`` ends it in order."""

    def __init__(self, *, threads: int = 3, clock: Clock = timezone.now, until: Until = Until.STOPPED) -> None:
        self.clock, self.until = clock, until
        self.id, self.name = uuid4(), f"{socket.gethostname()}:{os.getpid()}"[:120]
        self.stopping = threading.Event()
        self.lanes = self._lanes(threads)
        self.watch = threading.Thread(target=self._watch, name="jobs-watch", daemon=True)
        self.ear = threading.Thread(target=listen_to_redis, args=[self.stopping], name="jobs-ear", daemon=True)

    def _lanes(self, threads: int) -> list[Lane]:
        kinds = all_kinds()
        if self.until == Until.ONE:
            return [Lane(self, kinds.keys(), "jobs-1")]
        quick = [name for name, kind in kinds.items() if not kind.slow]
        slow = [name for name, kind in kinds.items() if kind.slow]
        lanes = [Lane(self, quick, f"jobs-{number}") for number in range(1, threads + 1)]
        return [*lanes, Lane(self, slow, "jobs-slow")] if slow else lanes

    def start(self) -> "Worker":
        """Begin to work, in threads that don't keep the process alive."""
        for thread in [self.watch, self.ear, *(lane.thread for lane in self.lanes)]:
            thread.start()
        return self

    def stop(self, *, grace: float = 10.0) -> None:
        """Take nothing more, and wait a while for what is under way. What is not done by then is left to its lease."""
        self.stopping.set()
        until = time.monotonic() + grace
        for lane in self.lanes:
            lane.wake.set()
        for lane in self.lanes:
            lane.thread.join(max(until - time.monotonic(), 0))
        self.watch.join(max(until - time.monotonic(), 1))

    def wait(self) -> None:
        """Come back when asked to stop, or when what it was started for is done."""
        while not self.stopping.wait(3600 if self.until == Until.STOPPED else 0.05):
            if self.until != Until.STOPPED and not any(lane.thread.is_alive() for lane in self.lanes):
                return

    def _watch(self) -> None:
        next_laying = 0.0
        while True:
            with _going_on():
                if time.monotonic() >= next_laying:
                    lay_recurring(now=self.clock())
                    next_laying = time.monotonic() + LAY_SECONDS
                self._beat(self.clock())
            _lend_connection()
            if self.stopping.wait(min(BEAT_SECONDS, leases.lease_time().total_seconds() / 4)):
                break
        self._keep_leases_until_idle()
        with _going_on():
            JobWorker.objects.filter(pk=self.id).delete()
        connections.close_all()

    def _keep_leases_until_idle(self) -> None:
        """While the last jobs are finished within their grace."""
        while any(lane.run for lane in self.lanes):
            with _going_on():
                self._beat(self.clock())
            time.sleep(0.2)

    def _beat(self, now: datetime) -> None:
        at_work = [run.job for lane in self.lanes if (run := lane.run) and not lane.overran]
        if at_work:
            leases.renew(at_work, now=now)
        beat = {"name": self.name, "seen_at": now}
        JobWorker.objects.update_or_create(pk=self.id, defaults=beat, create_defaults={**beat, "started_at": now})
        for at, lane in enumerate(self.lanes):
            if lane.overran and not lane.is_abandoned:
                self._replace(at, lane)

    def _replace(self, at: int, lane: Lane) -> None:
        logger.error("%s hangs and is left to itself; another thread goes on", lane.run and lane.run.job)
        lane.is_abandoned = True
        self.lanes[at] = Lane(self, lane.kinds, lane.thread.name)
        self.lanes[at].thread.start()


def lay_recurring(*, now: datetime) -> None:
    """Put the row of every recurring kind there that has none; bring forward what a new version wants more often."""
    for kind in all_kinds().values():
        if kind.recurs:
            due_at = next_time(kind, after=now)
            row = Job.objects.waiting().filter(kind=kind.name, key=leases.RECURRING)
            if not Job.objects.open().filter(kind=kind.name, key=leases.RECURRING).exists():
                leases.lay(kind, due_at=due_at, now=now)
            elif kind.every is not None:
                row.filter(due_at__gt=due_at, attempts=0).update(due_at=due_at)


@contextmanager
def _going_on() -> Iterator[None]:
    """What goes wrong in one round is logged, and the next round tries again with a new connection."""
    try:
        yield
    except DatabaseError:
        logger.exception("The database does not answer the worker; trying again")
        connections.close_all()
        time.sleep(LOOK_SECONDS)
    except Exception:
        logger.exception("The worker met with something unforeseen; going on")
        connections.close_all()
        time.sleep(LOOK_SECONDS)


def _lend_connection() -> None:
    """While there is nothing to do PostgreSQL's connection goes back to the pool.

    SQLite's stays open: opening one costs more than a job, and closing the last one writes the whole log back.
    """
    if connection.vendor != "sqlite":
        close_old_connections()
