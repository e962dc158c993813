"""Work that comes round by itself."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import override_settings

from cinema.jobs import Job, enqueue
from cinema.jobs.registry import Kind
from cinema.jobs.runs import work_off
from cinema.jobs.schedules import next_time
from cinema.jobs.worker import lay_recurring


def at(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)


def nothing(run):
    """A handler that has nothing to do."""


@pytest.mark.django_db
def test_any_number_of_workers_lay_it_once(new_kind, clock):
    kind = new_kind(nothing, every=timedelta(minutes=5))

    lay_recurring(now=clock.now)
    lay_recurring(now=clock.now)

    assert list(Job.objects.filter(kind=kind).values_list("due_at", flat=True)) == [at(2026, 3, 2, 12, 5)]


@pytest.mark.django_db
def test_it_comes_round_again_and_stays_one_row(new_kind, clock):
    times = []
    kind = new_kind(lambda run: times.append(run.now()), every=timedelta(minutes=5))
    lay_recurring(now=clock.now)

    for _minute in range(16):
        work_off(clock=clock, kinds=[kind])
        lay_recurring(now=clock.now)
        clock.forward(minutes=1)

    assert times == [at(2026, 3, 2, 12, 5), at(2026, 3, 2, 12, 10), at(2026, 3, 2, 12, 15)]
    assert Job.objects.filter(kind=kind).count() == 1


@pytest.mark.django_db
def test_failing_for_good_it_is_kept_and_comes_round_all_the_same(new_kind, clock):
    def handler(run):
        raise RuntimeError("a mistake")

    kind = new_kind(handler, every=timedelta(minutes=5), attempts=1)
    lay_recurring(now=clock.now)
    clock.forward(minutes=5)
    work_off(clock=clock, kinds=[kind])

    rows = Job.objects.filter(kind=kind).order_by("pk").values_list("state", "due_at")
    assert list(rows) == [("failed", None), ("waiting", at(2026, 3, 2, 12, 10))]


@pytest.mark.django_db
def test_enqueued_by_hand_it_is_brought_forward(new_kind, clock):
    kind = new_kind(nothing, daily_at=time(4, 30))
    lay_recurring(now=clock.now)

    enqueue(kind, key="recurring")

    assert work_off(clock=clock, kinds=[kind]) == 1
    assert Job.objects.get(kind=kind).state == "waiting"


@pytest.mark.django_db
def test_a_new_version_that_wants_it_more_often_gets_it(new_kind, clock):
    kind = new_kind(nothing, every=timedelta(hours=6))
    lay_recurring(now=clock.now)
    new = Kind(name=kind, handler=nothing, every=timedelta(minutes=5))
    Job.objects.filter(kind=kind).update(due_at=clock.now + timedelta(hours=6))

    assert next_time(new, after=clock.now) == at(2026, 3, 2, 12, 5)
    lay_recurring(now=clock.now + timedelta(minutes=1))

    assert Job.objects.get(kind=kind).due_at == at(2026, 3, 2, 18)


@override_settings(TIME_ZONE="Europe/Berlin")
def test_a_time_of_day_is_the_houses_own_when_clocks_change(settings):
    kind = Kind(name="x", handler=nothing, daily_at=time(2, 30))

    assert next_time(kind, after=at(2026, 3, 27, 12)) == at(2026, 3, 28, 1, 30)
    assert next_time(kind, after=at(2026, 3, 28, 12)) == at(2026, 3, 29, 1, 30)  # 02:30 is left out that night
    assert next_time(kind, after=at(2026, 3, 29, 1, 30)) == at(2026, 3, 30, 0, 30)
    assert next_time(kind, after=at(2026, 10, 24, 12)) == at(2026, 10, 25, 0, 30)  # 02:30 comes twice
    assert next_time(kind, after=at(2026, 10, 25, 0, 30)) == at(2026, 10, 26, 1, 30)
