"""The seat map in a browser: keys, running total, limits, live changes, small screens."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import chosen_seats, find_showtime, hold, sign_up, status_of


@pytest.fixture(scope="module")
def site(serve):
    """The demo cinema, open."""
    return serve(demo=True)


@pytest.fixture
def plan(site, page):
    """A page with the seat map of a showtime of tomorrow."""
    find_showtime(page, site.url)
    expect(page.locator("[data-zoom-tools]")).to_be_visible()
    return page


def free(page, number):
    """The box of a free seat."""
    return page.locator(".seat[data-status=available] input").nth(number)


def focused(page):
    """The label of the seat that has the keyboard."""
    return page.evaluate("document.activeElement.dataset.label")


def total(page):
    """What the bill says, as a number."""
    return float(page.locator("[data-bill-total]").inner_text().strip("¥"))


def test_arrow_keys_walk_the_seats_and_space_takes_one(plan):
    first = plan.locator("[data-row]").first.locator("input")
    first.nth(0).focus()
    plan.keyboard.press("ArrowRight")
    assert focused(plan) == first.nth(1).get_attribute("data-label")
    plan.keyboard.press("End")
    assert focused(plan) == first.last.get_attribute("data-label")
    plan.keyboard.press("Home")
    plan.keyboard.press("ArrowDown")
    assert focused(plan)[0] != first.nth(0).get_attribute("data-label")[0]

    free(plan, 5).focus()
    plan.keyboard.press("Space")

    assert plan.locator("input[name=seats]:checked").count() == 1


def test_the_map_is_one_stop_for_the_tab_key(plan):
    assert plan.locator("input[name=seats][tabindex='0']").count() == 1


def test_the_total_runs_along_and_a_seat_can_be_given_up_from_the_bill(plan):
    free(plan, 0).check()
    one = total(plan)
    free(plan, 1).check()
    assert total(plan) > one > 0

    plan.locator(".bill__seat button").last.click()

    assert total(plan) == one


def test_a_ninth_seat_is_refused_and_said(plan):
    for number in range(8):
        free(plan, number).check()

    free(plan, 8).click()

    assert plan.locator("input[name=seats]:checked").count() == 8
    expect(plan.locator("[data-seat-voice]")).to_contain_text("8")


def test_a_seat_that_others_take_is_taken_off_the_bill_and_said(plan):
    box = free(plan, 3)
    box.check()
    seat_id, label = box.get_attribute("value"), box.get_attribute("data-label")

    plan.evaluate(
        """async (seat) => {
            const script = [...document.scripts].find((one) => /\\/seats\\.[^/]*js$/.test(one.src));
            const module = await import(script.src);
            module.applySeatStatuses([{seat_id: seat, status: "held"}]);
        }""",
        int(seat_id),
    )

    assert status_of(plan, label) == "held"
    assert plan.locator("input[name=seats]:checked").count() == 0
    expect(plan.locator("[data-seat-voice]")).to_contain_text(label)


def test_the_largest_hall_fits_a_phone_without_the_page_scrolling_sideways(site, new_page):
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.goto(f"{site.url}/")
    showtime = site.shell(
        "from ticketing.models import Showtime; from django.utils import timezone; from django.db.models import Count;"
        "print(Showtime.objects.on_sale(timezone.now()).annotate(n=Count('hall__seats')).order_by('-n').first().pk)"
    )
    page.goto(f"{site.url}/showtimes/{showtime}/")

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("[data-zoom-to][value=far]").click()
    assert page.evaluate("document.querySelector('.hall__scroll').scrollWidth") <= 360


def test_an_open_map_shows_at_once_what_another_customer_holds(site, plan, new_page):
    other = new_page()
    sign_up(other, site.url)
    other.goto(f"{plan.url}?best=2")
    seats = chosen_seats(other)
    expect(plan.locator(f".seat:has(input[data-label='{seats[0]}'])")).to_have_attribute("data-status", "available")

    hold(other)

    for label in seats:
        expect(plan.locator(f".seat:has(input[data-label='{label}'])")).to_have_attribute("data-status", "held")
