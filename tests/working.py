"""Doing in a test what the workers of a house would do."""

from datetime import datetime

from cinema.jobs.runs import work_off


def do_jobs(*kinds: str, at: datetime) -> int:
    """Do what of these kinds (of all, where none is named) is due at a moment; returns how many jobs were taken."""
    return work_off(clock=lambda: at, kinds=kinds or None)


def mail_letters(at: datetime) -> int:
    """Mail the letters that are due at a moment; returns how many were looked at."""
    return do_jobs("mail_letter", at=at)
