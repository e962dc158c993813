"""Is anybody at work, and does anything lie about? Asked by /readyz, ``manage.py verify`` and the dashboard."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from cinema.jobs.models import Job, JobWorker

SILENT = timedelta(seconds=30)
LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class WorkHealth:
    """How the work stands."""

    workers: int
    waiting: int
    running: int
    late: int
    failed: int

    @property
    def nobody_works(self) -> bool:
        """Whether no worker has been heard of for a while."""
        return self.workers == 0

    @property
    def is_well(self) -> bool:
        """Whether nobody has to look."""
        return not (self.nobody_works or self.late or self.failed)


def workers_alive(*, now: datetime) -> int:
    """How many processes are at work."""
    return JobWorker.objects.filter(seen_at__gte=now - SILENT).count()


def work_health(*, now: datetime) -> WorkHealth:
    """How the work stands now."""
    open_jobs = Job.objects.open().aggregate(
        waiting=Count("pk", filter=Q(state=Job.State.WAITING, due_at__lte=now)),
        running=Count("pk", filter=Q(state=Job.State.RUNNING)),
        late=Count("pk", filter=Q(due_at__lt=now - LATE)),
    )
    return WorkHealth(workers=workers_alive(now=now), failed=Job.objects.failed().count(), **open_jobs)


def find_undone(*, now: datetime) -> Iterator[str]:
    """What failed, what is late, and whether anybody works at all where something waits; a sentence each."""
    for job in Job.objects.failed().order_by("pk"):
        yield f"Job {job.pk} ({job}) failed after {job.attempts} attempts: {job.error}"
    late = Job.objects.overdue(now - LATE).order_by("due_at")
    for job in late:
        yield f"Job {job.pk} ({job}) should have been done at {job.due_at}."
    if late.exists() and not workers_alive(now=now):
        yield "Nobody works: start manage.py work."
