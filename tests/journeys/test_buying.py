"""A customer buys seats, in a real browser at a real server with the demo cinema."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import (
    approve,
    chosen_seats,
    find_showtime,
    go_to_bank,
    hold,
    let_choose,
    sign_up,
    status_of,
)


@pytest.fixture(scope="module")
def site(serve):
    """The demo cinema, open."""
    return serve(demo=True)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def customer(request, new_page):
    """A page in a customer's browser."""
    return new_page(java_script_enabled=request.param, viewport={"width": 1280, "height": 900})


def test_a_new_customer_buys_three_seats_and_others_see_them_sold(site, customer, new_page):
    sign_up(customer, site.url)
    find_showtime(customer, site.url)
    showtime = customer.url
    seats = let_choose(customer, 3)
    hold(customer)
    go_to_bank(customer)
    approve(customer)

    assert customer.locator(".ticket__seat dd").all_inner_texts() == seats
    assert (
        customer.locator(".ticket__qr").evaluate_all("all => all.map(one => one.getAttribute('src').slice(0, 9))")
        == ["/tickets/"] * 3
    )
    codes = customer.locator(".ticket__code").all_inner_texts()
    assert customer.request.get(f"{site.url}/tickets/{codes[0]}.svg").headers["content-type"] == "image/svg+xml"
    other = new_page()
    other.goto(showtime)
    assert [status_of(other, label) for label in seats] == ["sold"] * 3


def test_a_choice_made_before_logging_in_is_kept(site, customer):
    find_showtime(customer, site.url)
    seats = let_choose(customer, 2)
    customer.locator("[data-bill-go]").click()
    expect(customer.locator("[name=login]")).to_be_visible()
    back = customer.url.split("next=")[1]

    sign_up(customer, site.url)
    customer.goto(f"{site.url}/account/login/?next={back}")

    assert chosen_seats(customer) == seats


def test_a_declined_and_an_abandoned_payment_can_be_made_good(site, customer):
    sign_up(customer, site.url)
    find_showtime(customer, site.url)
    let_choose(customer, 2)
    hold(customer)
    go_to_bank(customer)
    customer.locator("button[value=decline]").click()
    expect(customer.locator(".messages")).to_contain_text("未扣款")

    go_to_bank(customer)
    customer.locator(".bank__body a").click()
    expect(customer.locator("[data-countdown]")).to_be_visible()

    go_to_bank(customer)
    approve(customer)

    assert customer.locator(".ticket").count() == 2


def test_an_order_is_cancelled_from_the_list(site, customer):
    sign_up(customer, site.url)
    find_showtime(customer, site.url)
    showtime = customer.url
    seats = let_choose(customer, 2)
    hold(customer)

    customer.goto(f"{site.url}/orders/")
    customer.locator("form[action$='/cancel/'] button").click()

    expect(customer.locator(".messages")).to_contain_text("订单已取消")
    customer.goto(showtime)
    assert [status_of(customer, label) for label in seats] == ["available"] * 2


def test_a_hold_that_runs_out_offers_the_same_seats_again(site, customer):
    sign_up(customer, site.url)
    find_showtime(customer, site.url)
    seats = let_choose(customer, 2)
    hold(customer)
    run_out(site, customer)

    customer.reload()
    customer.locator("form[action$='/again/'] button").click()
    expect(customer.locator("[data-countdown]")).to_be_visible()
    go_to_bank(customer)
    approve(customer)

    assert customer.locator(".ticket__seat dd").all_inner_texts() == seats


def test_a_hold_that_runs_out_offers_other_seats_when_they_are_gone(site, customer, new_page):
    sign_up(customer, site.url)
    find_showtime(customer, site.url)
    showtime = customer.url
    seats = let_choose(customer, 2)
    hold(customer)
    run_out(site, customer)
    other = new_page()
    sign_up(other, site.url)
    other.goto(f"{showtime.split('?')[0]}?best=2")
    assert chosen_seats(other) == seats
    hold(other)

    customer.reload()
    customer.locator("form[action$='/again/'] button").click()
    expect(customer.locator("[data-countdown]")).to_be_visible()

    held = customer.locator(".lines b").all_inner_texts()
    assert len(held) == 2
    assert not set(held) & set(seats)


def test_an_english_speaker_buys_in_english(site, new_page):
    page = new_page(locale="en-GB")
    sign_up(page, f"{site.url}/en")
    find_showtime(page, f"{site.url}/en", "Dune: Part Two")
    let_choose(page, 1)
    hold(page)
    go_to_bank(page)
    approve(page)

    assert page.get_by_role("heading", level=1).inner_text() == "Your tickets"
    assert urlsplit(page.url).path.startswith("/en/orders/")


def run_out(site, page) -> None:
    """Let the hold of the order the page shows end now."""
    order = urlsplit(page.url).path.strip("/").split("/")[-1]
    site.shell(
        "from django.utils import timezone; from ticketing.models import Claim, Order; now = timezone.now();"
        f"Order.objects.filter(pk={order}).update(expires_at=now);"
        f"Claim.objects.filter(order={order}).update(held_until=now)"
    )
