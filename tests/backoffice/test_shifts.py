"""The pages of tills and shifts: opening, cash in and out, X and Z report, and who sees whose."""

import pytest
from django.urls import reverse

from tests.backoffice.staff import browser_of, doors_closed, may, staff_who_may
from tests.backoffice.test_counter import choice
from tests.factories import a_clerk, a_shift, a_showtime, a_till, money
from ticketing.models import CashMovement, Order, Shift, Till
from ticketing.money.shifts import close_shift

pytestmark = pytest.mark.django_db
CLOSED = {"passer-by": 302, "customer": 302, "colleague": 403}


@pytest.fixture
def seller():
    """Somebody who may sell at the counter and nothing else."""
    return may(a_clerk("clerk"), "sell_at_counter")


@pytest.fixture
def clerk(seller):
    """Their browser."""
    return browser_of(seller)


def test_a_clerk_opens_a_shift_sells_and_reads_what_must_be_in_the_drawer(clerk):
    till, showtime = a_till("1"), a_showtime()
    before = clerk.get(reverse("admin:counter"))

    clerk.post(reverse("admin:own_shift"), {"till": till.pk, "float_amount": "200"})
    clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1", received="50"))
    page = clerk.get(reverse("admin:counter"))

    assert before.context["needs_shift"] is True
    assert (page.context["shift"].till, page.context["in_drawer"]) == (till, money(245))
    assert "¥245.00" in page.content.decode()


def test_without_a_shift_the_sale_is_refused_in_a_sentence_and_the_choice_is_kept(clerk):
    a_till()
    showtime = a_showtime()

    page = clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1"))

    assert (page.status_code, page.context["refusal"].code, Order.objects.count()) == (409, "shift_needed", 0)
    assert [line.seat.label for line in page.context["lines"]] == ["A1"]


def test_a_house_without_tills_asks_for_nothing(clerk):
    showtime = a_showtime()

    counter = clerk.get(reverse("admin:counter"))
    clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1"))

    assert (counter.context["needs_shift"], Order.objects.get().status) == (False, "paid")
    assert clerk.get(reverse("admin:own_shift")).context["has_tills"] is False


def test_cash_in_and_the_count_are_booked_and_the_z_report_says_so(clerk, seller):
    shift = a_shift(seller, float_amount=money(100))
    address = reverse("admin:shift", args=[shift.pk])

    clerk.post(address, {"act": "cash", "kind": "in", "amount": "20", "reason": "零钱", "key": "k"})
    x_report = clerk.get(address)
    clerk.post(address, {"act": "count", "counted": "115", "note": ""})
    z_report = clerk.get(address)

    assert x_report.context["figures"].expected == money(120)
    assert (z_report.context["shift"].difference, z_report.context["figures"].expected) == (money(-5), money(120))
    assert "¥-5.00" in z_report.content.decode()
    assert CashMovement.objects.get().reason == "零钱"


@pytest.mark.parametrize(
    "data",
    [
        {"act": "cash", "kind": "in", "amount": "-1", "reason": "x"},
        {"act": "cash", "kind": "in", "amount": "1.001", "reason": "x"},
        {"act": "cash", "kind": "theft", "amount": "1", "reason": "x"},
        {"act": "count", "counted": ""},
        {"act": "count", "counted": "abc"},
    ],
)
def test_senseless_sums_are_refused_and_nothing_is_booked(clerk, seller, data):
    shift = a_shift(seller, float_amount=money(100))

    page = clerk.post(reverse("admin:shift", args=[shift.pk]), data)

    assert (page.status_code, CashMovement.objects.count(), Shift.objects.open().count()) == (400, 0, 1)


def test_what_the_domain_refuses_is_said_on_the_page(clerk, seller):
    shift = a_shift(seller)

    page = clerk.post(
        reverse("admin:shift", args=[shift.pk]), {"act": "cash", "kind": "drop", "amount": "1", "reason": ""}
    )

    assert [str(message) for message in page.context["messages"]] == ["钱箱里没有这么多钱。"]


def test_a_clerk_sees_no_shift_of_a_colleague_and_the_manager_sees_and_closes_all(clerk):
    colleague = a_clerk()
    shift = a_shift(colleague, float_amount=money(100))
    manager = staff_who_may("sell_at_counter", "manage_shifts")
    address = reverse("admin:shift", args=[shift.pk])

    strange = clerk.get(address).status_code, clerk.post(address, {"act": "count", "counted": "1"}).status_code
    overview = manager.get(reverse("admin:tills"))
    manager.post(address, {"act": "count", "counted": "100"})

    assert strange == (403, 403)
    assert [(one, figures.expected) for one, figures in overview.context["at_work"]] == [(shift, money(100))]
    assert overview.context["in_drawers"] == money(100)
    assert Shift.objects.closed().get() == shift


def test_the_overview_asks_no_more_for_many_closed_shifts(django_assert_max_num_queries):
    manager = staff_who_may("manage_shifts")
    address = reverse("admin:tills")
    clerk, till = a_clerk(), a_till()
    for _shift in range(12):
        close_shift(
            shift_id=a_shift(clerk, till=till).pk, counted=0, by=clerk, now=till.shifts.get(closed_at=None).opened_at
        )
    manager.get(address)

    with django_assert_max_num_queries(14):
        page = manager.get(address)

    assert len(page.context["closed"]) == 12


@pytest.mark.parametrize("name", ["own_shift", "tills"])
def test_the_pages_are_closed_to_others(name):
    assert doors_closed(reverse(f"admin:{name}")) == CLOSED


def test_a_manager_adds_a_till_and_nobody_deletes_one(office):
    office.post(reverse("admin:ticketing_till_add"), {"code": "A1", "name": "大堂", "is_active": "on"})
    bad = office.post(reverse("admin:ticketing_till_add"), {"code": "a b", "name": "外面", "is_active": "on"})
    again = office.post(reverse("admin:ticketing_till_add"), {"code": "A1", "name": "另一个", "is_active": "on"})

    till = Till.objects.get()
    assert (till.code, till.name, bad.status_code, again.status_code) == ("A1", "大堂", 200, 200)
    assert office.post(reverse("admin:ticketing_till_delete", args=[till.pk])).status_code == 403
