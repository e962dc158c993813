"""Alerts: on the dashboard and on a page of its own, for those with the permission."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.backoffice.staff import doors_closed, staff_who_may
from tests.factories import a_clerk, a_shift, money
from ticketing.models import MoneyAlert
from ticketing.money.alerts import tell_owners
from ticketing.money.shifts import close_shift

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert():
    """A drawer that came out 50 short."""
    clerk, now = a_clerk(), timezone.now()
    shift = a_shift(clerk, float_amount=money(50))
    close_shift(shift_id=shift.pk, counted=0, by=clerk, now=now)
    tell_owners(now=now)
    return MoneyAlert.objects.get()


def test_it_stands_on_the_dashboard_until_somebody_has_seen_to_it(alert):
    owner = staff_who_may("receive_alerts", "manage_shifts")

    before = owner.get(reverse("admin:index")).context["alerts"]
    page = owner.get(reverse("admin:alerts"))
    owner.post(reverse("admin:alert_close", args=[alert.pk]))
    after = owner.get(reverse("admin:index")).context["alerts"]

    assert (before, after, list(page.context["open"])) == (1, 0, [alert])
    assert "¥-50" in page.content.decode()


def test_others_hear_nothing_of_it(alert):
    closed = {"passer-by": 302, "customer": 302, "colleague": 403}

    assert "alerts" not in staff_who_may("view_reports").get(reverse("admin:index")).context
    assert doors_closed(reverse("admin:alerts")) == closed
    assert doors_closed(reverse("admin:alert_close", args=[alert.pk]), data={"x": "1"}) == closed
