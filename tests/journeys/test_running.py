"""A new manager runs the house for a week, in a real browser at a real server: once by mouse, once by keyboard."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.steps import approve, go_to_bank, hold, let_choose, sign_up

HALLS = ("新一厅", "新二厅", "新三厅")
ROOM = 8 * 14


@pytest.fixture(scope="module")
def site(serve):
    """The demo cinema, open."""
    return serve(demo=True)


class Mouse:
    """A manager who points and drags. Works in a week of their own, far ahead."""

    name = "鼠标"
    monday = date(2031, 3, 3)

    def press(self, target: Locator) -> None:
        """Press a button or follow a link."""
        target.click()

    def two_wheelchair_places(self, page: Page) -> None:
        """Turn the first two seats of the last row into wheelchair places by drawing over them."""
        page.locator("[data-tool=wheelchair]").click()
        first, second = (page.locator(f"[data-x='{x}'][data-y='7']").bounding_box() for x in (0, 1))
        page.mouse.move(first["x"] + 8, first["y"] + 8)
        page.mouse.down()
        page.mouse.move(second["x"] + 8, second["y"] + 8, steps=4)
        page.mouse.up()

    def place(self, page: Page, film: int, hall: int) -> None:
        """Drag a film to an hour of a hall that is free."""
        cell = page.locator(".board__cell").nth(hall)
        width = cell.bounding_box()["width"]
        taken = cell.locator(".show").count()
        spot = {"x": width * (5 + 6 * taken) / 24, "y": 20}
        page.locator(".film").nth(film).drag_to(cell, target_position=spot)


class Keyboard:
    """A manager who never touches the mouse."""

    name = "键盘"
    monday = date(2031, 3, 17)

    def press(self, target: Locator) -> None:
        """Press a button or follow a link."""
        target.focus()
        target.press("Enter")

    def two_wheelchair_places(self, page: Page) -> None:
        """Go to the last row by arrows, choose the kind by its digit, draw twice."""
        page.locator(".place[tabindex='0']").focus()
        for _step in range(7):
            page.keyboard.press("ArrowDown")
        for key in ("Home", "4", "Space", "ArrowRight", "Space"):
            page.keyboard.press(key)

    def place(self, page: Page, film: int, hall: int) -> None:
        """Pick the film up, carry it to the hall and past what is there, put it down."""
        taken = page.locator(".board__cell").nth(hall).locator(".show").count()
        page.locator(".film").nth(film).focus()
        page.keyboard.press("Enter")
        for _step in range(hall):
            page.keyboard.press("ArrowDown")
        for _hour in range(4 + 6 * taken if taken else 1):
            page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Enter")


def log_in(page: Page, site) -> None:
    """Come into the back office as the manager."""
    page.goto(f"{site.url}/admin/")
    page.locator("[name=login]").fill("admin")
    page.locator("[name=password]").fill("demo-admin-2026")
    page.locator("[name=password]").press("Enter")
    expect(page.locator(".glance")).to_be_visible()


def lay_out_hall(page: Page, site, hand, name: str) -> None:
    """A hall of 8 × 14 with a centre aisle and two wheelchair places."""
    page.goto(f"{site.url}/admin/ticketing/hall/add/")
    page.locator("[name=name]").fill(name)
    page.locator("[name=total_seats]").fill("0")
    hand.press(page.locator("[name=_save]"))
    page.locator("[name=shape]").select_option("centre")
    page.locator("[name=rows]").fill("8")
    page.locator("[name=cols]").fill("14")
    hand.press(page.locator("[data-grid-start] button").first)
    expect(page.locator(".place[data-kind]")).to_have_count(ROOM)
    hand.two_wheelchair_places(page)
    expect(page.locator(".place[data-kind=wheelchair]")).to_have_count(2)
    hand.press(page.locator(".grid-editor__foot button"))
    expect(page.locator(".messagelist .success")).to_contain_text(name)
    expect(page.locator(".place[data-kind=wheelchair]")).to_have_count(2)


def plan_week(page: Page, site, hand) -> str:
    """Four films on Monday in the three new halls, copied to the other days, published; answers a showtime's id."""
    day = hand.monday
    page.goto(f"{site.url}/admin/board/?date={day}")
    rows = page.locator(".board__line[data-hall]")
    mine = [at for at, text in enumerate(rows.all_inner_texts()) if hand.name in text]
    for film, hall in enumerate([*mine, mine[0]]):
        hand.place(page, film, hall)
        expect(page.locator(".show")).to_have_count(film + 1)
    for offset in range(1, 7):
        open_form(page, hand, "/copy/")
        page.locator("#copy_to").fill(f"{day + timedelta(days=offset)}")
        with page.expect_navigation():
            hand.press(page.locator("form[action$='/copy/'] button"))
        expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto(f"{site.url}/admin/board/?view=week&date={day}")
    expect(page.locator(".show--draft")).to_have_count(28)
    hand.press(page.locator("form[action$='/publish/'] button"))
    expect(page.locator(".show--published")).to_have_count(28)
    page.goto(f"{site.url}/admin/board/?date={day}")
    return page.locator(".board__cell").nth(mine[0]).locator(".show").first.get_attribute("data-showtime")


def open_form(page: Page, hand, action: str) -> None:
    """Unfold the form with this action."""
    details = page.locator(f"details:has(form[action$='{action}'])")
    if details.get_attribute("open") is None:
        hand.press(details.locator("summary"))


def buy(page: Page, site, showtime: str) -> list[str]:
    """A customer buys two seats on the site; answers the codes of the tickets."""
    sign_up(page, site.url)
    page.goto(f"{site.url}/showtimes/{showtime}/")
    let_choose(page, 2)
    hold(page)
    go_to_bank(page)
    approve(page)
    return page.locator(".ticket__code").all_inner_texts()


def sell_at_counter(page: Page, site, hand, showtime: str) -> list[str]:
    """Two seats for cash; answers the codes of the tickets."""
    page.goto(f"{site.url}/admin/counter/{showtime}/")
    page.locator("#best").fill("2")
    hand.press(page.locator(".best button"))
    hand.press(page.locator("[data-pay][value=cash]"))
    expect(page.locator(".stub__code")).to_have_count(2)
    return page.locator(".stub__code").all_inner_texts()


def begin_now(site, showtime: str) -> None:
    """The day of the showtime has come: it starts in half an hour."""
    site.shell(
        "from datetime import timedelta\n"
        "from django.utils import timezone\n"
        "start = timezone.now() + timedelta(minutes=30)\n"
        f"Showtime.objects.filter(pk={int(showtime)}).update(\n"
        "    starts_at=start, ends_at=start + timedelta(hours=2), clears_at=start + timedelta(hours=3)\n"
        ")"
    )


def scan(page: Page, site, showtime: str, code: str) -> str | None:
    """Scan a ticket at the door as a hand scanner does; answers the verdict."""
    page.goto(f"{site.url}/admin/door/{showtime}/")
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")
    verdict = page.locator("[data-verdict]")
    expect(verdict).to_be_visible()
    return verdict.get_attribute("data-verdict")


def refund_one(page: Page, site, hand, code: str) -> None:
    """Find the order by a ticket's code and give back one of its two tickets."""
    page.goto(f"{site.url}/admin/ticketing/order/?q={code}")
    hand.press(page.locator("#result_list tbody th a").first)
    page.locator(f"tr:has-text('{code}') input[name=tickets]").check()
    page.locator("[name=reason]").fill("客人生病")
    hand.press(page.locator("form[action$='/refund/'] button"))
    hand.press(page.locator("[data-refund-confirm] button"))
    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(page.locator(f"tr:has-text('{code}') .state--refunded")).to_be_visible()


SEAL = """
from django.utils import timezone
from ticketing.journal.sealing import seal_waiting
seal_waiting(now=timezone.now())
"""


def days_report(page: Page, site, hand) -> dict[str, float]:
    """Go from the dashboard to the reports, ask for today by payment method, and read the totals."""
    page.goto(f"{site.url}/admin/")
    hand.press(page.locator("#nav-sidebar a[href='/admin/reports/']"))
    hand.press(page.locator(".pills a").first)
    expect(page.locator(".pills a").first).to_have_attribute("aria-current", "page")
    page.locator("#by").select_option("method")
    with page.expect_navigation():
        hand.press(page.locator(".ask button"))
    expect(page.locator(".even")).to_be_visible()
    names = ["sold", "gross", "returned", "back", "tickets", "revenue"]
    totals = [money(text) for text in page.locator(".ledger tfoot td").all_inner_texts()[:-1]]
    return dict(zip(names, totals or [0.0] * len(names), strict=True))  # just after midnight nothing was sold yet


@pytest.mark.parametrize("hand", [Mouse(), Keyboard()], ids=["mouse", "keyboard"])
def test_new_manager_runs_the_house(site, page, new_page, hand):
    log_in(page, site)
    for name in HALLS:
        lay_out_hall(page, site, hand, f"{hand.name}{name}")
    showtime = plan_week(page, site, hand)
    before = days_report(page, site, hand)

    bought = buy(new_page(), site, showtime)
    sold = sell_at_counter(page, site, hand, showtime)
    begin_now(site, showtime)
    verdicts = [scan(page, site, showtime, code) for code in (bought[0], sold[0], bought[0])]
    refund_one(page, site, hand, sold[1])

    after = days_report(page, site, hand)
    assert verdicts == ["admitted", "admitted", "used"]
    assert scan(page, site, showtime, sold[1]) == "refunded"
    assert {name: round(after[name] - before[name], 2) for name in after} == {
        "sold": 4,
        "gross": 200,
        "returned": 1,
        "back": 50,
        "tickets": 3,
        "revenue": 150,
    }
    site.work()
    site.shell(SEAL)
    assert site.manage("verify").startswith("The books are in order")


def money(text: str) -> float:
    """A sum as printed."""
    return float(text.replace("¥", "").replace(",", ""))
