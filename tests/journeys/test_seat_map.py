"""The seat map in a browser: keys, running total, limits, live changes, small screens."""

import pytest
from axe_playwright_python.sync_playwright import Axe
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

    plan.locator(".pick__drop").last.click()

    assert total(plan) == one


def test_a_ninth_seat_is_refused_and_said(plan):
    for number in range(8):
        free(plan, number).check()

    free(plan, 8).click()

    assert plan.locator("input[name=seats]:checked").count() == 8
    expect(plan.locator("[data-seat-voice] .toast")).to_contain_text("8")
    expect(plan.locator(".toast")).to_be_visible()
    expect(plan.locator(".toast")).to_be_in_viewport()


@pytest.mark.parametrize("light", ["light", "dark"])
def test_a_sold_seat_is_refused_by_a_message_one_sees_in_both_lights(site, new_page, light):
    page = new_page(color_scheme=light)
    find_showtime(page, site.url)
    sold = page.locator(".seat[data-status=sold] input").first
    sold.evaluate("box => box.click()")

    expect(page.locator(".toast")).to_be_in_viewport()
    expect(page.locator(".toast")).to_contain_text(sold.get_attribute("data-label"))
    assert not sold.is_checked()
    assert Axe().run(page, {"include": [[".toasts"]]}).response["violations"] == []


def test_what_is_said_goes_away_by_escape(plan):
    plan.locator(".seat[data-status=sold] input").first.evaluate("box => box.click()")
    expect(plan.locator(".toast")).to_be_visible()

    plan.keyboard.press("Escape")

    expect(plan.locator(".toast")).to_have_count(0)


def test_a_past_showtimes_seats_are_shown_as_closed_and_refused(site, page):
    showtime = site.shell(
        "from django.utils import timezone;"
        "print(Showtime.objects.filter(status='published', starts_at__lt=timezone.now()).last().pk)"
    )
    page.goto(f"{site.url}/showtimes/{showtime}/")

    page.locator(".seat[data-status=available] input").first.evaluate("box => box.click()")

    expect(page.locator(".toast")).to_contain_text("已停止售票")
    assert page.locator("input[name=seats]:checked").count() == 0
    assert float(page.locator("[data-plan]").evaluate("plan => getComputedStyle(plan).opacity")) < 1
    expect(page.locator("[data-bill-go]")).to_be_disabled()


def test_choose_for_me_works_in_place_and_offers_others(plan):
    address = plan.url
    plan.locator("#best").fill("3")
    plan.locator("[data-choose]").click()
    expect(plan.locator("input[name=seats]:checked")).to_have_count(3)
    first = chosen_seats(plan)
    plan.locator(".pick select").first.select_option("child")
    plan.locator("[data-choose-other]").click()
    expect(plan.locator(".toast")).to_have_count(2)

    assert plan.url == address
    assert len(chosen_seats(plan)) == 3
    assert not set(first) & set(chosen_seats(plan))


def test_each_seat_is_a_card_with_a_price_type_of_its_own(plan):
    free(plan, 0).check()
    free(plan, 1).check()
    whole = total(plan)

    plan.locator(".pick select").last.select_option("child")

    prices = [float(text.strip("¥")) for text in plan.locator("[data-card-price]").all_inner_texts()]
    assert total(plan) == sum(prices) < whole


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
    expect(plan.locator(".toast")).to_contain_text(label)
    expect(plan.locator(".toast")).to_be_in_viewport()


def test_the_largest_hall_fits_a_phone_without_the_page_scrolling_sideways(site, new_page):
    page = new_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.goto(f"{site.url}/")
    showtime = site.shell(
        "from ticketing.models import Showtime; from django.utils import timezone; from django.db.models import Count;"
        "print(Showtime.objects.on_sale(timezone.now()).annotate(n=Count('hall__seats')).order_by('-n').first().pk)"
    )
    page.goto(f"{site.url}/showtimes/{showtime}/")

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    # It opens whole, row names and all; a tap where seats are too small to hit goes there, the next takes the seat.
    assert page.evaluate("(f => f.scrollWidth - f.clientWidth)(document.querySelector('.hall__scroll'))") <= 1
    target = page.locator(".seat[data-status=available]").nth(60)
    target.tap()
    assert page.locator("input[name=seats]:checked").count() == 0
    assert target.bounding_box()["width"] >= 32
    ruler = page.locator("[data-row] .plan__name:first-of-type").first.bounding_box()
    assert 0 <= ruler["x"] < 60
    expect(page.locator("[data-minimap]")).to_be_visible()
    target.tap()
    assert page.locator("input[name=seats]:checked").count() == 1


def test_an_open_map_shows_at_once_what_another_customer_holds(site, plan, new_page):
    other = new_page()
    sign_up(other, site.url)
    other.goto(f"{plan.url}?best=2")
    seats = chosen_seats(other)
    expect(plan.locator(f".seat:has(input[data-label='{seats[0]}'])")).to_have_attribute("data-status", "available")

    hold(other)

    for label in seats:
        expect(plan.locator(f".seat:has(input[data-label='{label}'])")).to_have_attribute("data-status", "held")
