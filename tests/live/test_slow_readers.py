"""A peer that doesn't read: what is kept for it is bounded, and it learns why once it reads again."""

import asyncio
import json

import psutil
import pytest

from bench.wire import Wire, open_wire
from cinema.asgi import application
from cinema.realtime import publish, room_topic
from tests.live.people import film

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]  # what is kept for a peer is kept in a process


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


@pytest.fixture(scope="module", params=[0, 1], ids=["daphne", "uvicorn"])
def server(request, serve):
    """The product under each server it runs on, and the room of a film."""
    server = serve(workers=request.param)
    movie = server.shell("from tests.factories import a_movie\nprint(a_movie().pk)").splitlines()[-1]
    return server, f"movie-{movie}"


async def joined(port: int, room: str, *, small: bool = False) -> Wire:
    wire = await open_wire(port, "/ws/chat", small=small)
    wire.send(json.dumps({"type": "join", "room_id": room, "username": "u"}))
    await until(lambda: any(b'"joined"' in text for _, text in wire.frames))
    return wire


async def until(true) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.02)


async def test_a_real_server_closes_a_stalled_reader_with_4003_and_its_memory_stays_bounded(server):
    product, room = server
    process = psutil.Process(product.process.pid)
    talker, idler = await joined(product.port, room), await joined(product.port, room, small=True)
    heard = len(talker.frames)
    idler.transport.pause_reading()
    before = process.memory_info().rss
    for number in range(600):  # 3.6 MB, twenty of them on their way at a time
        talker.send(json.dumps({"type": "message", "room_id": room, "content": "影" * 2000, "username": "u"}))
        await until(lambda number=number: said(talker, heard) > number - 20)
    await until(lambda: said(talker, heard) == 600)
    grown = process.memory_info().rss - before
    idler.transport.resume_reading()
    await until(lambda: idler.lost or idler.closed)
    talker.transport.abort()

    assert idler.closed == 4003
    assert grown < 12 * 2**20


def said(talker: Wire, heard: int) -> int:
    return sum(b'"message"' in text for _, text in talker.frames[heard:])
