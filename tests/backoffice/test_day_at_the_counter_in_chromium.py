"""A day at the counter in a real browser, from the float to the closed day."""

import json

import pytest
from playwright.sync_api import Page, expect

from cinema.demo.people import ADMIN, CLERK

DRAWER = """
from ticketing.journal import JournalEntry, balances
from ticketing.models import Shift
shift = Shift.objects.get()
import json
print(json.dumps([shift.expected_amount, {k[0]: v for k, v in balances(JournalEntry.objects.filter(
    shift_id=shift.pk).exclude(kind="count")).items()}]))
"""


@pytest.fixture(scope="module")
def site(serve):
    """The demo cinema, open."""
    return serve(demo=True)


def log_in(page: Page, site, who: tuple[str, str]) -> Page:
    """Come into the back office."""
    page.goto(f"{site.url}/account/login/?next=/admin/counter/")
    page.locator("[name=login]").fill(who[0])
    page.locator("[name=password]").fill(who[1])
    page.locator("[name=password]").press("Enter")
    expect(page.locator(".till")).to_be_visible()
    return page


def prepare(page: Page, site) -> None:
    """The manager adds a till, and has clerks give back nothing alone."""
    page.goto(f"{site.url}/admin/ticketing/till/add/")
    page.locator("[name=code]").fill("1")
    page.locator("[name=name]").fill("大堂")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto(f"{site.url}/admin/ticketing/refundpolicy/add/")
    page.locator("[name=audience]").select_option("clerk")
    page.locator("[name=until]").select_option("end")
    page.locator("[name=max_amount]").fill("0")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def sell(page: Page, site, seats: int, pay: str, received: str = "") -> float:
    """Sell the best seats of tomorrow's first showtime; returns their price."""
    page.goto(f"{site.url}/admin/counter/")
    page.locator(".till__days a").nth(1).click()
    page.locator(".till__shows .show").first.click()
    page.locator("#best").fill(str(seats))
    page.keyboard.press("Enter")
    expect(page.locator(".slip__line")).to_have_count(seats)
    price = float(page.locator("[data-counter-total]").inner_text().strip("¥"))
    page.locator("#received").fill(received)
    page.locator(f"[data-pay][value={pay}]").click()
    if pay == "card":
        page.locator("button[value=taken]").click()
    expect(page.locator(".stub__code")).to_have_count(seats)
    return price


def sell_in_parts(page: Page, site, code: str, cash: str) -> list[str]:
    """Sell three seats for a scanned gift card, so much cash and the terminal for the rest; returns what each took."""
    page.goto(f"{site.url}/admin/counter/")
    page.locator(".till__days a").nth(1).click()
    page.locator(".till__shows .show").first.click()
    page.locator("#best").fill("3")
    page.keyboard.press("Enter")
    expect(page.locator(".slip__line")).to_have_count(3)
    page.locator("[data-pay][value=parts]").click()
    page.locator(".parts summary").click()
    page.locator("[name=gift_cards]").fill(code)
    page.locator("[name=cash]").fill(cash)
    page.locator("button[value=plan]").click()
    taken = [text.strip() for text in page.locator("[data-part]").all_inner_texts()]
    page.locator("[data-parts-taken]").click()
    expect(page.locator(".stub__code")).to_have_count(3)
    return taken


def sell_card(page: Page, site, amount: str) -> str:
    """Sell a gift card for cash; returns its code."""
    page.goto(f"{site.url}/admin/counter/gift-cards/")
    page.locator("[name=amount]").fill(amount)
    page.locator("[name=method]").select_option("cash")
    page.locator("form:has([name=amount]) button").click()
    return page.locator("[data-gift-code]").inner_text()


def refund_one(page: Page) -> None:
    """Give the first ticket back that can be, from the page of the sale that is open."""
    page.get_by_role("link", name="退票").click()
    page.locator("input[name=tickets]").first.check()
    page.locator("[name=reason]").fill("客人生病")
    page.locator("form[action$='/refund/'] button").first.click()
    page.locator("[data-refund-confirm] button").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def book(page: Page, kind: str, amount: str) -> None:
    """Cash in, out, or a drop."""
    page.locator("[name=kind]").select_option(kind)
    page.locator("[name=amount]").fill(amount)
    page.locator("button[value=cash]").click()
    expect(page.locator(".latest li")).to_have_count(1)


def test_from_the_float_to_the_closed_day(site, new_page):
    manager, clerk = log_in(new_page(), site, ADMIN), log_in(new_page(), site, CLERK)
    prepare(manager, site)

    clerk.goto(f"{site.url}/admin/counter/")
    clerk.locator(".drawer .button").click()
    clerk.locator("[name=float_amount]").fill("200")
    clerk.get_by_role("button", name="开班").click()
    expect(clerk.locator(".drawer .sum")).to_have_text("¥200.00")
    code = sell_card(clerk, site, "20")
    taken = sell_in_parts(clerk, site, code, "60")
    price = sell(clerk, site, 2, "cash", "1000") / 2
    sale = clerk.url
    refund_one(clerk)
    order = clerk.url
    asked = clerk.locator(".messagelist .success").inner_text()

    manager.goto(f"{site.url}/admin/approvals/")
    manager.locator("button[value=approve]").click()
    expect(manager.locator("[data-refund]")).to_have_count(0)
    clerk.goto(order)
    clerk.locator("form[action$='/handout/'] button").click()
    expect(clerk.locator(".messagelist .success")).to_be_visible()

    clerk.goto(f"{site.url}/admin/counter/shift/")
    book(clerk, "drop", "50")
    must_be = 200 + 20 + 60 + price - 50
    expect(clerk.locator("[data-expected]")).to_have_text(f"¥{must_be:.2f}")
    clerk.locator("[name=counted]").fill(f"{must_be - 5:.2f}")
    clerk.locator("button[value=count]").click()
    expect(clerk.locator("[data-difference]")).to_have_text("¥-5.00")
    expected, journal = json.loads(site.shell(DRAWER))

    manager.goto(f"{site.url}/admin/days/")
    manager.locator("form[action$='/close/'] button").click()
    expect(manager.locator("[data-difference]")).to_have_text("-5.00")
    day = manager.url
    manager.goto(day)  # without the word that it was closed just now
    frozen = manager.locator("main").inner_text()
    manager.goto(sale)
    refund_one(manager)
    manager.goto(day)

    assert [taken[0], taken[1]] == ["¥20", "¥60"]
    assert "由另一人决定" in asked
    assert (expected, expected) == (round(100 * must_be), journal["cash:1"])
    assert manager.locator("main").inner_text() == frozen
    assert site.manage("verify").startswith("The books are in order")
