"""Many tills, the web and several sealers at one moment: numbers without gap or double, nobody waits for a seal."""

import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from backoffice.counter import sell_for_cash
from tests.factories import a_clerk, a_hall, a_shift, a_showtime, a_till, an_order, pay
from tests.fixtures.databases import ROOT, server_environment
from tests.ticketing.test_together import at_once, paying
from ticketing.journal import Entry, JournalEntry, Kind, Seal, post_all, seal_waiting
from ticketing.journal.models import TicketSeries
from ticketing.journal.sealing import unsealed
from ticketing.money.verify import find_chain_faults, find_faults, one_moment, verdict

pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 32
SEATS = [f"{row}{number}" for row in "ABCDEFGHJK" for number in range(1, 17)]


def selling(clerk, showtime, seat, now):
    """The act of selling one seat for cash."""
    facts = {"showtime_id": showtime.pk, "seats": [seat], "price_types": {}, "key": seat, "received": None}
    return lambda: sell_for_cash(**facts, clerk=clerk, now=now).status


def numbers(entries):
    """Every number that was given to a ticket, by series."""
    given = {}
    for entry in entries:
        holder = entry if entry.series else entry.seal
        own = range(holder.first_number, holder.first_number + entry.ticket_count)
        given.setdefault(holder.series, []).extend(own)
    return {series: sorted(found) for series, found in given.items()}


def test_32_tills_and_the_web_at_once_give_numbers_without_gap_or_double(now):
    clerks = [a_clerk() for _till in range(TILLS)]
    for number, clerk in enumerate(clerks):
        a_shift(clerk, now=now, till=a_till(f"T{number}"))
    showtime = a_showtime(now=now, hall=a_hall(rows=10, cols=16))
    free = iter(SEATS)
    online = [paying(an_order(now=now, showtime=showtime, seats=[next(free)]), now) for _each in range(8)]

    for _round in range(2):
        sold = at_once(
            *[selling(clerk, showtime, next(free), now) for clerk in clerks],
            *[online.pop() for _each in range(4)],
            *[lambda: seal_waiting(now=now)] * 3,
        )
        assert sold[:TILLS] == ["paid"] * TILLS
    seal_waiting(now=now, whole=True)

    sales = JournalEntry.objects.filter(kind=Kind.SALE).select_related("seal")
    assert numbers(sales) == {f"T{number}": [1, 2] for number in range(TILLS)} | {"web": list(range(1, 9))}
    assert Seal.objects.count() == JournalEntry.objects.count()
    assert [*find_chain_faults(now=now), *find_faults(now=now)] == []


def test_sales_of_one_till_at_once_and_one_that_fails_leave_no_gap(now):
    clerk = a_clerk()
    a_shift(clerk, now=now, till=a_till("A"))
    showtime = a_showtime(now=now, hall=a_hall(rows=10, cols=16))

    def failing():
        with transaction.atomic():
            selling(clerk, showtime, "K16", now)()
            transaction.set_rollback(True)

    at_once(*[selling(clerk, showtime, seat, now) for seat in SEATS[:12]], failing, failing)

    assert numbers(JournalEntry.objects.filter(kind=Kind.SALE)) == {"A": list(range(1, 13))}


@pytest.mark.postgres
def test_no_sale_waits_for_a_sealer(now):
    order = an_order(now=now)
    act, done = paying(order, now), threading.Event()

    def sell():
        try:
            act()
            done.set()
        finally:
            connection.close()

    TicketSeries.objects.create(name=TicketSeries.WEB)
    with transaction.atomic():  # a sealer in the middle of its work, for as long as it likes
        TicketSeries.objects.select_for_update(no_key=True).get(pk=TicketSeries.WEB)
        seller = threading.Thread(target=sell)
        seller.start()
        assert done.wait(20)
    seller.join(20)
    order.refresh_from_db()
    assert order.status == "paid"


@pytest.mark.postgres
def test_an_entry_that_is_committed_late_gets_its_seal_after_later_ones(now):
    posted, may_commit = threading.Event(), threading.Event()

    def slowly():
        try:
            with transaction.atomic():
                post_all([Entry(kind=Kind.ADMISSION, at=now, currency="CNY", facts={"ticket": 1})])
                posted.set()
                may_commit.wait(20)
        finally:
            connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    posted.wait(20)
    post_all([Entry(kind=Kind.ADMISSION, at=now, currency="CNY", facts={"ticket": 2})])
    first = seal_waiting(now=now)
    may_commit.set()
    slow.join(20)

    second = seal_waiting(now=now)

    assert (first, second) == (1, 1)
    assert [seal.entry.facts["ticket"] for seal in Seal.objects.order_by("seq")] == [2, 1]
    assert list(find_chain_faults(now=now)) == []


def in_a_thread(act):
    """Do it on a connection of its own, and wait until it is done."""

    def done_there():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=done_there)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


def test_verifying_takes_no_head_of_a_sealer_at_work_for_a_lost_one(now, monkeypatch):
    pay(an_order(now=now), now=now)
    seal_waiting(now=now)
    pay(an_order(now=now), now=now)

    @contextmanager
    def moment_in_which_a_sealer_works():
        with one_moment():
            assert unsealed().exists()
            in_a_thread(lambda: seal_waiting(now=now))
            assert unsealed().exists(), "what is sealed meanwhile can't be seen in this moment"
            yield

    monkeypatch.setattr(verdict, "one_moment", moment_in_which_a_sealer_works)

    assert verdict.verify_books(now=now).faults == []
    assert not unsealed().exists()


ENTRIES = 5_000
READY = "import django; django.setup(); from django.utils import timezone"
SEAL = f"{READY}; from ticketing.journal import seal_waiting; {{}}"


def sealer(url, folder):
    """A process that seals until nothing waits."""
    environment = server_environment(DATABASE_URL=url, JOURNAL_HEADS=str(folder))
    seal = SEAL.format("seal_waiting(now=timezone.now())")
    return subprocess.Popen([sys.executable, "-c", seal], cwd=ROOT, env=environment)


def test_a_sealer_that_is_killed_leaves_a_chain_that_the_next_one_goes_on_with(fresh_database, tmp_path):
    """Killed again and again at any moment: each entry has one seal in the end, and the file knows no other head."""
    url = fresh_database()
    lay = (
        "from ticketing.journal import Entry, Kind, post_all; at = timezone.now();"
        f" post_all(Entry(kind=Kind.ADMISSION, at=at, currency='CNY', facts={{'ticket': n}}) for n in range({ENTRIES}))"
    )
    environment = server_environment(DATABASE_URL=url, JOURNAL_HEADS=str(tmp_path))
    subprocess.run([sys.executable, "-c", SEAL.format(lay)], cwd=ROOT, env=environment, check=True)

    heads = []
    for patience in (0.0, 0.05):
        killed = sealer(url, tmp_path)
        seen, deadline = len(heads), time.monotonic() + 60
        while killed.poll() is None and time.monotonic() < deadline:
            files = list(tmp_path.glob("*.heads"))
            heads = files[0].read_text().splitlines() if files else []
            if len(heads) > seen:
                break
        time.sleep(patience)
        killed.send_signal(signal.SIGKILL)
        killed.wait(10)
    assert sealer(url, tmp_path).wait(120) == 0

    ask = (
        "from ticketing.journal import JournalEntry, Seal; from ticketing.money.verify import find_chain_faults;"
        " print(JournalEntry.objects.count(), Seal.objects.count(), [*find_chain_faults(now=timezone.now())])"
    )
    done = subprocess.run(
        [sys.executable, "-c", SEAL.format(ask)], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert 0 < len(heads) < ENTRIES // 500
    assert done.stdout.strip() == f"{ENTRIES} {ENTRIES} []"
