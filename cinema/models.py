"""The tables of the shared machinery."""

from cinema.changes import Change
from cinema.jobs.models import Job, JobDecision, JobWorker

__all__ = ["Change", "Job", "JobDecision", "JobWorker"]
