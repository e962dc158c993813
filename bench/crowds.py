"""Crowds of bare websocket clients that enter a room, talk, and remember what they were sent."""

import asyncio
import json
import time

from bench.wire import Wire, open_wire

SENDERS = 20


async def crowd(port: int, room: str, count: int, deflate: bool = False) -> tuple[list[Wire], float]:
    """Sockets that have joined a room, and how long that took."""
    began = time.perf_counter()
    wires: list[Wire] = []
    for start in range(0, count, 50):
        opening = [open_wire(port, "/ws/chat", deflate=deflate) for _ in range(min(50, count - start))]
        wires += await asyncio.gather(*opening)
    for number, wire in enumerate(wires):
        wire.send(json.dumps({"type": "join", "room_id": room, "username": f"guest {number}"}))
    while not all(any(b'"joined"' in frame for _, frame in wire.frames) for wire in wires):
        await asyncio.sleep(0.05)
        if time.perf_counter() - began > 120:
            raise SystemExit("Not everybody could come in within two minutes.")
    return wires, time.perf_counter() - began


async def talk(
    wires: list[Wire], room: str, a_second: int, seconds: float, mark: str, filling: str = ""
) -> list[float]:
    """Speak evenly, a few people in turn, without waiting for anybody; answers when each message was sent."""
    sent: list[float] = []
    began = time.perf_counter()
    for number in range(round(a_second * seconds)):
        await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
        frame = {"type": "message", "room_id": room, "username": f"guest {number % SENDERS}"}
        frame["content"] = f"{mark} {number} {filling}"
        sent.append(time.perf_counter())
        wires[number % min(SENDERS, len(wires))].send(json.dumps(frame))
    return sent


def received(wire: Wire, mark: str) -> list[tuple[float, dict]]:
    """The messages of this talk that one socket was sent."""
    frames = [(at, json.loads(text)) for at, text in wire.frames if b'"message"' in text]
    return [(at, frame) for at, frame in frames if frame.get("content", "").startswith(f"{mark} ")]


async def until_all(wires: list[Wire], count: int, seconds: float) -> None:
    """Wait until everybody has got so many messages, or nothing more comes."""
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        if all(sum(b'"message"' in text for _, text in wire.frames) >= count for wire in wires):
            return
        await asyncio.sleep(0.25)


async def hang_up(wires: list[Wire]) -> None:
    """Close all and let the server notice."""
    for wire in wires:
        wire.transport.abort()
    await asyncio.sleep(1)
