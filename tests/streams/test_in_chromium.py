"""From somebody's disk to two people watching: an upload in pieces, ffmpeg, and a party with subtitles, in Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.machine import need
from tests.streams.made import film_with_subtitles

SHOWN = (
    "[...document.querySelector('video').textTracks].filter(track => track.mode === 'showing')"
    ".flatMap(track => [...track.cues ?? []].map(cue => cue.text))"
)


def until(page: Page, truth: str) -> None:
    """Wait until the expression holds; a page under our policy evaluates nothing by itself."""
    for _ in range(200):
        if page.evaluate(truth):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"It never came true: {truth}")


def log_in(page: Page, url: str, name: str, password: str) -> None:
    """As people do."""
    page.goto(f"{url}/en/account/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda at: "login" not in at)


@pytest.fixture(scope="module")
def cinema(serve, tmp_path_factory):
    """A house with one film, an administrator and a customer; its pages are small."""
    need("ffmpeg")
    server = serve()
    server.shell(
        "from catalog.models import Movie; from accounts.models import User\n"
        "User.objects.create_superuser('boss', 'boss@example.com', 'correct horse 2')\n"
        "Movie.objects.create(title='流浪', title_en='Wandering', duration=100, status='released')"
    )
    return server


def test_an_uploaded_film_is_watched_together_with_its_subtitles(cinema, new_page, tmp_path):
    file = tmp_path / "wandering.mkv"
    file.write_bytes(film_with_subtitles())
    page = new_page(viewport={"width": 1440, "height": 900})
    log_in(page, cinema.url, "boss", "correct horse 2")

    page.goto(f"{cinema.url}/en/admin/catalog/movie/1/stream/")
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".state--waiting")).to_be_visible(timeout=60_000)
    cinema.work()
    expect(page.locator(".state--ready")).to_be_visible(timeout=60_000)
    expect(page.locator("[data-preview]")).to_have_js_property("readyState", 4, timeout=20_000)

    page.get_by_role("link", name="Start a watch party").click()
    page.get_by_role("button", name="Start the party").click()
    page.wait_for_url(re.compile("/watch/|/party/|/parties/"))
    friend = new_page(viewport={"width": 390, "height": 844})
    friend.goto(page.url)
    for one in (page, friend):
        expect(one.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    page.locator("[data-watch-subtitles]").click()
    page.locator("[data-watch-toggle]").click()

    for one in (page, friend):
        until(one, "document.querySelector('video').currentTime > 1")
    until(page, f"{SHOWN}.includes('你好，月亮')")
