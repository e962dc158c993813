"""Paying with Stripe, Alipay and WeChat Pay in a real browser, on a desk and on a phone, up to the money's way back."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.fixtures.databases import ROOT, server_environment
from tests.journeys.steps import PASSWORD, sign_up
from tests.journeys.test_accessibility import look
from tests.journeys.tills import TILLS, Till

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36",
}
SCREENS = pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])


@pytest.fixture(scope="module")
def tills() -> Iterator[dict[str, Till]]:
    """The three providers, each with its pages."""
    opened = [kind(timezone.now()) for kind in TILLS]
    yield {till.name: till for till in opened}
    for till in opened:
        till.stop()


@pytest.fixture(scope="module")
def site(serve, tills):
    """The demo cinema, which takes money at all three."""
    variables = {name: value for till in tills.values() for name, value in till.settings().items()}
    opened = serve(demo=True, PAYMENT_PROVIDERS="stripe,alipay,wechat", **variables)
    for till in tills.values():
        till.site = opened.url
    command = [sys.executable, "manage.py", "work"]
    with subprocess.Popen(command, cwd=ROOT, env=server_environment(**opened.variables)) as worker:
        yield opened
        worker.terminate()


@dataclass
class Customer:
    """Somebody with a browser, and with the API for what isn't the matter here."""

    page: Page
    url: str
    token: str

    @classmethod
    def at(cls, site, page: Page) -> "Customer":
        """Sign up."""
        name = sign_up(page, site.url)
        given = {"username": name, "password": PASSWORD}
        said = page.request.post(f"{site.url}/api/v1/auth/login", data=given).json()
        return cls(page, site.url, said["data"]["token"])

    def ask(self, path: str, data: dict | None = None) -> dict:
        """What the API answers."""
        headers = {"Authorization": f"Bearer {self.token}"}
        call = self.page.request.post if data is not None else self.page.request.get
        return call(f"{self.url}/api/v1/{path}", headers=headers, **({"data": data} if data else {})).json()["data"]

    def orders(self) -> str:
        """Hold two seats; returns the address of the order."""
        for movie in self.ask("movies")["records"]:
            for schedule in reversed(self.ask(f"movies/{movie['movieId']}/schedules")["records"]):
                best = self.ask(f"schedules/{schedule['scheduleId']}/best-seats?count=2")
                if best:
                    held = self.ask("orders", {"scheduleId": schedule["scheduleId"], "seats": best["seats"]})
                    return f"{self.url}/orders/{held['orderId']}/"
        raise AssertionError("No seat is free.")

    def pays_with(self, name: str) -> None:
        """Choose a way to pay and press the button."""
        self.page.locator(f"#provider-{name}").check()
        self.page.locator("form[action$='/pay/'] button").click()


def pay_there(customer: Customer, till: Till) -> None:
    """Decide at the provider: on its page, or by scanning the code that our own page shows; ends with the tickets."""
    if (code := customer.page.locator(".scan__code svg")).count():
        expect(code).to_be_visible()
        assert till.tell(till.take(list(till.orders)[-1])) == 200  # type: ignore[attr-defined]
    else:
        customer.page.locator("#pay").click()
    expect(customer.page.locator(".ticket")).to_have_count(2)


def leave(customer: Customer) -> None:
    """Go back without paying; ends at the checkout."""
    customer.page.locator("#leave, .scan a.button--bare").click()
    expect(customer.page.locator("[data-countdown]")).to_be_visible()


def give_back(customer: Customer, ends: str) -> None:
    """Give the tickets back; ends when the page says how that ended."""
    customer.page.locator("details.refund summary").click()
    customer.page.locator("details.refund button").click()
    expect(customer.page.locator(".messages")).to_be_visible()
    for _look in range(50):
        if customer.page.get_by_text(ends).count():
            return
        customer.page.wait_for_timeout(400)
        customer.page.reload()
    raise AssertionError(customer.page.locator("main").inner_text())


@SCREENS
@pytest.mark.parametrize("name", ["stripe", "alipay", "wechat"])
def test_who_leaves_comes_back_pays_once_and_is_paid_back(site, tills, new_page, name, screen):
    till, customer = tills[name], Customer.at(site, new_page(**screen))
    customer.page.goto(customer.orders())
    before = till.number_of_payments()

    if screen is DESK:  # second thoughts
        customer.pays_with(name)
        leave(customer)
    customer.pays_with(name)
    if (decline := customer.page.locator("#decline")).count():
        decline.click()
        expect(customer.page.locator("b")).to_have_text("Your card was declined.")
    pay_there(customer, till)

    assert till.number_of_payments() == before + 1
    till.refuses_refunds = (name, screen) == ("alipay", PHONE)
    give_back(customer, "退款未成功" if till.refuses_refunds else "已于")


def test_who_pays_for_an_order_given_up_meanwhile_reads_where_the_money_is(site, tills, new_page):
    till, customer = tills["wechat"], Customer.at(site, new_page(**DESK, color_scheme="dark"))
    order = customer.orders()
    customer.page.goto(order)
    customer.pays_with("wechat")
    expect(customer.page.locator(".scan__code svg")).to_be_visible()
    assert look(customer.page) == ([], 0)
    customer.ask(f"orders/{order.split('/')[-2]}/cancel", {})

    till.tell(till.take(list(till.orders)[-1]))

    expect(customer.page.locator(".messages")).to_contain_text("正在退回")
