"""What programs are told of the site: crawlers, search engines, telephones, and the worker for tickets."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone, translation

from catalog.models import Movie
from cinema.wording import language_of, one_language
from tests.factories import a_movie, a_paid_order, a_showtime

pytestmark = pytest.mark.django_db
SITE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def test_robots_are_kept_from_peoples_pages_and_told_of_the_map(client, settings):
    settings.SITE_URL = "https://cinema.example"

    text = client.get("/robots.txt").text

    assert "Disallow: /orders/\n" in text
    assert text.endswith("Sitemap: https://cinema.example/sitemap.xml\n")


def test_the_map_names_every_film_on_show_in_both_languages_and_none_taken_down(client, settings):
    settings.SITE_URL = "https://cinema.example"
    shown, gone = a_movie(), a_movie(status=Movie.Status.REMOVED)

    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)

    places = {place.text for place in tree.iterfind("s:url/s:loc", SITE)}
    assert {f"https://cinema.example/films/{shown.pk}/", f"https://cinema.example/en/films/{shown.pk}/"} <= places
    assert not any(f"/films/{gone.pk}/" in place for place in places)


def test_a_page_says_its_own_address_and_that_of_its_twin_whole(client, settings):
    settings.SITE_URL = "https://cinema.example"

    page = client.get("/en/films/?q=x").text

    assert '<link rel="canonical" href="https://cinema.example/en/films/">' in page
    assert '<link rel="alternate" hreflang="zh-hans" href="https://cinema.example/films/">' in page
    assert '<meta property="og:url" content="https://cinema.example/en/films/">' in page


@pytest.mark.parametrize(("prefix", "name"), [("", "光影院"), ("/en", "Lumen Cinema")])
def test_the_site_can_be_installed_in_the_readers_language(client, prefix, name):
    told = client.get(f"{prefix}/manifest.webmanifest").json()

    assert (told["name"], told["start_url"]) == (name, f"{prefix}/")
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}


def test_search_engines_read_film_and_showtimes_and_no_text_can_end_the_element(client, settings):
    settings.SITE_URL = "https://cinema.example"
    movie = a_movie(synopsis="</script><b>看</b>")
    showtime = a_showtime(movie=movie, starts_at=timezone.now() + timedelta(days=1))

    page = client.get(f"/films/{movie.pk}/").text
    film, event = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])

    assert (film["@type"], film["name"], film["description"]) == ("Movie", movie.title, "</script><b>看</b>")
    assert (event["@type"], event["offers"]["price"]) == ("ScreeningEvent", "45.00")
    assert event["offers"]["url"] == f"https://cinema.example/showtimes/{showtime.pk}/"


def test_the_worker_stands_at_the_root_and_is_never_kept_for_long(client):
    answer = client.get("/sw.js")

    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/javascript; charset=utf-8", "no-cache")
    assert '"/offline/"' in answer.text
    assert client.get("/offline/").status_code == 200


def test_only_paid_orders_ask_to_be_kept(mine, customer, stranger):
    order = a_paid_order(customer=customer)

    assert "data-tickets" in mine.get(f"/orders/{order.pk}/").text
    assert stranger.get(f"/orders/{order.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        ("默片 Silent", "默片", "Silent"),
        ("Mandarin / 国语", "国语", "Mandarin"),
        ("保罗·厄崔迪 Paul Atreides", "保罗·厄崔迪", "Paul Atreides"),
        ("IMAX", "IMAX", "IMAX"),
        ("国语", "国语", "国语"),
        ("英语 3D 中字", "英语 3D 中字", "英语 3D 中字"),
        ("", "", ""),
    ],
)
def test_a_text_in_two_languages_is_shown_in_the_readers(text, chinese, english):
    with translation.override("zh-hans"):
        assert one_language(text) == chinese
    with translation.override("en"):
        assert one_language(text) == english


def test_what_people_wrote_is_tagged_with_its_language():
    assert [language_of(text) for text in ("好看", "great", "great 片")] == ["zh-Hans", "en", "zh-Hans"]


def test_an_english_page_shows_no_chinese_version(client):
    showtime = a_showtime(language_version="默片 Silent", starts_at=timezone.now() + timedelta(days=1))

    page = client.get(f"/en/films/{showtime.movie_id}/").text

    assert "Silent" in page
    assert "默片" not in page
