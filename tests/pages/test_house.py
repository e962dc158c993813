"""What all pages share: languages, light and dark, refusals, and what the browser may load."""

import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.factories import PASSWORD, a_customer, a_movie, a_paid_order, a_showtime, an_order

pytestmark = pytest.mark.django_db


def test_every_page_links_to_itself_in_the_other_language(client):
    movie = a_movie()

    chinese, english = client.get(f"/films/{movie.pk}/?date=x"), client.get(f"/en/films/{movie.pk}/")

    assert f'href="/en/films/{movie.pk}/?date=x"' in chinese.content.decode()
    assert f'href="/films/{movie.pk}/"' in english.content.decode()


def test_light_or_dark_is_remembered(client):
    answer = client.post("/theme/", {"theme": "dark", "next": "/films/"})

    assert answer["Location"] == "/films/"
    assert 'data-theme="dark"' in client.get("/").content.decode()


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "", "javascript:alert(1)"])
def test_choosing_a_theme_never_leads_to_another_site(client, back):
    assert client.post("/theme/", {"theme": "dark", "next": back})["Location"] == "/"


def test_a_theme_nobody_knows_is_none(client):
    client.cookies["theme"] = '"><script>'

    assert "data-theme=" not in client.get("/").content.decode()


def test_an_unknown_address_is_told_in_the_houses_own_words(client):
    page = client.get("/nowhere/")

    assert page.status_code == 404
    assert "片库里没有这一卷" in page.content.decode()


def test_a_form_without_its_token_is_refused_in_the_houses_own_words():
    page = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})

    assert page.status_code == 403
    assert "页面停留时间过长" in page.content.decode()


def test_no_page_has_inline_script_or_style_or_loads_from_elsewhere(mine, customer):
    showtime = a_showtime()
    pending, paid = an_order(customer=customer, showtime=showtime), a_paid_order(customer=customer)
    addresses = [
        reverse("site:home"),
        reverse("catalog:films"),
        reverse("site:film", args=[showtime.movie_id]),
        reverse("ticketing:seats", args=[showtime.pk]),
        reverse("ticketing:orders"),
        reverse("ticketing:order", args=[pending.pk]),
        reverse("ticketing:order", args=[paid.pk]),
        reverse("accounts:profile"),
        reverse("account_email"),
        reverse("mfa_index"),
    ]

    pages = {address: mine.get(address).content.decode() for address in addresses}

    offences = re.compile(
        r'\sstyle="|<style|\son\w+="|<script(?![^>]*\ssrc=)(?![^>]*application/(?:ld\+)?json)|src="(?:https?:)?//'
    )
    assert {address: offences.findall(page) for address, page in pages.items()} == {
        address: [] for address in addresses
    }


def test_every_page_is_sent_with_a_strict_policy(client):
    policy = client.get("/")["Content-Security-Policy"]

    sources = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert (sources["default-src"], sources["script-src"], sources["style-src"]) == ("'self'", "'self'", "'self'")
    assert "unsafe" not in policy


def test_a_garbled_form_is_refused_in_the_houses_own_words(client):
    page = client.post("/theme/", {f"field{number}": "1" for number in range(2000)})

    assert page.status_code == 400
    assert "请求无法识别" in page.content.decode()


@override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3)
def test_too_many_wrong_passwords_close_the_door_for_a_while(client):
    a_customer("alice")

    for _each in range(4):
        page = client.post("/account/login/", {"login": "alice", "password": "wrong"})

    assert page.status_code == 429
    assert "尝试次数过多" in page.content.decode()
    assert client.post("/account/login/", {"login": "alice", "password": PASSWORD}).status_code == 429
