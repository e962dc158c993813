"""Forgeries by SQL that leave every table in step with the others: only the seals know better."""

import json
from datetime import timedelta

import pytest
from django.db import connection

from tests.ticketing.journal.house import sql, without_guards
from ticketing.journal import JournalEntry, Seal, seal_waiting

pytestmark = pytest.mark.django_db


def rewrite(order, change):
    """Change the sale's entry as somebody would who knows how entries are made."""
    entry = JournalEntry.objects.get(order=order, kind="sale")
    change(entry)
    statement = (
        "UPDATE ticketing_journalentry SET amount = %s, at = %s, provider = %s, operator_id = %s, reason = %s,"
        " postings = %s, facts = %s WHERE id = %s"
    )
    at = connection.ops.adapt_datetimefield_value(entry.at)
    texts = json.dumps(entry.postings), json.dumps(entry.facts)
    sql(statement, entry.amount, at, entry.provider, entry.operator_id, entry.reason, *texts, entry.pk)


def erase_a_cash_sale(house):
    erase(house.cash)


def erase(order):
    """The whole sale in every table, its entries and their seals too."""
    entries = list(JournalEntry.objects.filter(order=order).values_list("pk", flat=True))
    marks = ", ".join(["%s"] * len(entries))
    sql(f"DELETE FROM ticketing_seal WHERE entry_id IN ({marks})", *entries)
    sql("DELETE FROM ticketing_journalentry WHERE order_id = %s", order.pk)
    payments = "SELECT id FROM ticketing_payment WHERE order_id = %s"
    sql(f"DELETE FROM ticketing_refund WHERE payment_id IN ({payments})", order.pk)
    for table in ("ledgerentry", "claim", "ticket", "orderline", "payment"):
        sql(f"DELETE FROM ticketing_{table} WHERE order_id = %s", order.pk)
    sql("DELETE FROM ticketing_order WHERE id = %s", order.pk)


def halve_a_cash_sale(house):
    def halve(entry):
        entry.amount //= 2
        entry.postings = {account: sum_ // 2 for account, sum_ in entry.postings.items()}
        entry.facts["items"] = [[*item[:5], item[5] // 2, item[6]] for item in entry.facts["items"]]

    pk = house.cash.pk
    sql(
        "UPDATE ticketing_order SET total_amount = total_amount / 2, tendered_amount = tendered_amount / 2,"
        " refunded_amount = refunded_amount / 2, paid_back_amount = paid_back_amount / 2 WHERE id = %s",
        pk,
    )
    for table, column in (
        ("ticket", "price"),
        ("orderline", "price"),
        ("payment", "amount"),
        ("ledgerentry", "amount"),
    ):
        sql(f"UPDATE ticketing_{table} SET {column} = {column} / 2 WHERE order_id = %s", pk)
    rewrite(house.cash, halve)


def call_cash_a_card(house):
    def swap(entry):
        entry.provider = "card"
        entry.postings = {"provider:card" if account == "cash" else account: n for account, n in entry.postings.items()}

    for table in ("payment", "ticket"):
        sql(f"UPDATE ticketing_{table} SET provider = 'card' WHERE order_id = %s", house.cash.pk)
    rewrite(house.cash, swap)


def move_it_to_another_year(house):
    then = house.now - timedelta(days=365)
    moment = connection.ops.adapt_datetimefield_value(then)

    def earlier(entry):
        entry.at = then

    sql("UPDATE ticketing_order SET paid_at = %s WHERE id = %s", moment, house.online.pk)
    sql("UPDATE ticketing_ticket SET issued_at = %s WHERE order_id = %s", moment, house.online.pk)
    payment = "UPDATE ticketing_payment SET decided_at = %s, settled_at = %s WHERE order_id = %s"
    sql(payment, moment, moment, house.online.pk)
    sql("UPDATE ticketing_ledgerentry SET at = %s WHERE order_id = %s AND kind = 'sold'", moment, house.online.pk)
    rewrite(house.online, earlier)


def forge_a_code(house):
    sql("UPDATE ticketing_ticket SET code = 'AAAAAAAAAAAAAAAA' WHERE id = %s", house.ticket(house.online, 2).pk)


def admit_a_second_time(house):
    """A used ticket is valid again, and its admission was never written."""
    ticket = house.ticket(house.online, 1)
    sql(
        "UPDATE ticketing_ticket SET status = 'valid', admitted_at = NULL, admitted_by_id = NULL WHERE id = %s",
        ticket.pk,
    )
    entry = JournalEntry.objects.get(kind="admission", facts__ticket=ticket.pk)
    sql("DELETE FROM ticketing_seal WHERE entry_id = %s", entry.pk)
    sql("DELETE FROM ticketing_journalentry WHERE id = %s", entry.pk)


def blame_another_clerk(house):
    def blame(entry):
        entry.operator_id = house.other.pk

    sql(
        "UPDATE ticketing_ledgerentry SET actor_id = %s WHERE order_id = %s AND kind = 'sold'",
        house.other.pk,
        house.cash.pk,
    )
    rewrite(house.cash, blame)


def give_another_reason(house):
    for table in ("refund", "journalentry", "ledgerentry"):
        sql(f"UPDATE ticketing_{table} SET reason = 'a fire' WHERE reason = 'late'")


def forget_the_holds(house):
    sql("DELETE FROM ticketing_ledgerentry WHERE kind = 'held' AND order_id = %s", house.cash.pk)


def forget_the_holds_of_an_unpaid_order(house):
    sql("DELETE FROM ticketing_ledgerentry WHERE kind = 'held' AND order_id = %s", house.cancelled.pk)


def call_a_sold_showtime_off(house):
    sql("UPDATE ticketing_showtime SET status = 'cancelled' WHERE id = %s", house.showtime.pk)


def cut_the_tail(house):
    newest = Seal.objects.order_by("-seq").first()
    sql("DELETE FROM ticketing_seal WHERE seq = %s", newest.seq)
    sql("DELETE FROM ticketing_journalentry WHERE id = %s", newest.entry_id)


def seal_it_anew(house):
    """All seals thrown away, a sale changed, and the sealer let loose on it: the file of heads knows other seals."""
    sql("DELETE FROM ticketing_seal")
    sql("UPDATE ticketing_ticketseries SET next_number = 1")
    halve_a_cash_sale(house)
    seal_waiting(now=house.now)


FORGERIES = [
    erase_a_cash_sale, halve_a_cash_sale, call_cash_a_card, move_it_to_another_year, forge_a_code, admit_a_second_time,
    blame_another_clerk, give_another_reason, forget_the_holds, forget_the_holds_of_an_unpaid_order,
    call_a_sold_showtime_off, cut_the_tail, seal_it_anew,
]  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.__name__)
def test_a_forgery_is_named(house, forgery):
    without_guards()

    forgery(house)

    assert len(house.faults()) >= 1


def test_a_sale_that_was_erased_everywhere_is_missed_by_its_seals_alone(house):
    gone = sorted(Seal.objects.filter(entry__order=house.card).values_list("seq", flat=True))
    without_guards()

    erase(house.card)

    missed = [fault for fault in house.faults() if fault.startswith("Seals are gone")]
    assert missed[0] == f"Seals are gone between {gone[0]} and {gone[0]}."
