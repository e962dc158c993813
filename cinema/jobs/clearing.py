"""The corridor's own recurring work: jobs are cleared by age, and workers that were not heard of for long."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from cinema.changes import gather_changes
from cinema.jobs.models import Job, JobWorker
from cinema.jobs.registry import job
from cinema.jobs.runs import Run

DONE_KEPT = timedelta(days=7)
GIVEN_UP_KEPT = timedelta(days=90)
WORKER_KEPT = timedelta(hours=1)
BATCH = 5000


@job("clear_jobs", title=_("Clear old jobs"), every=timedelta(hours=1))
def clear_jobs(run: Run) -> None:
    """Failed jobs stay until somebody decides about them."""
    now = run.now()
    done = Job.objects.over().filter(state=Job.State.DONE, finished_at__lt=now - DONE_KEPT)
    given_up = Job.objects.over().filter(state=Job.State.GIVEN_UP, finished_at__lt=now - GIVEN_UP_KEPT)
    for old in (done, given_up):
        while ids := list(old.values_list("pk", flat=True)[:BATCH]):
            Job.objects.filter(pk__in=ids).delete()
    JobWorker.objects.filter(seen_at__lt=now - WORKER_KEPT).delete()


@job("gather_changes", title=_("Gather the marks of changes"), every=timedelta(minutes=10))
def gather_marks(run: Run) -> None:
    """Pages add them up at every request."""
    gather_changes()
