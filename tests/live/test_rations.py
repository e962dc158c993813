"""Paces and places: counted by Redis over all processes, by each process for itself where Redis is away."""

import asyncio

import pytest
import pytest_asyncio

from cinema.realtime import counts, rations
from cinema.realtime.rations import Rations


@pytest_asyncio.fixture
async def one_and_two(redis_server):
    """Two processes' shares in the same counts."""
    both = Rations(redis_server.url), Rations(redis_server.url)
    yield both
    for each in both:
        await each.close()


@pytest_asyncio.fixture
async def alone():
    """One process without Redis."""
    only = Rations("")
    yield only
    await only.close()


async def takes(name: str, count: int, *who: Rations) -> list[bool]:
    """Whether each of so many takes, in turn at each, found one."""
    waits = [await who[number % len(who)].take(name, at_once=5, a_second=0.01) for number in range(count)]
    return [wait == 0 for wait in waits]


async def test_five_at_once_and_no_more_whichever_process_is_asked(one_and_two):
    assert await takes("a", 7, *one_and_two) == [True] * 5 + [False] * 2
    assert await takes("b", 1, *one_and_two) == [True]


async def test_five_at_once_and_no_more_in_one_process(alone):
    assert await takes("a", 7, alone) == [True] * 5 + [False] * 2


@pytest.mark.parametrize("over_redis", [True, False])
async def test_whoever_waits_as_long_as_told_is_served(one_and_two, alone, over_redis):
    counts = one_and_two[0] if over_redis else alone
    first = await counts.take("quick", at_once=1, a_second=20)
    wait = await counts.take("quick", at_once=1, a_second=20)
    await asyncio.sleep((wait + 5) / 1000)

    assert (first, 0 < wait <= 50) == (0, True)
    assert await counts.take("quick", at_once=1, a_second=20) == 0


async def test_a_full_bucket_is_forgotten_once_there_are_many(alone, monkeypatch):
    monkeypatch.setattr(rations, "MANY_BUCKETS", 2)
    for name in ("a", "b", "c"):
        await alone.take(name, at_once=1, a_second=1_000_000)
    await takes("d", 1, alone)

    assert list(alone.buckets) == ["d"]


async def test_places_are_counted_over_both_processes_and_given_back(one_and_two):
    one, two = one_and_two
    entered = [await each.enter("p", f"{number}", limit=3) for number, each in enumerate((one, two, one, two, one))]
    await two.leave("p", "1")

    assert entered == [True, True, True, False, False]
    assert await one.enter("p", "5", limit=3) is True
    assert await two.enter("p", "6", limit=3) is False


async def test_places_are_counted_in_one_process_and_given_back(alone):
    entered = [await alone.enter("p", f"{number}", limit=2) for number in range(3)]
    await alone.leave("p", "0")
    await alone.leave("p", "0")

    assert entered == [True, True, False]
    assert await alone.enter("p", "3", limit=2) is True


async def test_a_process_that_died_keeps_nobody_out_for_long_and_one_that_lives_keeps_its_place(
    one_and_two, monkeypatch
):
    monkeypatch.setattr(counts, "LEASE_SECONDS", 1.0)
    monkeypatch.setattr(rations, "RENEW_SECONDS", 0.1)
    died, lives = one_and_two
    await died.enter("leased", "gone", limit=2)
    died.renewing.cancel()
    await lives.enter("leased", "here", limit=2)
    at_first = await lives.enter("leased", "new", limit=2)
    await asyncio.sleep(1.2)

    assert at_first is False
    assert await lives.enter("leased", "new", limit=2) is True
    assert await lives.enter("leased", "newer", limit=2) is False


async def test_with_redis_away_each_counts_for_itself_and_nothing_fails(one_and_two, redis_server):
    one, two = one_and_two
    await one.enter("alone", "before", limit=2)
    redis_server.stop()
    try:
        paces = [await takes("away", 6, each) for each in (one, two)]
        places = [await each.enter("alone", number, limit=2) for each in (one, two) for number in "ab"]
        await one.leave("alone", "before")
    finally:
        redis_server.start()

    assert paces == [[True] * 5 + [False]] * 2
    assert places == [True, False, True, True]


async def test_a_redis_that_has_forgotten_is_told_again(one_and_two, redis_server, monkeypatch):
    monkeypatch.setattr(rations, "RENEW_SECONDS", 0.1)
    monkeypatch.setattr(counts, "LEAVE_ALONE_SECONDS", 0.1)
    one, two = one_and_two
    for number in range(2):
        await one.enter("q", f"{number}", limit=2)
    redis_server.stop()
    redis_server.start()
    async with asyncio.timeout(20):
        while await two.enter("q", "third", limit=2):
            await two.leave("q", "third")
            await asyncio.sleep(0.05)

    assert two.places == {}
