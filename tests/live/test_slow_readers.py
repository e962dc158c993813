"""A peer that doesn't read: what is kept for it is bounded, and it learns why once it reads again."""

import asyncio
import json

import pytest

from cinema.asgi import application
from cinema.realtime import publish, room_topic
from tests.live.people import film

pytestmark = pytest.mark.django_db(transaction=True)


class StalledPeer:
    """The server's side of a connection whose peer takes nothing while ``reads`` is not set."""

    def __init__(self) -> None:
        self.said: asyncio.Queue = asyncio.Queue()
        self.heard: list[dict] = []
        self.reads = asyncio.Event()
        self.reads.set()
        scope = {"type": "websocket", "path": "/ws/chat", "headers": [], "subprotocols": ["cinema.v2"]}
        self.served = asyncio.ensure_future(application(scope, self.said.get, self._take))

    async def _take(self, event: dict) -> None:
        await self.reads.wait()
        self.heard.append(event)

    async def until(self, kind: str) -> None:
        """Wait until an event or a frame of this type has come."""
        async with asyncio.timeout(5):
            while kind not in {event["type"] for event in self.heard} | {frame["type"] for frame in self.frames()}:
                await asyncio.sleep(0.01)

    def frames(self) -> list[dict]:
        """The frames that have come."""
        return [json.loads(event["text"]) for event in self.heard if event["type"] == "websocket.send"]


async def test_a_reader_that_stalls_for_long_is_closed_with_4003_once_it_reads_again(hub):
    room = f"movie-{(await film()).pk}"
    peer = StalledPeer()
    peer.said.put_nowait({"type": "websocket.connect"})
    peer.said.put_nowait({"type": "websocket.receive", "text": json.dumps({"type": "join", "room_id": room})})
    await peer.until("joined")

    peer.reads.clear()
    for number in range(600):
        publish(room_topic(room), {"kind": "full", "frame": {"type": "noise", "number": number}})
    await asyncio.sleep(1.5)
    peer.reads.set()
    await peer.until("websocket.close")
    peer.served.cancel()

    assert peer.heard[-1] == {"type": "websocket.close", "code": 4003}
    assert [frame["number"] for frame in peer.frames() if frame["type"] == "noise"] in ([], [0])
