"""The tests' own database: what a test leaves behind, and what it finds."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connection, transaction

from tests.factories import a_paid_order
from ticketing.models import LedgerEntry

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_committed_sale_is_gone_afterwards_although_its_ledger_cannot_be_erased():
    a_paid_order()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ticketing_ledgerentry")

    assert LedgerEntry.objects.count() > 0


def test_the_flush_has_left_no_sale_and_spared_the_groups():
    assert LedgerEntry.objects.count() == 0
    assert Group.objects.get(name="Usher").permissions.count() > 0
    assert Permission.objects.filter(codename="view_showtime").count() == 1


def test_the_ledger_is_guarded_again_after_a_flush():
    a_paid_order()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ticketing_ledgerentry SET amount = 0")
