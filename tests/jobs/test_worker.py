"""A process at work: threads, leases and heartbeats, on the clock of the machine."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from cinema.jobs import Job, enqueue, enqueue_many
from cinema.jobs.health import work_health
from cinema.jobs.leases import take_next
from cinema.jobs.models import JobWorker
from cinema.jobs.wakeup import TOPIC, listen_to_redis, woken
from cinema.jobs.worker import Until, Worker
from tests.fixtures.databases import ROOT, manage, server_environment
from tests.jobs.killing import SETTINGS

pytestmark = pytest.mark.django_db(transaction=True)


def eventually(true: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether it comes true within a while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.02)
    return False


def test_of_many_workers_each_job_gets_one(new_kind):
    kind = new_kind(lambda run: None)
    enqueue_many(kind, [(str(number), {}) for number in range(120)])
    taken: list[int] = []
    begin = threading.Barrier(8)

    def take() -> None:
        begin.wait()
        while job := take_next(kinds=[kind], now=timezone.now()):
            taken.append(job.pk)
        connection.close()

    threads = [threading.Thread(target=take) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(taken) == Counter(Job.objects.values_list("pk", flat=True))


def test_a_job_begins_only_when_the_transaction_that_enqueued_it_again_has_ended(new_kind):
    kind = new_kind(lambda run, written: None)
    enqueue(kind, key="x", written="before")
    found = []

    def take() -> None:
        found.append(take_next(kinds=[kind], now=timezone.now()))
        connection.close()

    with transaction.atomic():
        enqueue(kind, key="x", written="within")
        other = threading.Thread(target=take)
        other.start()
        other.join(0.5)  # PostgreSQL passes it over; SQLite makes the worker wait
        assert found in ([], [None])
    other.join()
    job = found[0] or take_next(kinds=[kind], now=timezone.now())

    assert job.arguments == {"written": "within"}


def test_a_worker_does_what_comes_and_says_that_it_is_there(new_kind):
    done = []
    kind = new_kind(lambda run, number: done.append(number))
    assert work_health(now=timezone.now()).nobody_works

    worker = Worker(threads=2).start()
    assert eventually(lambda: JobWorker.objects.exists())
    begun = time.monotonic()
    enqueue(kind, number=1)

    assert eventually(lambda: done == [1])
    assert time.monotonic() - begun < 0.9, "a worker of the same process is woken, and need not wait for its next look"
    assert not work_health(now=timezone.now()).nobody_works
    worker.stop()
    assert not JobWorker.objects.exists()


def test_it_finishes_what_it_is_at_before_it_ends(new_kind):
    begun, go_on = threading.Event(), threading.Event()

    def handler(run):
        begun.set()
        go_on.wait(10)

    kind = new_kind(handler)
    worker = Worker(threads=1).start()
    enqueue(kind)
    assert begun.wait(10)

    threading.Timer(0.3, go_on.set).start()
    worker.stop(grace=10)

    assert Job.objects.get(kind=kind).state == "done"


@override_settings(JOB_LEASE_SECONDS=2)
def test_a_long_job_stays_with_its_worker_while_that_is_alive(new_kind):
    calls = []

    def handler(run):
        calls.append(1)
        time.sleep(3.5)

    kind = new_kind(handler)
    enqueue(kind)
    workers = [Worker(threads=1).start(), Worker(threads=1).start()]

    assert eventually(lambda: Job.objects.get(kind=kind).state == "done")
    assert (calls, Job.objects.get(kind=kind).lost) == ([1], 0)
    for worker in workers:
        worker.stop()


@override_settings(JOB_LEASE_SECONDS=2)
def test_a_job_that_hangs_is_taken_from_its_thread(new_kind):
    hanging = threading.Event()
    calls = []

    def handler(run):
        calls.append(1)
        if len(calls) == 1:
            hanging.wait(30)

    kind = new_kind(handler, timeout=timedelta(seconds=0.5))
    enqueue(kind)
    worker = Worker(threads=1).start()

    assert eventually(lambda: Job.objects.get(kind=kind).state == "done")
    assert calls == [1, 1]
    hanging.set()
    worker.stop()


def test_slow_work_does_not_hold_up_the_rest(new_kind):
    go_on = threading.Event()
    slow = new_kind(lambda run: go_on.wait(20), slow=True)
    quick = new_kind(lambda run: None)
    worker = Worker(threads=1).start()

    for _each in range(3):
        enqueue(slow)
    enqueue(quick)

    assert eventually(lambda: Job.objects.get(kind=quick).state == "done")
    go_on.set()
    worker.stop()


def test_until_empty_it_ends_by_itself(new_kind):
    kind = new_kind(lambda run: None)
    enqueue_many(kind, [(str(number), {}) for number in range(30)])
    enqueue(kind, run_at=timezone.now() + timedelta(hours=1))

    worker = Worker(threads=2, until=Until.EMPTY).start()
    worker.wait()
    worker.stop()

    assert Counter(Job.objects.filter(kind=kind).values_list("state", flat=True)) == {"done": 30, "waiting": 1}


def test_redis_wakes_the_workers_of_other_processes(redis_server, settings):
    settings.REDIS_URL = redis_server.url
    stopping, event = threading.Event(), threading.Event()
    listening = threading.Thread(target=listen_to_redis, args=[stopping], daemon=True)
    listening.start()
    with woken(event), redis.Redis.from_url(redis_server.url) as other_process:
        assert eventually(lambda: other_process.publish(TOPIC, "{}") > 0)
        assert event.wait(5)
    stopping.set()
    listening.join(10)
    assert not listening.is_alive()


def test_asked_to_end_a_worker_process_puts_its_job_back_and_leaves_nobody_behind(fresh_database, tmp_path):
    here = {"DATABASE_URL": fresh_database(), "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": SETTINGS}
    enqueue_long = 'from cinema.jobs import enqueue; enqueue("test_until_stopped", key="x")'
    manage("shell", "-v", "0", "-c", enqueue_long, **here)
    look = (
        "from cinema.jobs.models import *; job = Job.objects.get(key='x');"
        "print(job.state, job.attempts, job.lost, job.progress_done > 0, JobWorker.objects.count())"
    )

    with subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=server_environment(**here)) as process:
        assert eventually(lambda: manage("shell", "-v", "0", "-c", look, **here).startswith("running 1 0 True 1"), 90)
        process.terminate()
        assert process.wait(60) == 0

    assert manage("shell", "-v", "0", "-c", look, **here).split() == ["waiting", "0", "0", "True", "0"]
