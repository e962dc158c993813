"""The one rate limiter: by address, network, account and device, in one process and over two."""

import asyncio
from types import SimpleNamespace

import pytest
import pytest_asyncio
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory
from redis import Redis

from cinema import rate_limits, redis_client
from cinema.devices import DeviceCookie
from cinema.rate_limits import By, Caller, RateLimit, RateLimited, SlotLimit, caller_of, over_redis, slots
from cinema.rate_limits.callers import NOBODY, cookie_name, device_of, new_device
from cinema.rate_limits.slots import Slots

BUCKET = RateLimit("bucket", By.ACCOUNT, 5, 500, refills=True)
WINDOW = RateLimit("window", By.ADDRESS, 3, 60)
ANN, BOB = Caller.at("192.0.2.7", account=1), Caller.at("192.0.2.8", account=2)


@pytest.fixture(autouse=True)
def _switched_on(settings):
    settings.RATE_LIMITS = True


@pytest.fixture
def at_redis(settings, redis_server):
    """Counted in Redis, afresh."""
    settings.REDIS_URL = redis_server.url
    redis_client.outage.until = 0.0
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
    yield redis_server
    redis_client.outage.until = 0.0


@pytest.fixture(params=["here", "redis"])
def counted(request):
    """In this process alone, and in Redis."""
    if request.param == "redis":
        request.getfixturevalue("at_redis")


def takes(count: int, *limits: RateLimit, caller: Caller = ANN) -> list[bool]:
    """Whether each of so many takes found what it wanted."""
    return [rate_limits.try_take(limits, caller) == 0 for _each in range(count)]


def test_five_at_once_and_no_more(counted):
    assert takes(7, BUCKET) == [True] * 5 + [False] * 2
    assert takes(1, BUCKET, caller=BOB) == [True]


def test_three_in_a_window_and_no_more(counted):
    assert takes(5, WINDOW) == [True] * 3 + [False] * 2
    assert takes(1, WINDOW, caller=BOB) == [True]


def test_who_is_refused_learns_when_to_come_back(counted):
    takes(5, BUCKET)
    with pytest.raises(RateLimited) as refused:
        rate_limits.take([BUCKET], ANN)

    assert (refused.value.code, refused.value.http_status) == ("rate_limited", 429)
    assert 99_000 < refused.value.details["retry_after_ms"] <= 100_000
    assert refused.value.details["wait"] == 100


def test_whoever_waits_as_long_as_told_is_served():
    with time_machine.travel(0, tick=False) as clock:
        takes(5, BUCKET)
        clock.shift(rate_limits.try_take([BUCKET], ANN))
        bucket = takes(2, BUCKET)
        takes(3, WINDOW)
        clock.shift(rate_limits.try_take([WINDOW], ANN))
        window = takes(1, WINDOW)

    assert (bucket, window) == ([True, False], [True])


async def test_a_socket_and_a_page_spend_from_the_same(counted):
    at_page = takes(3, BUCKET)
    at_socket = [await rate_limits.try_take_async([BUCKET, WINDOW], ANN) == 0 for _each in range(3)]
    await rate_limits.close_async()

    assert (at_page, at_socket) == ([True] * 3, [True, True, False])


def test_a_limit_counts_only_callers_it_knows(counted):
    assert takes(9, BUCKET, caller=Caller.at("192.0.2.7")) == [True] * 9
    assert takes(9, BUCKET, WINDOW, caller=NOBODY) == [True] * 9


def test_the_narrower_limit_is_asked_first_and_spares_the_wider(counted):
    own, shared = RateLimit("own", By.ACCOUNT, 1, 60), RateLimit("shared", By.ADDRESS, 2, 60)
    neighbour = Caller.at("192.0.2.7", account=2)

    first = takes(9, own, shared)

    assert first == [True] + [False] * 8
    assert takes(1, own, shared, caller=neighbour) == [True]


def test_what_costs_more_spends_more(counted):
    spent = [rate_limits.try_take([BUCKET], ANN, cost=3) == 0 for _each in range(2)]

    assert spent == [True, False]
    assert takes(3, BUCKET) == [True, True, False]


def test_what_is_given_back_is_there_again_and_no_more_than_that(counted):
    takes(4, BUCKET)
    rate_limits.give_back([BUCKET], ANN, 3)
    rate_limits.give_back([BUCKET], BOB, 3)
    once = takes(5, BUCKET)
    rate_limits.give_back([BUCKET], ANN, 99)

    assert once == [True] * 4 + [False]
    assert [takes(7, BUCKET), takes(6, BUCKET, caller=BOB)] == [[True] * 5 + [False] * 2, [True] * 5 + [False]]


def test_a_sealed_caller_survives_a_column_and_names_nobody():
    sealed = Caller.at("192.0.2.7", account=1, device="d").sealed()

    assert Caller.from_text(sealed.as_text()) == sealed != Caller.at("192.0.2.7", account=1, device="d")
    assert sealed == Caller.at("192.0.2.7", account=1, device="d").sealed() != Caller.at("192.0.2.8").sealed()
    assert (NOBODY.sealed().as_text(), Caller.from_text("")) == ("", NOBODY)
    assert len(sealed.as_text()) <= 80
    assert "192" not in sealed.as_text().split("|")


def test_switched_off_nothing_is_counted(settings):
    settings.RATE_LIMITS = False

    assert takes(99, BUCKET, WINDOW) == [True] * 99


def test_with_redis_away_each_process_counts_for_itself_and_nobody_waits_for_it_twice(at_redis, monkeypatch):
    takes(5, BUCKET)
    at_redis.stop()
    try:
        away = takes(6, BUCKET)
        began = redis_client.outage.until
        takes(3, WINDOW)
        asked_once = redis_client.outage.until == began
    finally:
        at_redis.start()
    redis_client.outage.until = 0.0

    assert (away, asked_once) == ([True] * 5 + [False], True)
    assert takes(6, BUCKET) == [True] * 5 + [False]  # a Redis that came back empty counts again


async def test_with_redis_away_sockets_count_here_too(at_redis):
    at_redis.stop()
    try:
        away = [await rate_limits.try_take_async([BUCKET], ANN) == 0 for _each in range(6)]
    finally:
        at_redis.start()
        await rate_limits.close_async()

    assert away == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("address", "narrow", "wide"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("unix:", "unix:", "unix:"),
        ("", "", ""),
    ],
)
def test_an_address_lies_in_its_network(address, narrow, wide):
    caller = Caller.at(address)

    assert (caller.address, caller.network) == (narrow, wide)


def page(cookie: str = "", kind: str = "text/html; charset=utf-8"):
    """A request with that device cookie, and the page it is answered with."""
    request = RequestFactory().get("/", headers={"cookie": f"{cookie_name()}={cookie}"} if cookie else {})
    return request, DeviceCookie(lambda _request: HttpResponse(content_type=kind))(request)


def test_a_page_gives_a_browser_a_signed_device_that_scripts_cannot_read():
    cookie = page()[1].cookies[cookie_name()]
    request, again = page(cookie.value)

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert caller_of(request).device == device_of(cookie.value) != ""
    assert cookie_name() not in again.cookies


def test_a_device_nobody_signed_is_none_and_is_replaced():
    request, answer = page(new_device()[:-1] + "x")

    assert caller_of(request).device == ""
    assert device_of(answer.cookies[cookie_name()].value) != ""


def test_the_api_gives_no_device():
    assert cookie_name() not in page(kind="application/json")[1].cookies


def test_a_request_s_caller_has_its_account():
    request = page()[0]
    request.user = SimpleNamespace(pk=5, is_authenticated=True)

    assert caller_of(request) == Caller("127.0.0.1", "127.0.0.0/24", "5", "")
    assert caller_of(request, 6).account == "6"


TWO = (SlotLimit("open", By.ACCOUNT, 2), SlotLimit("open", By.ADDRESS, 3))


@pytest_asyncio.fixture
async def one_and_two(at_redis):
    """Two processes' shares in the same slots."""
    both = Slots(at_redis.url), Slots(at_redis.url)
    yield both
    for each in both:
        await each.close()
    await rate_limits.close_async()


async def enters(where: Slots, *who: str, caller: Caller = ANN) -> list[bool]:
    return [await where.enter(TWO, caller, one, "x") is not None for one in who]


async def test_slots_are_counted_over_both_processes_and_given_back(one_and_two):
    one, two = one_and_two
    entered = [await enters(one, "a"), await enters(two, "b"), await enters(one, "c")]
    await two.leave(list(two.taken), "b")

    assert entered == [[True], [True], [False]]
    assert [await enters(one, "d"), await enters(two, "e")] == [[True], [False]]


async def test_slots_are_counted_in_one_process_and_given_back():
    alone = Slots("")
    entered = await enters(alone, "a", "b", "c")
    await alone.leave(list(alone.taken), "a")
    await alone.leave(list(alone.taken), "a")

    assert entered == [True, True, False]
    assert await enters(alone, "d", "e") == [True, False]


async def test_a_wider_limit_refuses_and_the_narrower_slot_is_free_again(one_and_two):
    one, _two = one_and_two
    neighbour = Caller.at(ANN.address, account=2)
    await enters(one, "a", "b")

    assert await enters(one, "c", "d", caller=neighbour) == [True, False]
    await one.leave(list(one.taken), "a")
    assert await enters(one, "e", "f", caller=neighbour) == [True, False]


async def test_a_process_that_died_keeps_nobody_out_for_long_and_one_that_lives_keeps_its_slot(
    one_and_two, monkeypatch
):
    monkeypatch.setattr(over_redis, "LEASE_SECONDS", 1.0)
    monkeypatch.setattr(slots, "RENEW_SECONDS", 0.1)
    died, lives = one_and_two
    await enters(died, "gone")
    died.renewing.cancel()
    await enters(lives, "here")
    at_first = await enters(lives, "new")
    await asyncio.sleep(1.2)

    assert at_first == [False]
    assert await enters(lives, "new", "newer") == [True, False]


async def test_with_redis_away_slots_are_counted_here_and_nothing_fails(one_and_two, at_redis):
    one, two = one_and_two
    await enters(one, "before")
    at_redis.stop()
    try:
        entered = [await enters(each, "a", "b") for each in (one, two)]
        await one.leave(list(one.taken), "before")
    finally:
        at_redis.start()

    assert entered == [[True, False], [True, True]]


async def test_a_redis_that_has_forgotten_the_slots_is_told_again(one_and_two, at_redis, monkeypatch):
    monkeypatch.setattr(slots, "RENEW_SECONDS", 0.1)
    monkeypatch.setattr(redis_client, "LEAVE_ALONE_SECONDS", 0.1)
    one, two = one_and_two
    await enters(one, "a", "b")
    at_redis.stop()
    at_redis.start()
    async with asyncio.timeout(20):
        while await two.enter(TWO, ANN, "third", "x") is not None:
            await two.leave(list(two.taken), "third")
            await asyncio.sleep(0.05)

    assert two.taken == {}
