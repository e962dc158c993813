"""What is enqueued, when it is there, and what its key means."""

from datetime import timedelta

import pytest
from django.db import transaction

from cinema.jobs import Job, UnknownJob, enqueue, enqueue_many
from cinema.jobs.leases import take_next
from cinema.jobs.runs import work_off

pytestmark = pytest.mark.django_db


def test_a_job_goes_with_its_transaction(new_kind, clock):
    kind = new_kind(lambda run: None)

    @transaction.atomic
    def decide() -> None:
        enqueue(kind, key="7")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decide()

    assert Job.objects.count() == 0


def test_enqueuing_costs_one_statement(new_kind, clock, django_assert_num_queries):
    kind = new_kind(lambda run, **arguments: None)

    with django_assert_num_queries(1):
        enqueue(kind, key="1", order_id=1)
    with django_assert_num_queries(1):
        enqueue_many(kind, [(str(number), {"order_id": number}) for number in range(2, 252)])

    assert Job.objects.count() == 251


def test_enqueued_twice_while_it_waits_it_is_done_once_with_the_newer_arguments(new_kind, clock):
    seen = []
    kind = new_kind(lambda run, hall: seen.append(hall))

    first = enqueue(kind, key="order 5", run_at=clock.now + timedelta(hours=1), hall="A")
    second = enqueue(kind, key="order 5", hall="B")

    assert first == second
    assert work_off(clock=clock, kinds=[kind]) == 1
    assert seen == ["B"]


def test_a_later_time_does_not_put_a_waiting_job_off(new_kind, clock):
    kind = new_kind(lambda run: None)
    enqueue(kind, key="1")

    enqueue(kind, key="1", run_at=clock.now + timedelta(hours=1))

    assert work_off(clock=clock, kinds=[kind]) == 1


def test_enqueued_while_it_runs_it_runs_once_more(new_kind, clock):
    seen = []

    def handler(run, number):
        seen.append(number)
        if number == 1:
            enqueue(kind, key="x", number=2)
            assert take_next(kinds=[kind], now=clock.now) is None  # never two at once

    kind = new_kind(handler)
    enqueue(kind, key="x", number=1)

    work_off(clock=clock, kinds=[kind])

    assert seen == [1, 2]
    assert list(Job.objects.values_list("state", flat=True)) == ["done"]


def test_enqueued_after_its_end_it_is_a_new_one(new_kind, clock):
    kind = new_kind(lambda run: None)

    enqueue(kind, key="x")
    work_off(clock=clock, kinds=[kind])
    enqueue(kind, key="x")

    assert list(Job.objects.of(kind, "x").values_list("state", flat=True)) == ["waiting", "done"]


def test_without_a_key_each_is_its_own(new_kind, clock):
    kind = new_kind(lambda run: None)

    enqueue(kind)
    enqueue(kind)

    assert work_off(clock=clock, kinds=[kind]) == 2


def test_the_same_key_of_another_kind_is_another_job(new_kind, clock):
    one, other = new_kind(lambda run: None), new_kind(lambda run: None)

    assert enqueue(one, key="x") != enqueue(other, key="x")


def test_what_nobody_can_do_is_refused_at_once(new_kind, clock):
    kind = new_kind(lambda run, when: None)

    with pytest.raises(UnknownJob):
        enqueue("no_such_work")
    with pytest.raises(TypeError):
        enqueue(kind, when=clock.now)


def test_a_job_waits_for_its_time(new_kind, clock):
    kind = new_kind(lambda run: None)
    enqueue(kind, run_at=clock.now + timedelta(hours=1))

    assert work_off(clock=clock, kinds=[kind]) == 0
    clock.forward(hours=1)
    assert work_off(clock=clock, kinds=[kind]) == 1
