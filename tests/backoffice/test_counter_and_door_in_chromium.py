"""Counter and door in a real browser: by keys alone, without JavaScript, and through the camera."""

from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect

from tests.fixtures.browser import FLAGS
from tests.machine import need

WIDTH, HEIGHT = 640, 480


@pytest.fixture(scope="module")
def site(serve):
    """The demo cinema, open, and its doors two days before each film."""
    return serve(demo=True, ADMISSION_OPENS_MINUTES=str(2 * 24 * 60))


def log_in(page: Page, site) -> None:
    """Come into the back office as the manager."""
    page.goto(f"{site.url}/account/login/?next=/admin/counter/")
    page.locator("[name=login]").fill("admin")
    page.locator("[name=password]").fill("demo-admin-2026")
    page.locator("[name=password]").press("Enter")
    expect(page.locator(".till")).to_be_visible()


def open_tomorrow(page: Page, site) -> str:
    """Tomorrow's first showtime at the counter; answers its number."""
    page.goto(f"{site.url}/admin/counter/")
    page.locator(".till__days a").nth(1).click()
    page.locator(".till__shows .show").first.click()
    expect(page.locator("[data-plan]")).to_be_visible()
    return page.locator("[data-counter]").get_attribute("data-showtime") or ""


def money(page: Page) -> float:
    """The day's revenue as the report says it."""
    return float(page.locator(".ledger tfoot td").nth(5).inner_text().replace(",", ""))


def test_two_are_sold_by_keys_let_in_once_and_one_is_paid_back(site, page):
    log_in(page, site)
    page.goto(f"{site.url}/admin/reports/")
    page.get_by_role("link", name="今天").click()
    before = money(page)
    showtime = open_tomorrow(page, site)

    page.locator("#best").fill("2")
    page.keyboard.press("Enter")
    expect(page.locator(".slip__line")).to_have_count(2)
    expect(page.locator("#received")).to_be_focused()
    price = float(page.locator("[data-counter-total]").inner_text().strip("¥"))
    page.keyboard.type("1000")
    expect(page.locator("[data-change]")).to_have_text(f"¥{1000 - price:g}")
    page.keyboard.press("Enter")
    expect(page.locator(".stub__code")).to_have_count(2)
    codes = page.locator(".stub__code").all_inner_texts()
    order = page.url

    page.goto(f"{site.url}/admin/door/{showtime}/")
    verdicts = []
    for code in (*codes, codes[0]):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        expect(page.locator("#code")).to_have_value("")
        page.wait_for_function("code => !document.querySelector('[data-door]').dataset.busy", arg=code)
        verdicts.append(page.locator("[data-verdict]").get_attribute("data-verdict"))
    told = page.locator("[data-verdict]").inner_text()

    page.goto(order)
    page.get_by_role("link", name="退票").click()
    page.locator(f"tr:has-text('{codes[1]}') input[name=tickets]").check()
    page.locator("[name=reason]").fill("客人生病")
    page.locator("form[action$='/refund/'] button").click()
    expect(page.locator("[data-payout]")).to_have_text(f"¥{price / 2:.2f}")
    page.locator("[data-refund-confirm] button").click()
    expect(page.locator(".messagelist .success")).to_contain_text(f"¥{price / 2:g}")
    page.goto(f"{site.url}/admin/reports/")
    page.get_by_role("link", name="今天").click()
    after = money(page)
    page.locator(".tabs a[href*='/reports/refunds/']").click()

    assert verdicts == ["admitted", "admitted", "used"]
    assert "影院经理" in told
    assert after - before == pytest.approx(price / 2)
    expect(page.locator(".ledger tbody tr").first).to_contain_text("客人生病")
    assert site.manage("verify").startswith("The books are in order")


def test_counter_and_door_are_plain_forms_without_javascript(site, new_page):
    page = new_page(java_script_enabled=False)
    log_in(page, site)
    showtime = open_tomorrow(page, site)

    page.locator("input[name=seats]:not([disabled])").first.check(force=True)
    page.locator("[data-reckon]").click()
    expect(page.locator(".slip__line")).to_have_count(1)
    page.locator("[data-pay][value=cash]").click()
    code = page.locator(".stub__code").inner_text()
    page.goto(f"{site.url}/admin/door/{showtime}/")
    page.locator("#code").fill(code.lower())
    page.locator("#code").press("Enter")

    expect(page.locator("[data-verdict=admitted]")).to_be_visible()


def test_the_camera_reads_the_code_on_a_ticket(site, browser, new_page, tmp_path):
    page = new_page()
    log_in(page, site)
    showtime = open_tomorrow(page, site)
    page.locator("#best").fill("1")
    page.keyboard.press("Enter")
    expect(page.locator(".slip__line")).to_have_count(1)
    page.locator("[data-pay][value=cash]").click()
    film = film_of(page.locator(".stub__code").inner_text(), tmp_path)
    camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    eyes = browser.browser_type.launch(
        executable_path=need("Chromium"), args=[*FLAGS, *camera, f"--use-file-for-fake-video-capture={film}"]
    )

    door = eyes.new_context(storage_state=page.context.storage_state(), locale="zh-CN").new_page()
    refused: list[str] = []
    door.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    door.goto(f"{site.url}/admin/door/{showtime}/")
    door.locator("[data-camera]").click()
    expect(door.locator("[data-verdict=admitted]")).to_be_visible(timeout=30_000)
    door.wait_for_timeout(1500)
    verdict = door.locator("[data-verdict]").get_attribute("data-verdict")
    eyes.close()

    assert (verdict, refused) == ("admitted", [])


def film_of(code: str, folder: Path) -> Path:
    """A camera's picture of the code: a few frames of raw video, grey."""
    segno.make(code, error="m", micro=False).save(str(folder / "code.png"), scale=9, border=6)
    frame = Image.new("L", (WIDTH, HEIGHT), 170)
    code_picture = Image.open(folder / "code.png").convert("L")
    frame.paste(code_picture, ((WIDTH - code_picture.width) // 2, (HEIGHT - code_picture.height) // 2))
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    film = folder / "camera.y4m"
    with film.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for _frame in range(5):
            out.write(b"FRAME\n" + frame.tobytes() + grey)
    return film
