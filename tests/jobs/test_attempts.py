"""How often a job is tried, when again, and how it ends."""

from datetime import timedelta

import pytest
from django.db import transaction

from cinema.jobs import GiveUp, Interrupted, Job, LeaseLost, Snooze, enqueue
from cinema.jobs.leases import MAX_LOST, lease_time, take_next
from cinema.jobs.registry import kind_named
from cinema.jobs.runs import Run, carry_out, work_off

pytestmark = pytest.mark.django_db

PAUSES = [timedelta(minutes=1), timedelta(minutes=10)]


def fails(run):
    """A handler that can't."""
    raise RuntimeError("the bank is away")


def the_job() -> Job:
    """The only job there is."""
    return Job.objects.get()


def test_it_is_tried_again_after_growing_pauses_and_then_fails(new_kind, clock):
    kind = new_kind(fails, attempts=4, backoff=PAUSES)
    enqueue(kind)

    pauses = []
    while the_job().is_open:
        begun = clock.now
        work_off(clock=clock, kinds=[kind])
        if the_job().is_open:
            pauses.append(the_job().due_at - begun)
            clock.now = the_job().due_at

    assert pauses == [PAUSES[0], PAUSES[1], PAUSES[1]]
    failed = the_job()
    assert (failed.state, failed.attempts, failed.error) == ("failed", 4, "RuntimeError: the bank is away")
    assert failed.failing_since == clock.now - sum(pauses, timedelta())


def test_snoozing_costs_no_attempt(new_kind, clock):
    def handler(run):
        raise Snooze(run.now() + timedelta(hours=1), "the mail server is away")

    kind = new_kind(handler, attempts=1)
    enqueue(kind)

    for _hour in range(50):
        assert work_off(clock=clock, kinds=[kind]) == 1
        clock.forward(hours=1)

    waiting = the_job()
    assert (waiting.state, waiting.attempts, waiting.error) == ("waiting", 0, "the mail server is away")


def test_giving_up_fails_at_once_and_tells_of_it_in_the_same_transaction(new_kind, clock):
    told = []

    def handler(run):
        raise GiveUp("no such address")

    def on_failure(job):
        told.append((job.state, job.error, transaction.get_connection().in_atomic_block))

    kind = new_kind(handler, on_failure=on_failure)
    enqueue(kind)
    work_off(clock=clock, kinds=[kind])

    assert told == [("failed", "no such address", True)]
    assert the_job().state == "failed"


def test_a_mistake_in_what_follows_a_failure_does_not_keep_the_job_open(new_kind, clock):
    def on_failure(job):
        raise RuntimeError("a mistake")

    kind = new_kind(fails, attempts=1, on_failure=on_failure)
    enqueue(kind)
    work_off(clock=clock, kinds=[kind])

    assert the_job().state == "failed"


def test_past_its_deadline_it_is_not_tried_any_more(new_kind, clock):
    kind = new_kind(fails, deadline=timedelta(minutes=30), backoff=[timedelta(minutes=20)], attempts=9)
    enqueue(kind)

    work_off(clock=clock, kinds=[kind])
    assert the_job().state == "waiting"
    clock.forward(minutes=20)
    work_off(clock=clock, kinds=[kind])

    assert (the_job().state, the_job().attempts) == ("failed", 2)


def test_a_job_nobody_came_to_before_its_deadline_fails_undone(new_kind, clock):
    done = []
    kind = new_kind(lambda run: done.append(1), deadline=timedelta(minutes=30))
    enqueue(kind)
    clock.forward(minutes=31)

    work_off(clock=clock, kinds=[kind])

    assert (the_job().state, the_job().error, done) == ("failed", "Its deadline has passed.", [])


def test_a_worker_that_dies_loses_its_job_to_the_next(new_kind, clock):
    kind = new_kind(lambda run: None, attempts=1)
    enqueue(kind)
    dead = take_next(kinds=[kind], now=clock.now)

    clock.now += lease_time() - timedelta(seconds=1)
    assert take_next(kinds=[kind], now=clock.now) is None
    clock.forward(seconds=1)
    other = take_next(kinds=[kind], now=clock.now)

    assert (other.pk, other.attempts, other.lost) == (dead.pk, 1, 1)
    with pytest.raises(LeaseLost):
        Run(dead, kind_named(kind), clock).progress(1, 2)
    with pytest.raises(LeaseLost):
        Run(dead, kind_named(kind), clock).finish()
    carry_out(Run(other, kind_named(kind), clock))
    assert the_job().state == "done"


def test_a_job_that_kills_its_workers_fails_in_the_end(new_kind, clock):
    kind = new_kind(lambda run: None)
    enqueue(kind)
    for _worker in range(MAX_LOST):
        assert take_next(kinds=[kind], now=clock.now)
        clock.now += lease_time()

    work_off(clock=clock, kinds=[kind])

    assert (the_job().state, the_job().error) == ("failed", "10 workers died at it.")


def test_progress_renews_the_lease_and_is_told(new_kind, clock):
    def handler(run):
        clock.forward(seconds=20)
        run.progress(3, 8)
        clock.forward(seconds=20)
        assert take_next(kinds=[kind], now=clock.now) is None
        assert (the_job().progress_done, the_job().progress_total) == (3, 8)

    kind = new_kind(handler)
    enqueue(kind)
    work_off(clock=clock, kinds=[kind])

    assert the_job().state == "done"


def test_a_worker_that_has_to_end_hands_its_job_on_without_counting_it(new_kind, clock):
    kind = new_kind(lambda run: run.progress(1, 2), attempts=1)
    enqueue(kind)
    job = take_next(kinds=[kind], now=clock.now)

    with pytest.raises(Interrupted):
        Run(job, kind_named(kind), clock, stopping=lambda: True).progress(1, 2)
    carry_out(Run(job, kind_named(kind), clock, stopping=lambda: True))

    assert (the_job().state, the_job().attempts, the_job().due_at) == ("waiting", 0, clock.now)


def test_finishing_within_the_work_commits_both_or_neither(new_kind, clock):
    def handler(run, key):
        with transaction.atomic():
            enqueue(marked, key=key)
            run.finish()
            if key == "broken":
                raise RuntimeError("after all")

    marked = new_kind(lambda run: None)
    kind = new_kind(handler, attempts=1)
    enqueue(kind, key="whole")
    enqueue(kind, key="broken")
    for job_key in ("whole", "broken"):
        Job.objects.filter(kind=kind, key=job_key).update(arguments={"key": job_key})
    work_off(clock=clock, kinds=[kind])

    assert set(Job.objects.filter(kind=kind).values_list("key", "state")) == {("whole", "done"), ("broken", "failed")}
    assert list(Job.objects.filter(kind=marked).values_list("key", flat=True)) == ["whole"]


def test_reporting_progress_does_not_stretch_an_attempt_past_its_timeout(new_kind, clock):
    def handler(run):
        while True:
            clock.forward(seconds=20)
            run.progress(1, 2)

    kind = new_kind(handler, timeout=timedelta(minutes=1), attempts=2)
    enqueue(kind)
    work_off(clock=clock, kinds=[kind])

    assert (the_job().state, the_job().attempts, the_job().error) == ("waiting", 1, "It took longer than 0:01:00.")
