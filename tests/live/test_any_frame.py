"""Frames nobody thought of, in any order, on all three sockets, as guest, customer and moderator: no fault of ours.

``FRAME_CASES`` says how many frames each sends. It is 150 unless said otherwise; for the long run:
``FRAME_CASES=5000 pytest tests/live/test_any_frame.py``, with ``FRAME_SEED`` for other ones.
"""

import json
import os
import random
from typing import Any

import pytest
from django.utils import timezone

from social.models import Party
from social.rooms import start_party
from tests.access.frames import FRAMES
from tests.factories import a_showtime
from tests.live.clients import Client
from tests.live.people import account, film, in_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
CASES, SEED = int(os.environ.get("FRAME_CASES", "150")), int(os.environ.get("FRAME_SEED", "1"))
KEYS = (
    *("id", "room_id", "username", "content", "client_msg_id", "reply_to", "position", "since_seq", "before_seq"),
    *("after_seq", "limit", "on", "message_id", "key", "op", "action", "user_id", "guest_id", "seconds", "reason"),
    *(
        "token",
        "lang",
        "current_time",
        "if_rev",
        "rate",
        "state",
        "drift_ms",
        "rtt_ms",
        "duration",
        "t0",
        "showtime_id",
    ),
)
ODD: list[Any] = [
    *(None, True, False, 0, 1, -1, 2**31, 2**63, -(2**63), 10**40, 0.1, -0.0, 1e308, float("nan"), float("inf")),
    *("", " ", "x", "x" * 2001, "\x00", "\ud800", "\u202e", "电影", "movie-1", "party-", "null", "%s", "{}", "'; --"),
    *([], [[]], {}, {"a": {"b": []}}, ["x"] * 50, "00000000-0000-4000-8000-000000000000"),
]
NO_FRAMES = ["", "{", "[]", "null", "0", '"x"', '{"type":null}', '{"type":"join","type":"leave"}', "[" * 500]


class Writer:
    """Makes up frames; half of what it says makes sense here."""

    def __init__(self, numbers: random.Random, path: str, sound: dict[str, list[Any]]) -> None:
        self.numbers, self.sound = numbers, sound
        self.kinds = [*FRAMES[path], "hello", "nonsense"]

    def frame(self) -> str:
        """The text of the next one."""
        if self.numbers.random() < 0.05:
            return self.numbers.choice(NO_FRAMES)
        keys = sorted({*self.sound, *self.numbers.sample(KEYS, self.numbers.randint(0, 8))})
        facts = {key: self.value(key) for key in keys if self.numbers.random() < 0.8}
        return json.dumps({"type": self.numbers.choice(self.kinds), **facts})

    def sound_frame(self, kind: str) -> str:
        """One of this kind in which everything makes sense."""
        return json.dumps({"type": kind, **{key: self.numbers.choice(values) for key, values in self.sound.items()}})

    def value(self, key: str) -> Any:
        """Something sound for this key, or anything."""
        if key in self.sound and self.numbers.random() < 0.6:
            return self.numbers.choice(self.sound[key])
        return self.numbers.choice(ODD)


@pytest.mark.parametrize("path", FRAMES)
@pytest.mark.parametrize("who", ["guest", "customer", "moderator"])
async def test_no_frame_meets_a_fault_or_ends_the_socket(hub, who, path):
    movie = await film()
    _user, header = await account(who, *(["moderate_room"] if who == "moderator" else []))
    host, _token = await account("host")
    facts = {"host": host, "movie": movie, "control": Party.Control.EVERYONE, "now": timezone.now()}
    party = await in_thread(start_party, **facts)
    showtime = await in_thread(a_showtime, movie=movie)
    sound = {
        "room_id": [f"movie-{movie.pk}", party.room.key],
        "username": ["visitor"],
        "content": ["hello"],
        "message_id": [1, 2, 3],
        "showtime_id": [showtime.pk],
        "position": [0, 1.5, 60],
        "current_time": [0, 1.5, 60],
        "action": ["mute", "timeout", "unmute", "ban", "unban", "kick", "slow_mode"],
        "user_id": [host.pk],
        "key": ["like"],
        "state": ["playing", "buffering", "ready"],
        "rate": [1, 1.5],
        "seconds": [0, 1],
    }
    writer = Writer(random.Random(f"{SEED} {who} {path}"), path, sound)
    answers: list[tuple[str, dict]] = []
    async with Client(path, headers={} if who == "guest" else header, subprotocols=["cinema.v2"]) as client:
        for case in range(CASES):
            kind = writer.kinds[case // 3 % len(writer.kinds)]
            text = writer.frame() if case % 3 else writer.sound_frame(kind)
            await client.send_raw(text_data=text)
            await client.send({"type": "nonsense", "id": "settled"})
            while (answer := await client.receive()).get("ref") != "settled":
                answers.append((text, answer))
                assert "closed" not in answer, text

    assert [(text, answer) for text, answer in answers if answer.get("code") == "server_fault"] == []
    assert {answer["type"] for _text, answer in answers} > {"error"}
