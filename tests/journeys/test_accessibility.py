"""Every page of the customers' side under axe, light and dark, on a desk and on a phone; and the checkout's clock."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.steps import approve, find_showtime, go_to_bank, hold, let_choose, sign_up

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 780}


@pytest.fixture(scope="module")
def site(serve):
    """The demo cinema, open."""
    return serve(demo=True)


def look(page):
    """What axe finds wrong with the page, and by how much it is too wide."""
    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    wrong = [(one["id"], one["nodes"][0]["html"]) for one in found]
    return wrong, page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize(("screen", "light"), [(DESK, "light"), (PHONE, "dark")], ids=["desk, light", "phone, dark"])
def test_no_page_of_a_purchase_has_a_fault_axe_can_find(site, new_page, screen, light):
    page = new_page(viewport=screen, color_scheme=light)
    seen = {}

    def note(name):
        seen[name] = look(page)

    for name, address in {
        "home": "/",
        "home in English": "/en/",
        "films": "/films/",
        "films, none found": "/films/?q=zzzz",
        "sign-up": "/account/signup/",
        "log-in": "/account/login/",
        "forgotten password": "/account/password/reset/",
        "unknown address": "/nowhere/",
    }.items():
        page.goto(f"{site.url}{address}")
        note(name)
    sign_up(page, site.url)
    find_showtime(page, site.url)
    note("seats")
    page.go_back()
    note("film")
    page.go_forward()
    let_choose(page, 2)
    note("seats chosen")
    hold(page)
    note("checkout")
    go_to_bank(page)
    note("bank")
    approve(page)
    note("tickets")
    for name, address in {
        "orders": "/orders/",
        "profile": "/account/profile/",
        "e-mail": "/account/email/",
        "password": "/account/password/change/",
        "two steps": "/account/2fa/",
    }.items():
        page.goto(f"{site.url}{address}")
        note(name)

    assert {name: faults for name, faults in seen.items() if faults != ([], 0)} == {}


def test_the_checkout_warns_two_minutes_before_the_hold_ends(site, new_page):
    page = new_page()
    page.clock.install()
    sign_up(page, site.url)
    find_showtime(page, site.url)
    let_choose(page, 1)
    hold(page)
    clock, voice = page.locator("[data-countdown]"), page.locator("[data-countdown-voice]")
    expect(page.locator("[data-countdown-left]")).to_contain_text("9:")
    expect(voice).to_have_text("")

    page.clock.run_for(6 * 60 * 1000)
    expect(voice).to_contain_text("5:00")
    expect(clock).not_to_have_attribute("data-soon", "")
    page.clock.run_for(2 * 60 * 1000)

    expect(clock).to_have_attribute("data-soon", "")
    expect(voice).to_contain_text("2:00")


def test_a_refused_form_brings_its_error_to_the_reader(site, page):
    page.goto(f"{site.url}/account/login/")
    page.locator("[name=login]").fill("nobody")
    page.locator("[name=password]").fill("wrong")
    page.locator("main form button").first.click()

    expect(page.locator("[role=alert]")).to_be_focused()
