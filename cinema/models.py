"""The tables of the shared machinery."""

from cinema.jobs.models import Job, JobDecision, JobWorker

__all__ = ["Job", "JobDecision", "JobWorker"]
