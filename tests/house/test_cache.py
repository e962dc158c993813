"""The cache in Redis: shared while Redis is there, each process's own while it is away, and never a failure."""

import pytest

from cinema import redis_client
from cinema.cache import RedisOrHere


@pytest.fixture
def cache(redis_server, monkeypatch):
    monkeypatch.setattr(redis_client.outage, "until", 0.0)
    cache = RedisOrHere(redis_server.url, {})
    cache.here.clear()
    yield cache
    redis_server.stop()
    redis_server.start()


def test_while_redis_is_there_it_is_what_counts(cache):
    counted = [cache.add("n", 1), cache.add("n", 1), cache.incr("n"), cache.get("n")]

    assert counted == [True, False, 2, 2]
    assert cache.here.get("n") is None


def test_while_redis_is_away_this_process_counts_for_itself(cache, redis_server):
    cache.set("before", 1)
    redis_server.stop()

    counted = [cache.get("before"), cache.add("n", 1), cache.add("n", 1), cache.incr("n"), cache.get_many(["n"])]

    assert counted == [None, True, False, 2, {"n": 2}]


def test_redis_is_asked_again_after_a_moment(cache, redis_server, monkeypatch):
    redis_server.stop()
    cache.get("n")
    redis_server.start()
    at_once = cache.add("n", 1), cache.here.get("n")
    monkeypatch.setattr(redis_client.outage, "until", 0.0)

    later = cache.add("n", 5), cache.get("n")

    assert at_once == (True, 1)
    assert later == (True, 5)
