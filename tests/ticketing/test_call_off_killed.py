"""``kill -9`` in the middle of a call-off of sixty paid orders: after it all are refunded without anybody's hand."""

import signal
import subprocess
import sys
import time

from tests.fixtures.databases import ROOT, server_environment
from tests.ticketing.races import processes

ORDERS = 60
LEASE = 2  # seconds


def worker(database_url: str) -> subprocess.Popen:
    """A worker that ends when nothing is due any more."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "work", "--until-empty", "--threads", "2"],
        cwd=ROOT,
        env=server_environment(DATABASE_URL=database_url, JOB_LEASE_SECONDS=str(LEASE)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_call_off_that_is_killed_half_way_goes_on_and_admits_nobody_meanwhile(fresh_database):
    url = fresh_database()
    with processes(url, 1) as (books,):
        showtime = books.do("fill", orders=ORDERS)
        books.do("call_off", showtime=showtime)

        first = worker(url)
        while books.do("still_to_be_given_back", showtime=showtime) == ORDERS and first.poll() is None:
            time.sleep(0.002)
        first.send_signal(signal.SIGKILL)
        first.wait(10)
        killed = books.do("call_off_state", showtime=showtime)

        deadline = time.monotonic() + 480
        while not (state := books.do("call_off_state", showtime=showtime))["is_done"]:
            assert time.monotonic() < deadline, state
            time.sleep(LEASE)  # that of the killed worker runs on the clock of the machine
            assert worker(url).wait(240) == 0

    assert (0 < killed["waiting"] < ORDERS, killed["is_done"], killed["admitted"]) == (True, False, [])
    assert state == {
        "waiting": 0,
        "paid_back": ORDERS,
        "is_done": True,
        "admitted": [],
        "kept": "0",
        "running": 0,
        "faults": [],
    }
