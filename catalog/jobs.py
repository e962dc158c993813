"""The work that films leave to the corridor (see ``cinema/jobs``)."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from catalog.streams import work
from catalog.streams.films import MAX_WORK_SECONDS
from cinema.jobs import Run, job


@job(
    "prepare_stream",
    title=_("Prepare a film's stream"),
    attempts=3,
    timeout=timedelta(seconds=MAX_WORK_SECONDS + 3600),
    slow=True,
    on_failure=work.note_failure,
)
def prepare_stream(run: Run, *, upload_id: int) -> None:
    """With a film of hours this takes as long."""
    work.prepare(run=run, upload_id=upload_id)


@job("sweep_streams", title=_("Clear away old streams"), every=timedelta(minutes=30), timeout=timedelta(minutes=30))
def sweep_streams(run: Run) -> None:
    """Forgotten uploads, and streams no film has any more."""
    work.sweep(now=run.now())
