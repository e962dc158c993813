"""The pages of business days: the one that runs, closing it, and a closed one as it was frozen."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.backoffice.staff import doors_closed, staff_who_may
from tests.factories import a_clerk, a_paid_order, a_shift, an_order, money
from ticketing.journal import seal_waiting
from ticketing.models import BusinessDay
from ticketing.money.days import close_day
from ticketing.money.in_house import pay_in_house
from ticketing.money.refunds import refund_order
from ticketing.money.shifts import close_shift

pytestmark = pytest.mark.django_db
CLOSED = {"passer-by": 302, "customer": 302, "colleague": 403}


@pytest.fixture
def clerk():
    """Who sells."""
    return a_clerk()


@pytest.fixture
def sold(clerk):
    """An order for cash in a shift that came out 5 short, one by document, one online that was given back."""
    now = timezone.now()
    shift = a_shift(clerk, float_amount=money(10))
    pay_in_house(order=an_order(), provider="cash", now=now, by=clerk)
    close_shift(shift_id=shift.pk, counted=money(50), by=clerk, now=now)
    pay_in_house(order=an_order(), provider="office", now=now, by=clerk)
    refund_order(order=a_paid_order(), now=now, by=clerk)
    seal_waiting(now=now)


@pytest.fixture
def manager():
    """May see tills and days, and close them."""
    return staff_who_may("manage_shifts", "close_day", "view_order")


def test_the_running_day_is_shown_closed_and_then_stands_as_it_was(manager, sold, clerk):
    running = manager.get(reverse("admin:days"))
    closing = manager.post(reverse("admin:day_close"), {"number": "1", "note": "安静"})
    page = manager.get(closing.url)
    refund_order(order=a_paid_order(seats=["B1"]), now=timezone.now(), by=clerk)
    after = manager.get(reverse("admin:days"))

    assert running.context["number"] == 1
    assert closing.url == reverse("admin:day", args=[1])
    tables = {report.key: {row[0]: row[1:] for row in report.rows} for report in page.context["tables"]}
    assert tables["method"]["现金"] == [1, money(45), 0, 0, 0]
    named = {one["account"]: one["name"] for one in page.context["accounts"]}
    assert (named["differences"], named["revenue:tickets"]) == ("差额与舍入", "票房收入")
    assert named["provider:sandbox"] == "支付渠道应收：沙盒银行（不涉及真实资金）"
    assert named["revenue:tickets"] == "票房收入"
    assert [one["difference"] for one in page.context["drawers"]] == [money(-5)]
    assert [one["amount"] for one in page.context["office"]] == [money(45)]
    assert (after.context["number"], after.context["page"].object_list[0].sums["sale"]) == (2, money(135))


def test_with_a_drawer_still_open_there_is_nothing_to_press_and_closing_is_refused(manager, clerk):
    shift = a_shift(clerk)

    page = manager.get(reverse("admin:days"))
    refused = manager.post(reverse("admin:day_close"), {"number": "1"}, follow=True)

    assert reverse("admin:day_close") not in page.content.decode()
    assert [one.pk for one in page.context["open_shifts"]] == [shift.pk]
    assert [str(message) for message in refused.context["messages"]] == ["还有班次未结束，请先清点所有钱箱。"]
    assert not BusinessDay.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "2", "9" * 30])
def test_another_day_than_the_one_that_runs_is_not_closed(manager, number):
    manager.post(reverse("admin:day_close"), {"number": number})

    assert not BusinessDay.objects.exists()


def test_the_list_asks_no_more_for_many_days(manager, clerk, django_assert_max_num_queries):
    for number in range(1, 5):
        close_day(number=number, by=clerk, now=timezone.now())
    manager.get(reverse("admin:days"))

    with django_assert_max_num_queries(20):
        assert len(manager.get(reverse("admin:days")).context["page"].object_list) == 4


def test_the_pages_are_closed_to_others(clerk):
    close_day(number=1, by=clerk, now=timezone.now())

    assert doors_closed(reverse("admin:days")) == CLOSED
    assert doors_closed(reverse("admin:day", args=[1])) == CLOSED
    assert doors_closed(reverse("admin:day_close"), data={"number": "2"}) == CLOSED
    assert staff_who_may("manage_shifts").post(reverse("admin:day_close"), {"number": "2"}).status_code == 403
