"""The counter: seats, prices and money in one go, or nothing at all."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from tests.backoffice.staff import doors_closed, staff_who_may
from tests.factories import a_paid_order, a_price_card, a_showtime, an_order, money
from ticketing.models import Claim, LedgerEntry, Order, Payment
from ticketing.money.verify import find_faults

pytestmark = pytest.mark.django_db
CLOSED = {"passer-by": 302, "customer": 302, "colleague": 403}


@pytest.fixture
def clerk():
    """The browser of someone who may sell at the counter and nothing else."""
    return staff_who_may("sell_at_counter", name="clerk")


@pytest.fixture
def showtime():
    """Tomorrow's, at 45 and 30 for children."""
    return a_showtime(price_card=a_price_card(child=-15))


def choice(showtime, *labels: str, **facts: str) -> dict:
    """What the form sends for these seats; ``A1="child"`` gives one a price type."""
    numbers = {seat.label: seat.pk for seat in showtime.hall.seats.all()}
    types = {f"type-{numbers[label]}": facts.pop(label) for label in labels if label in facts}
    return {"seats": [numbers[label] for label in labels], **types, "key": "one", "pay": "cash", **facts}


def test_seats_are_sold_for_cash_each_at_its_price_type(clerk, showtime):
    page = clerk.post(
        reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1", "A2", A2="child", received="100")
    )

    order = Order.objects.get()
    assert page.url == reverse("admin:counter_sale", args=[order.pk])
    assert (order.status, order.channel, order.total_amount, order.customer) == ("paid", "counter", money(75), None)
    assert order.sold_by.username == "clerk"
    assert list(order.lines.values_list("label", "price_type", "price")) == [
        ("A1", "adult", money(45)),
        ("A2", "child", money(30)),
    ]
    assert order.payments.get().provider == "cash"
    assert list(find_faults(now=timezone.now())) == []


def test_the_page_after_the_sale_tells_the_change_and_prints_a_code_for_each_seat(clerk, showtime):
    address = reverse("admin:counter_seats", args=[showtime.pk])

    page = clerk.post(address, choice(showtime, "A1", "A2", received="100"), follow=True)

    assert page.context["payments"][0].change_amount == money(10)
    assert page.content.decode().count('class="stub__qr" src="data:image/svg+xml') == 2


@pytest.mark.parametrize("received", ["20", "-1", "abc", "1e9", "100,5x", "NaN"])
def test_too_little_or_senseless_cash_sells_nothing_and_keeps_the_choice(clerk, showtime, received):
    page = clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1", received=received))

    assert (page.status_code, [line.seat.label for line in page.context["lines"]]) == (400, ["A1"])
    assert (Order.objects.count(), Claim.objects.count(), LedgerEntry.objects.count()) == (0, 0, 0)


def test_one_taken_seat_means_nothing_is_sold(clerk, showtime):
    an_order(showtime=showtime, seats=["A2"])

    page = clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1", "A2"))

    assert (page.status_code, [line.seat.label for line in page.context["lines"]]) == (409, ["A1"])
    assert Claim.objects.count() == 1
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    "facts", [{"seats": []}, {"seats": ["9999999"]}, {"seats": ["x"]}, {"seats": ["1" * 40]}, {"A1": "robot"}]
)
def test_bad_choices_are_refused_in_a_sentence(clerk, showtime, facts):
    sent = choice(showtime, "A1", **{k: v for k, v in facts.items() if k != "seats"}) | {
        k: v for k, v in facts.items() if k == "seats"
    }

    page = clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), sent)

    assert page.status_code in {400, 409}
    assert (str(page.context["refusal"]) != "", Order.objects.count()) == (True, 0)


def test_a_double_click_sells_once(clerk, showtime):
    address = reverse("admin:counter_seats", args=[showtime.pk])
    first = clerk.post(address, choice(showtime, "A1"))

    second = clerk.post(address, choice(showtime, "A1"))

    assert (first.url, Order.objects.count(), Payment.objects.count()) == (second.url, 1, 1)


def test_a_card_sale_holds_the_seats_and_sells_when_the_terminal_took_the_money(clerk, showtime):
    page = clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1", pay="card"))
    order = Order.objects.get()
    held = Claim.objects.get().status

    clerk.post(page.url, {"act": "taken"})

    order.refresh_from_db()
    assert (held, order.status, order.payments.get().provider) == ("held", "paid", "card")


def test_a_declined_card_frees_the_seats_at_once(clerk, showtime):
    page = clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1", pay="card"))

    clerk.post(page.url, {"act": "drop"})

    assert (Order.objects.get().status, Claim.objects.count(), Payment.objects.count()) == ("cancelled", 0, 0)


def test_a_card_sale_that_can_no_longer_be_sold_frees_the_seats_and_says_why(clerk, showtime):
    page = clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1", pay="card"))
    showtime.status = "cancelled"
    showtime.save()

    answer = clerk.post(page.url, {"act": "taken"}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == ["本场次已停止售票。"]
    assert (Order.objects.get().status, Claim.objects.count(), Payment.objects.count()) == ("cancelled", 0, 0)


def test_free_seats_need_no_money(clerk):
    free = a_showtime(price=money(0))

    clerk.post(reverse("admin:counter_seats", args=[free.pk]), choice(free, "A1"))

    assert (Order.objects.get().status, Payment.objects.get().provider) == ("paid", "free")


def test_best_seats_are_chosen_by_number(clerk, showtime):
    page = clerk.get(reverse("admin:counter_seats", args=[showtime.pk]), {"best": "3"})

    assert (len(page.context["lines"]), page.context["total"]) == (3, money(135))


@pytest.mark.parametrize("best", ["0", "-1", "99", "x", "1" * 50])
def test_a_senseless_number_of_best_seats_is_refused(clerk, showtime, best):
    page = clerk.get(reverse("admin:counter_seats", args=[showtime.pk]), {"best": best})

    assert (page.status_code, page.context["lines"]) == (400, [])


def test_without_javascript_the_total_is_worked_out_by_the_server(clerk, showtime):
    page = clerk.get(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1", "A2", A1="child"))

    assert page.context["total"] == money(75)


def test_the_first_page_lists_what_is_on_sale_that_day(clerk, showtime):
    a_showtime(status="draft", starts_at=showtime.starts_at)
    day = timezone.localdate(showtime.starts_at)

    page = clerk.get(reverse("admin:counter"), {"day": f"{day:%Y-%m-%d}"})

    assert list(page.context["showtimes"]) == [showtime]


@pytest.mark.parametrize("day", ["", "yesterday", "2026-13-45", "9999-99-99", "9999-12-31", "0001-01-01", "\x00"])
def test_a_senseless_day_is_today(clerk, day):
    assert clerk.get(reverse("admin:counter"), {"day": day}).context["day"] == timezone.localdate()


def test_sales_of_other_channels_are_not_shown_here(clerk):
    order = a_paid_order()

    assert clerk.get(reverse("admin:counter_sale", args=[order.pk])).status_code == 404


def test_strangers_do_not_get_to_the_counter(clerk, showtime):
    address = reverse("admin:counter_seats", args=[showtime.pk])
    sold = clerk.post(address, choice(showtime, "B1")).url

    found = [
        doors_closed(reverse("admin:counter")),
        doors_closed(address),
        doors_closed(address, data=choice(showtime, "A1")),
        doors_closed(sold),
        doors_closed(sold, data={"act": "drop"}),
    ]

    assert (found, Order.objects.count()) == ([CLOSED] * 5, 1)


def test_three_seats_and_three_showtimes_cost_as_many_queries_as_one(clerk, django_assert_max_num_queries):
    day = timezone.localdate(timezone.now() + timedelta(days=1))
    counts = []
    for seats in (["A1"], ["B1", "B2", "B3"]):
        showtime = a_showtime()
        page = clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, *seats, key=seats[0]))
        with django_assert_max_num_queries(30) as counted:
            clerk.get(reverse("admin:counter"), {"day": f"{day:%Y-%m-%d}"})
            clerk.get(reverse("admin:counter_seats", args=[showtime.pk]))
            clerk.get(page.url)
        counts.append(len(counted))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_open_in_both_languages(clerk, showtime, language):
    with translation.override(language):
        seats = reverse("admin:counter_seats", args=[showtime.pk])
        sold = clerk.post(seats, choice(showtime, "A1")).url
        held = clerk.post(seats, choice(showtime, "A2", pay="card", key="two")).url
        found = [clerk.get(address).status_code for address in (reverse("admin:counter"), seats, sold, held)]

    assert found == [200] * 4


def test_a_sale_is_paid_by_cash_and_card_once_both_sums_have_been_seen(clerk, showtime):
    address = reverse("admin:counter_seats", args=[showtime.pk])
    sale = clerk.post(address, choice(showtime, "A1", "A2", pay="parts")).url

    plan = clerk.post(sale, {"act": "plan", "cash": "50"})
    waiting = Order.objects.get().status
    page = clerk.post(sale, {"act": "parts", "cash": "50", "on_card": "40.00"}, follow=True)

    order = Order.objects.get()
    assert [(method, amount) for method, _label, amount in plan.context["parts"]] == [("cash", 5000), ("card", 4000)]
    assert (waiting, order.status) == ("pending", "paid")
    assert [(one.provider, one.amount) for one in page.context["payments"]] == [("cash", 5000), ("card", 4000)]
    assert page.content.decode().count('class="stub__qr"') == 2
    assert list(find_faults(now=timezone.now())) == []


def test_more_cash_than_the_total_is_cash_alone_with_change(clerk, showtime):
    sale = clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1", pay="parts")).url

    clerk.post(sale, {"act": "parts", "cash": "50", "on_card": ""})

    payment = Order.objects.get().payments.get()
    assert (payment.provider, payment.amount, payment.change_amount) == ("cash", money(45), money(5))


@pytest.mark.parametrize(
    "data",
    [
        {"act": "parts", "cash": "50", "on_card": "41"},
        {"act": "parts", "cash": "50"},
        {"act": "parts", "cash": "abc", "on_card": "40"},
        {"act": "parts", "cash": "-1", "on_card": "91"},
        {"act": "plan", "cash": "NaN"},
    ],
)
def test_sums_that_nobody_saw_or_that_make_no_sense_sell_nothing(clerk, showtime, data):
    address = reverse("admin:counter_seats", args=[showtime.pk])
    sale = clerk.post(address, choice(showtime, "A1", "A2", pay="parts")).url

    page = clerk.post(sale, data, follow=True)

    assert (page.status_code, Order.objects.get().status, Payment.objects.count()) == (200, "pending", 0)
