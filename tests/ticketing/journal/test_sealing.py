"""Seals: in an order of their own, one sealer at a time, with a file outside the database."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cinema.jobs.models import Job
from tests.factories import a_clerk, a_paid_order, an_order
from tests.ticketing.journal.house import sql, without_guards
from tests.working import do_jobs
from ticketing.constraints import seal_ledger
from ticketing.journal import Entry, Kind, Seal, head, heads, post_all, seal_waiting
from ticketing.journal.models import TicketSeries, Verification
from ticketing.models import Till
from ticketing.money.in_house import pay_in_house
from ticketing.money.shifts import open_shift
from ticketing.money.verify import find_chain_faults
from ticketing.money.verify.verdict import how_books_stand, verify_books

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


def some_entries(count):
    at = timezone.now()
    post_all(Entry(kind=Kind.ADMISSION, at=at, currency="CNY", facts={"ticket": n}) for n in range(count))


def test_each_entry_gets_one_seal_over_the_one_before(now):
    some_entries(3)

    first, again = seal_waiting(now=now), seal_waiting(now=now)
    some_entries(1)
    later = seal_waiting(now=now)

    seals = list(Seal.objects.all())
    assert (first, again, later, [seal.seq for seal in seals]) == (3, 0, 1, [1, 2, 3, 4])
    assert [seal.before for seal in seals] == [Seal.GENESIS, *(seal.mac for seal in seals[:3])]
    assert len({seal.mac for seal in seals}) == 4
    assert head() == seals[-1]


def test_many_are_sealed_a_batch_at_a_time(now):
    some_entries(1_203)

    assert (seal_waiting(now=now), head().seq) == (1_203, 1_203)
    assert list(find_chain_faults(now=now))[1:] == []


def test_without_a_key_nothing_is_sealed_and_verify_says_so(now, settings):
    settings.JOURNAL_KEY = ""
    some_entries(1)
    much_later = timezone.now() + timedelta(minutes=6)

    assert seal_waiting(now=now) == 0
    assert [fault.split(",")[0] for fault in find_chain_faults(now=much_later)] == ["1 journal entries have no seal"]
    assert "JOURNAL_KEY is not set." in next(find_chain_faults(now=much_later))
    assert list(find_chain_faults(now=timezone.now())) == []
    assert (how_books_stand(now=much_later).unsealed, how_books_stand(now=timezone.now()).unsealed) == (1, 0)


def test_a_key_can_be_changed_and_seals_name_theirs(now, settings):
    some_entries(1)
    seal_waiting(now=now)
    old, settings.JOURNAL_KEY = settings.JOURNAL_KEY, "another-key-another-key-another-key"
    some_entries(1)
    seal_waiting(now=now)

    settings.JOURNAL_KEY_FALLBACKS = [old]
    known = [fault for fault in find_chain_faults(now=now) if "key" in fault]
    settings.JOURNAL_KEY_FALLBACKS = []
    forgotten = [fault for fault in find_chain_faults(now=now) if "key" in fault]

    assert (known, len(forgotten)) == ([], 1)
    assert forgotten[0].startswith("Seal 1 was made with key ")


@committed
def test_each_head_goes_to_the_file_once_it_is_committed(now):
    some_entries(2)
    seal_waiting(now=now)
    some_entries(1)
    seal_waiting(now=now)

    assert list(heads.kept_heads()) == [(seal.seq, seal.mac) for seal in Seal.objects.filter(seq__in=[2, 3])]
    assert heads.heads_file().stat().st_mode & 0o077 == 0
    assert list(find_chain_faults(now=now)) == []

    heads.heads_file().write_text("half a li")
    assert list(find_chain_faults(now=now)) == [
        f"The file of heads {heads.heads_file().name} is missing: a tail that was cut off would not show."
    ]


@committed
def test_a_full_file_is_kept_beside_the_new_one(now, monkeypatch):
    monkeypatch.setattr(heads, "FULL", 10)
    for _round in range(3):
        some_entries(1)
        seal_waiting(now=now)

    assert [seq for seq, _mac in heads.kept_heads()] == [2, 3]


@committed
def test_a_disk_that_is_full_stops_no_seal(now, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.JOURNAL_HEADS = tmp_path / "file" / "below"
    some_entries(1)

    assert seal_waiting(now=now) == 1


def test_the_webs_tickets_get_their_numbers_with_the_seal(now):
    first = a_paid_order(now=now, seats=["A1", "A2"])
    second = a_paid_order(now=now)
    unsealed = first.journal.get(kind="sale").numbers

    seal_waiting(now=now)

    assert unsealed == ""
    assert [order.journal.get(kind="sale").numbers for order in (first, second)] == ["web 1-2", "web 3"]
    assert TicketSeries.objects.get().next_number == 4


def test_a_tills_tickets_get_their_numbers_with_the_sale_which_is_forgotten_with_it(now):
    clerk, till = a_clerk(), Till.objects.create(code="2", name="Two")
    shift = open_shift(till_id=till.pk, clerk=clerk, float_amount=0, now=now)

    def sell(*seats):
        order = an_order(now=now, seats=seats, channel="counter", clerk=clerk)
        pay_in_house(order=order, provider="cash", now=now, by=clerk)
        return order.journal.get(kind="sale")

    entries = [sell("A1", "A2"), sell("A1"), sell("A3", "A4", "A5")]
    seal_waiting(now=now)

    assert [entry.numbers for entry in entries] == ["2 1-2", "2 3", "2 4-6"]
    assert [entry.seal.series for entry in entries] == ["", "", ""]
    assert {(entry.till, entry.shift_id) for entry in entries} == {("2", shift.pk)}
    assert entries[0].postings == {"cash:2": 9000, "revenue:tickets": -9000}
    assert [fault for fault in find_chain_faults(now=now) if "number" in fault or "eries" in fault] == []


@committed
def test_the_job_seals_and_the_nightly_one_keeps_its_verdict(now):
    some_entries(1)
    for kind in ("seal_journal", "verify_books"):
        Job.objects.create(kind=kind, key="recurring", due_at=now, enqueued_at=now)

    do_jobs("seal_journal", at=now)
    sealed = Seal.objects.count()
    do_jobs("verify_books", at=now)

    assert sealed == 1
    kept = Verification.objects.get()
    assert (kept.since, kept.entry_count, kept.head) == (None, 1, head().mac)
    assert kept == how_books_stand(now=now).last


@committed
def test_since_a_day_only_what_happened_from_then_on_is_looked_at():
    now = timezone.now()
    old = a_paid_order(now=now - timedelta(days=40))
    new = a_paid_order(now=now)
    seal_waiting(now=now)
    tomorrow, last_week = (now + timedelta(days=2)).date(), (now - timedelta(days=7)).date()
    without_guards()
    try:
        sql("UPDATE ticketing_payment SET last_error = 'x', amount = amount + 1 WHERE order_id = %s", new.pk)
        whole = [fault for fault in verify_books(now=now).faults if fault.startswith("Payment")]
        recent = [fault for fault in verify_books(now=now, since=last_week).faults if fault.startswith("Payment")]
        later = [fault for fault in verify_books(now=now, since=tomorrow).faults if fault.startswith("Payment")]
    finally:
        seal_ledger(connection)

    payment = new.payments.get().pk
    named = [f"Payment {payment}: amount is 4501, the journal says 4500."]
    assert (whole, recent, later) == (named, named, [])
    assert old.journal.count() == new.journal.count() == 2
    assert Verification.objects.count() == 3
