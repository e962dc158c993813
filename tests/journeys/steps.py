"""The steps journeys are made of: what a person does on the site, in their own words."""

import itertools

from playwright.sync_api import Page, expect

_numbers = itertools.count(1)
PASSWORD = "the-lumiere-brothers"


def sign_up(page: Page, site: str) -> str:
    """Open an account; answers the username."""
    name = f"newcomer{next(_numbers)}"
    page.goto(f"{site}/account/signup/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=email]").fill(f"{name}@example.com")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("main form button").click()
    expect(page.locator(".nav")).to_contain_text(name)
    return name


def find_showtime(page: Page, site: str, film: str = "沙丘2") -> None:
    """From the home page to its second day, whose programme is whole at any hour; to the film, to its first showtime of
    another day that has seats."""
    page.goto(f"{site}/")
    page.locator(".strip a").nth(1).click()
    expect(page.locator(".strip a").nth(1)).to_have_attribute("aria-current", "date")
    page.locator("main").get_by_role("link", name=film, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(film)
    page.locator(".strip a").nth(1).click()
    page.locator("a.time").first.click()
    expect(page.locator("[data-plan]")).to_be_visible()
    page.wait_for_load_state()  # the plan is seen before its scripts are there


def let_choose(page: Page, count: int) -> list[str]:
    """Ask for the best seats side by side; answers their labels."""
    page.locator("#best").fill(str(count))
    page.locator("[data-choose]").click()
    expect(page.locator("input[name=seats]:checked")).to_have_count(count)
    return chosen_seats(page)


def chosen_seats(page: Page) -> list[str]:
    """The labels of the seats that are ticked."""
    return [seat.get_attribute("data-label") or "" for seat in page.locator("input[name=seats]:checked").all()]


def hold(page: Page) -> None:
    """Hold the chosen seats; ends at the checkout."""
    page.locator("[data-bill-go]").click()
    expect(page.locator("[data-countdown]")).to_be_visible()


def go_to_bank(page: Page) -> None:
    """Press *pay*; ends on the bank's page."""
    page.locator("form[action$='/pay/'] button").click()
    expect(page.locator(".bank")).to_be_visible()


def approve(page: Page) -> None:
    """Say yes at the bank; ends with the tickets."""
    page.locator("button[value=success]").click()
    expect(page.locator(".ticket").first).to_be_visible()


def status_of(page: Page, label: str) -> str | None:
    """How the map shows a seat."""
    return page.locator(f".seat:has(input[data-label='{label}'])").get_attribute("data-status")
