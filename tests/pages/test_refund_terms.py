"""Customers are told until when and at what fee tickets can be given back: before they pay, and on the ticket."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from tests.backoffice.staff import browser_of
from tests.factories import a_customer, a_paid_order, a_showtime, an_order, money
from ticketing.models import RefundPolicy

pytestmark = pytest.mark.django_db


def english(name, **facts):
    """The address of the page in English."""
    with translation.override("en"):
        return reverse(name, **facts)


@pytest.fixture
def rule():
    """Two hours before the start, for a tenth."""
    facts = {"until": "start", "minutes_before": 120, "fee_percent": 10}
    return RefundPolicy.objects.create(audience="customer", valid_from=timezone.now() - timedelta(days=1), **facts)


def test_the_bill_the_checkout_and_the_ticket_say_deadline_and_fee(rule):
    customer, showtime = a_customer(), a_showtime()
    browser = browser_of(customer)
    waiting, paid = (
        an_order(showtime=showtime, customer=customer),
        a_paid_order(showtime=showtime, customer=customer, seats=["B1"]),
    )
    closes = timezone.localtime(showtime.starts_at - timedelta(hours=2))
    pages = [
        Client().get(english("ticketing:seats", args=[showtime.pk])),
        browser.get(english("ticketing:order", args=[waiting.pk])),
        browser.get(english("ticketing:order", args=[paid.pk])),
    ]

    for page in pages:
        text = page.content.decode()
        assert f"{closes:%H:%M}; 10% are kept as a fee." in text, text
    assert (pages[2].context["refund_amount"], pages[2].context["refund_fee"]) == (money("40.50"), money("4.50"))


def test_without_a_rule_all_comes_back():
    page = Client().get(english("ticketing:seats", args=[a_showtime().pk]))

    assert "; you get all your money back." in page.content.decode()


def test_too_late_for_the_deadline_the_bill_says_so(rule):
    showtime = a_showtime(starts_at=timezone.now() + timedelta(hours=1))

    page = Client().get(english("ticketing:seats", args=[showtime.pk]))

    assert "Tickets of this showtime can no longer be given back." in page.content.decode()
