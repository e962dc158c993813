"""Logging out on a page: what was opened by its cookie falls silent, whichever door it was, and nothing else does."""

import time

import pytest
from django.conf import settings as site
from django.contrib.auth import SESSION_KEY
from django.test import Client as Browser

from accounts.models import User
from accounts.session_store import SessionStore
from cinema.realtime import Hub
from tests.live.clients import Client
from tests.live.people import account, in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("door", ["/account/logout/", "/admin/logout/", "/account/everywhere/"])
@pytest.mark.parametrize("path", ["/ws/chat", "/ws/sync", "/ws/seats"])
async def test_logging_out_on_the_page_ends_its_sockets_and_no_others(hub, settings, path, door):
    settings.ALLOWED_HOSTS = ["testserver"]
    (user, header), (stranger, _token) = await account("ann", is_staff=True), await account("bea")
    page, other_device, hers = [await in_thread(_browser_of, user=one) for one in (user, user, stranger)]
    async with (
        Client(path, headers=_cookie_of(page)) as ends,
        Client(path, headers=_cookie_of(other_device)) as other,
        Client(path, headers=header) as by_token,
        Client(path, headers=_cookie_of(hers)) as strangers,
    ):
        for client in (ends, other, by_token, strangers):  # who speaks is looked up after the socket is accepted
            await client.settled()
        await in_thread(page.post, path=door)
        began = time.monotonic()
        ending = await ends.until_closed()
        took = time.monotonic() - began

        assert [frame.get("code") or frame["closed"] for frame in ending] == ["unauthorised", 4001]
        assert took < 5  # it is told, and doesn't find out at some later look; within a second on an idle machine
        assert await strangers.is_quiet()
        if door != "/account/everywhere/":
            assert await other.is_quiet()
            assert await by_token.is_quiet()


async def test_a_session_ended_from_another_device_takes_its_sockets_along_and_no_others(hub, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    (user, _header), (stranger, _token) = await account("ann"), await account("bea")
    page, other, hers = [await in_thread(_browser_of, user=one) for one in (user, user, stranger)]
    async with (
        Client("/ws/chat", headers=_cookie_of(page)) as ends,
        Client("/ws/chat", headers=_cookie_of(other)) as stays,
        Client("/ws/chat", headers=_cookie_of(hers)) as strangers,
    ):
        for client in (ends, stays, strangers):
            await client.settled()
        session_id = await in_thread(lambda: page.session.session_id)
        await in_thread(hers.post, path=f"/account/security/{session_id}/end/")
        assert await ends.is_quiet()
        await in_thread(other.post, path=f"/account/security/{session_id}/end/")
        ending = await ends.until_closed()

        assert [frame.get("code") or frame["closed"] for frame in ending] == ["unauthorised", 4001]
        assert await stays.is_quiet()
        assert await strangers.is_quiet()


async def test_a_page_that_logs_out_while_its_socket_opens_does_not_slip_through(hub, settings, monkeypatch):
    settings.ALLOWED_HOSTS = ["testserver"]
    user, _header = await account("ann")
    page = await in_thread(_browser_of, user=user)
    headers = _cookie_of(page)
    subscribe = Hub.subscribe

    async def after_the_log_out(hub, topic, socket):
        await in_thread(page.post, path="/account/logout/")
        await subscribe(hub, topic, socket)

    monkeypatch.setattr(Hub, "subscribe", after_the_log_out)
    async with Client("/ws/chat", headers=headers) as client:
        ending = await client.until_closed()

    assert [frame.get("code") or frame["closed"] for frame in ending] == ["unauthorised", 4001]


async def test_a_socket_that_went_on_by_token_outlives_the_pages_session(hub, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    user, header = await account("ann")
    page = await in_thread(_browser_of, user=user)
    async with Client("/ws/chat", headers=_cookie_of(page), subprotocols=["cinema.v2"]) as client:
        await client.send({"type": "auth", "token": header["Authorization"].split()[1]})
        await client.settled()
        await in_thread(page.post, path="/account/logout/")

        assert await client.is_quiet()


def _browser_of(*, user: User) -> Browser:
    browser = Browser()
    browser.force_login(user, backend="accounts.backends.OpenAccounts")
    assert SessionStore(browser.session.session_key)[SESSION_KEY] == str(user.pk)
    return browser


def _cookie_of(browser: Browser) -> dict[str, str]:
    """What a page of this site sends when it opens a socket."""
    cookie = browser.cookies[site.SESSION_COOKIE_NAME].value
    return {
        "Host": "testserver",
        "Origin": "http://testserver",
        "Cookie": f"{site.SESSION_COOKIE_NAME}={cookie}",
    }
