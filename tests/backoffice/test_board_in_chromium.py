"""The schedule board in a real browser: by finger, by mouse, and with showtimes that were sold."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import CDPSession, Page, expect

REST = 450  # ms, a little longer than the board asks of a finger
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def site(serve):
    """The demo cinema, open."""
    return serve(demo=True)


class Finger:
    """A finger on the glass; places are in the window."""

    def __init__(self, page: Page) -> None:
        self.page, self.glass = page, page.context.new_cdp_session(page)

    def _touch(self, kind: str, *places: tuple[float, float]) -> None:
        glass: CDPSession = self.glass
        glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in places]})

    def stroke(self, start: tuple[float, float], end: tuple[float, float], *, rest: int = 0, lift: bool = True) -> None:
        """Put it down, rest for a while, move over in ten steps, and lift it."""
        self._touch("touchStart", start)
        self.page.wait_for_timeout(rest)
        for step in range(1, 11):
            x, y = (a + (b - a) * step / 10 for a, b in zip(start, end, strict=True))
            self._touch("touchMove", (x, y))
            self.page.wait_for_timeout(16)
        if lift:
            self.lift()

    def lift(self) -> None:
        """Take it off the glass."""
        self._touch("touchEnd")


def open_board(page: Page, site, day: str) -> None:
    """Log in as the manager and look at a day."""
    page.goto(f"{site.url}/account/login/?next=/admin/board/?date={day}")
    page.locator("[name=login]").fill("admin")
    page.locator("[name=password]").fill("demo-admin-2026")
    page.locator("[name=password]").press("Enter")
    page.locator(".board.is-live").scroll_into_view_if_needed()


def middle(page: Page, selector: str, nth: int = 0) -> tuple[float, float]:
    """A point of an element in the window: near its left edge, in the middle of its height."""
    box = page.locator(selector).nth(nth).bounding_box()
    return box["x"] + 30, box["y"] + box["height"] / 2


@contextmanager
def posts(page: Page) -> Iterator[list[str]]:
    """The addresses that forms were sent to meanwhile."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    yield sent


def test_finger_that_rests_carries_a_film_to_a_hall_and_a_showtime_to_another_hour(site, new_page):
    page = new_page(**PHONE)
    open_board(page, site, "2031-04-01")
    finger = Finger(page)
    _x, row = middle(page, ".board__cell", 1)

    finger.stroke(middle(page, ".film"), (250, row), rest=REST)
    expect(page.locator(".show")).to_have_count(1)
    first = page.locator(".show").get_attribute("data-start")
    page.locator(".board").scroll_into_view_if_needed()
    x, y = middle(page, ".show")
    finger.stroke((x, y), (x + 60, y), rest=REST)
    expect(page.locator(".messagelist")).to_contain_text("已调整")

    assert int(page.locator(".show").get_attribute("data-start")) > int(first)
    assert page.locator(".board__line[data-hall]").nth(1).locator(".show").count() == 1


def test_quick_stroke_scrolls_and_carries_nothing(site, new_page):
    page = new_page(**PHONE)
    open_board(page, site, "2031-04-02")
    finger = Finger(page)
    finger.stroke(middle(page, ".film"), (250, middle(page, ".board__cell")[1]), rest=REST)
    expect(page.locator(".show")).to_have_count(1)
    page.locator(".board").scroll_into_view_if_needed()
    left = page.locator(".board").evaluate("board => board.scrollLeft")
    x, y = middle(page, ".show")

    with posts(page) as sent:
        finger.stroke((x + 30, y), (x - 60, y))
        page.wait_for_timeout(300)

    assert (sent, page.locator(".ghost").count()) == ([], 0)
    assert page.locator(".board").evaluate("board => board.scrollLeft") > left


def test_escape_lets_go_and_the_edge_scrolls_along(site, new_page):
    page = new_page(**PHONE)
    open_board(page, site, "2031-04-03")
    finger = Finger(page)
    left = page.locator(".board").evaluate("board => board.scrollLeft")
    _x, row = middle(page, ".board__cell")

    with posts(page) as sent:
        finger.stroke(middle(page, ".film"), (370, row), rest=REST, lift=False)
        page.wait_for_function("left => document.querySelector('.board').scrollLeft > left + 100", arg=left)
        page.keyboard.press("Escape")
        finger.lift()
        page.wait_for_timeout(200)

    assert (sent, page.locator(".ghost").count(), page.locator(".show").count()) == ([], 0, 0)


def test_sold_showtime_leads_to_the_page_that_first_says_whom_it_concerns(site, page):
    page.goto(f"{site.url}/account/login/?next=/admin/board/")
    page.locator("[name=login]").fill("admin")
    page.locator("[name=password]").fill("demo-admin-2026")
    page.locator("[name=password]").press("Enter")
    page.locator(".board-days a", has_text="›").click()
    page.locator(".board.is-live").evaluate("board => { board.scrollLeft = board.scrollWidth; }")
    sold = page.locator(".show.is-fixed").last
    sold.scroll_into_view_if_needed()
    box = sold.bounding_box()

    page.mouse.move(box["x"] + 12, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, box["y"] + 20, steps=4)
    expect(page.locator("[data-board-voice]")).to_contain_text("已售票")
    with posts(page) as sent:
        page.mouse.up()
        page.wait_for_url("**/move/?**")

    expect(page.locator("#content")).to_contain_text("张票随场次改期")
    assert sent == []
    page.locator("[name=reason]").fill("放映机检修")
    page.locator("form[method=post].plain-form button").click()
    expect(page.locator(".messagelist")).to_contain_text("正在通知所有购票者")


def test_pressing_a_film_opens_the_form_to_place_it(site, page):
    open_board(page, site, "2031-04-04")

    page.locator(".film").nth(2).click()

    film = page.locator(".film").nth(2).get_attribute("data-film")
    assert page.locator("[data-place-form] [name=movie]").input_value() == film
    expect(page.locator("[data-place-form] [name=hall]")).to_be_focused()
