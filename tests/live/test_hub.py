"""The hub and the bus below it: who hears what, from where, and what happens when Redis goes."""

import asyncio
import threading

import pytest
from django.db import transaction

from cinema.realtime import BusLost, Hub, bus_answers, publish, publish_on_commit
from cinema.realtime.over_redis import Publisher


class Ear:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue = asyncio.Queue()
        self.lost = asyncio.Event()

    def on_event(self, topic: str, event: dict) -> None:
        self.heard.put_nowait((topic, event))

    def on_bus_lost(self) -> None:
        self.lost.set()

    async def next(self):
        return await asyncio.wait_for(self.heard.get(), 20)


class DeafEar(Ear):
    def on_event(self, topic: str, event: dict) -> None:
        raise ValueError("deaf")


async def test_an_event_reaches_every_listener_of_its_topic_and_no_other(hub):
    one, two, stranger = Ear(), Ear(), Ear()
    await hub.subscribe("room.a", one)
    await hub.subscribe("room.a", two)
    await hub.subscribe("room.b", stranger)

    publish("room.a", {"n": 1})

    assert await one.next() == ("room.a", {"n": 1})
    assert await two.next() == ("room.a", {"n": 1})
    assert stranger.heard.empty()


async def test_a_plain_thread_wakes_the_loop_at_once(hub):
    ear = Ear()
    await hub.subscribe("room.a", ear)

    threading.Thread(target=publish, args=("room.a", {"n": 1})).start()

    assert await ear.next() == ("room.a", {"n": 1})


async def test_one_listener_s_fault_keeps_nothing_from_the_others(hub):
    deaf, ear = DeafEar(), Ear()
    await hub.subscribe("room.a", deaf)
    await hub.subscribe("room.a", ear)

    publish("room.a", {"n": 1})

    assert await ear.next() == ("room.a", {"n": 1})


async def test_who_has_unsubscribed_hears_nothing(hub):
    gone, ear = Ear(), Ear()
    await hub.subscribe("room.a", gone)
    await hub.subscribe("room.a", ear)
    await hub.unsubscribe("room.a", gone)

    publish("room.a", {"n": 1})

    await ear.next()
    assert gone.heard.empty()


async def test_redis_brings_events_in_order(over_redis, hub):
    ear = Ear()
    await hub.subscribe("room.a", ear)

    for number in range(500):
        publish("room.a", {"n": number})

    assert [(await ear.next())[1]["n"] for _ in range(500)] == list(range(500))


async def test_text_that_cannot_be_written_stops_no_later_news(over_redis, hub):
    ear = Ear()
    await hub.subscribe("room.a", ear)

    publish("room.a", {"text": "\ud800"})
    publish("room.a", {"text": "sound"})

    assert [(await ear.next())[1]["text"] for _ in range(2)] == ["?", "sound"]


async def test_a_break_is_told_and_a_new_subscription_works_once_redis_is_back(over_redis, hub):
    ear = Ear()
    await hub.subscribe("room.a", ear)

    over_redis.stop()
    await asyncio.wait_for(ear.lost.wait(), 20)
    with pytest.raises(BusLost):
        await hub.subscribe("room.a", ear)
    answered_without = bus_answers()
    publish("room.a", {"while": "away"})
    over_redis.start()
    await hub.subscribe("room.a", ear)
    publish("room.a", {"and": "back"})
    heard = [await ear.next()]
    while heard[-1] != ("room.a", {"and": "back"}):
        heard.append(await ear.next())

    assert answered_without is False
    assert bus_answers() is True
    assert heard[:-1] in ([], [("room.a", {"while": "away"})])


async def test_hubs_of_two_loops_hear_one_another_over_redis(over_redis, hub):
    ear = Ear()
    await hub.subscribe("room.a", ear)

    def other_process() -> None:
        async def speak() -> None:
            other = Hub.current()
            await other.subscribe("room.a", Ear())
            publish("room.a", {"from": "other"})
            await other.close()

        asyncio.run(speak())

    await asyncio.to_thread(other_process)

    assert await ear.next() == ("room.a", {"from": "other"})


async def test_a_redis_that_hangs_is_waited_for_once_and_not_by_each_in_turn(hub):
    tried = []

    class HangingLine:
        async def subscribe(self, topic: str) -> None:
            tried.append(topic)
            await asyncio.sleep(0.05)
            raise BusLost("no answer")

        async def close(self) -> None:
            pass

    hub.line = HangingLine()

    ended = await asyncio.gather(
        *(hub.subscribe(f"user.{number}", Ear()) for number in range(5)), return_exceptions=True
    )

    assert [type(end) for end in ended] == [BusLost] * 5
    assert tried == ["user.0"]


def test_publishing_with_redis_away_neither_waits_nor_raises(over_redis):
    over_redis.stop()

    publish("room.a", {"n": 1})

    assert len(Publisher.of_this_process().waiting) <= 1


@pytest.mark.django_db(transaction=True)
def test_news_waits_for_the_commit_and_dies_with_a_rollback(monkeypatch):
    told: list = []
    monkeypatch.setattr("cinema.realtime.publishing.deliver_here", lambda topic, body: told.append((topic, body)))

    with transaction.atomic():
        publish_on_commit("room.a", {"n": 1})
        before = list(told)
    try:
        with transaction.atomic():
            publish_on_commit("room.a", {"n": 2})
            raise RuntimeError
    except RuntimeError:
        pass

    assert before == []
    assert told == [("room.a", '{"n":1}')]
