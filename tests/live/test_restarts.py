"""A server that is asked to end tells every socket to come back (4004) before it goes, and they do."""

import asyncio
import contextlib
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.fixtures.servers import daphne
from tests.live.followers import Crowd, beside

pytestmark = pytest.mark.once  # how a server ends is no matter of rows
JOIN = {"type": "join", "username": "u"}


@pytest.fixture(scope="module", params=[0, 2], ids=["daphne", "two uvicorn workers"])
def server(request, serve, redis_server):
    """The product under each server it runs on, and the room of a film."""
    server = serve(workers=request.param, REDIS_URL=redis_server.url, RATE_LIMITS="off")
    movie = server.shell("from tests.factories import a_movie\nprint(a_movie().pk)").splitlines()[-1]
    return server, f"movie-{movie}"


async def heard_to_the_end(url: str, room: str, inside: asyncio.Barrier) -> tuple[list[str], int | None]:
    """The types of what a plain client hears after it has joined, and how its socket was closed."""
    async with connect(f"{url}/ws/chat") as socket:
        await socket.send(json.dumps({**JOIN, "room_id": room}))
        await socket.send(json.dumps({"type": "nonsense"}))
        await socket.recv()
        await inside.wait()
        heard = []
        with contextlib.suppress(ConnectionClosed):
            async for text in socket:
                heard.append(json.loads(text)["type"])
    return heard, socket.close_code


async def test_every_socket_is_closed_with_4004_and_told_nothing_else(server):
    product, room = server
    inside = asyncio.Barrier(21)
    crowd = [asyncio.create_task(heard_to_the_end(product.ws_url, room, inside)) for _ in range(20)]
    async with asyncio.timeout(60):
        await inside.wait()
        await beside(product.stop)
        endings = await asyncio.gather(*crowd)
    await beside(product.start)

    assert endings == [([], 4004)] * 20


async def test_a_frame_of_two_megabytes_ends_its_sender_s_socket_and_disturbs_nobody(server):
    product, room = server
    async with connect(f"{product.ws_url}/ws/chat") as other, connect(f"{product.ws_url}/ws/chat") as sender:
        await other.send(json.dumps({**JOIN, "room_id": room}))
        with contextlib.suppress(ConnectionClosed):
            await sender.send("x" * 2_000_000)
            await sender.recv()
            await sender.recv()
        await other.send(json.dumps({"type": "message", "room_id": room, "content": "calm"}))
        heard = json.loads(await other.recv())

    # daphne takes a mebibyte at most and says nothing to what is beyond.
    assert sender.close_code == (1006 if product.command is daphne else 4513)
    assert heard["content"] == "calm"


async def test_a_restart_costs_no_message_and_doubles_none(server):
    product, room = server
    said = [f"{product.port} {number}" for number in range(40)]
    async with Crowd(room, [product.ws_url] * 10) as crowd:
        talking = asyncio.create_task(crowd.talk(said))
        await asyncio.sleep(0.3)
        await beside(product.stop)
        await beside(product.start)
        await talking
        heard = await crowd.everything_heard(len(said))

    assert sorted(heard[0]) == sorted(said)
    assert heard[1:] == heard[:1] * 9
