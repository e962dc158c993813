"""Three ways to write a handler that is whole after a kill; each effect is a row that can be counted."""

import time

from django.db import transaction

from catalog.models import Person
from cinema.jobs import Run, job

STEPS = 5
TAKES = 0.01


@job("test_in_one_transaction")
def in_one_transaction(run: Run, *, number: int) -> None:
    """Work and "done" are committed together."""
    with transaction.atomic():
        Person.objects.create(name=f"one {number}")
        time.sleep(TAKES)
        run.finish()


@job("test_looks_first")
def looks_first(run: Run, *, number: int) -> None:
    """The work is done already when the worker died before it could say so."""
    time.sleep(TAKES)
    if not Person.objects.filter(name=f"look {number}").exists():
        Person.objects.create(name=f"look {number}")
    time.sleep(TAKES)


@job("test_step_by_step")
def step_by_step(run: Run, *, number: int) -> None:
    """Goes on where the last attempt ended."""
    for step in range(STEPS):
        if not Person.objects.filter(name=f"step {number} {step}").exists():
            Person.objects.create(name=f"step {number} {step}")
        run.progress(step + 1, STEPS)


@job("test_slow", slow=True)
def slow(run: Run, *, number: int) -> None:
    """The same in the thread for what takes long."""
    time.sleep(TAKES * 5)
    with transaction.atomic():
        Person.objects.create(name=f"slow {number}")
        run.finish()


@job("test_until_stopped")
def until_stopped(run: Run) -> None:
    """Goes on as long as it may."""
    while True:
        run.progress(1, 2)
        time.sleep(TAKES)
