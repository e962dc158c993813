"""The guard over the tests' own statements does its work."""

import pytest

from tests.factories import a_customer, a_paid_order
from ticketing.models import Ticket

pytestmark = pytest.mark.django_db


def test_an_update_that_chooses_its_rows_over_a_join_is_refused(now):
    a_paid_order(now=now)

    with pytest.raises(AssertionError, match="over a join"):
        Ticket.objects.filter(order__status="paid").update(status="admitted")


def test_an_update_by_its_own_columns_is_not(now):
    order = a_paid_order(now=now, customer=a_customer())

    assert Ticket.objects.filter(order_id=order.pk, status="valid").update(status="valid") == 1
