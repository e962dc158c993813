"""What a reader that stops reading costs a server, how it ends and what the others notice."""

import asyncio
import json
import statistics
from pathlib import Path

import psutil

from bench.crowds import crowd, hang_up, received, talk, until_all
from bench.wire import open_wire

MEBIBYTE = 2**20
A_SECOND, SECONDS = 12, 32


def memory_of(server: psutil.Process) -> int:
    """The memory that is the server's own (what it shares with others in parts, where the system says)."""
    about = server.memory_full_info()
    return getattr(about, "pss", about.uss)


def waiting_in_kernel(port: int) -> int:
    """Bytes that the kernel has taken from the server and not yet delivered (on Linux; else nothing is known)."""
    table = Path("/proc/net/tcp")
    lines = [line.split() for line in table.read_text().splitlines()[1:]] if table.exists() else []
    return sum(int(line[4].split(":")[0], 16) for line in lines if line[1].endswith(f":{port:04X}"))


async def stall(server: psutil.Process, port: int, rooms: list[str]) -> bool:
    """A reader in each of five busy rooms stops reading: what each costs, how it ends, what the others notice.

    Each in a room of its own, since what waits for several in one room is kept once. A first round in which everybody
    reads takes the memory that talking takes anyway.
    """
    peaks, filling = [], "影" * 1900
    talkers = [(await crowd(port, room, 4))[0] for room in rooms]
    for mark in ("warm", "load"):
        idlers = [await open_wire(port, "/ws/chat", small=True) for _ in rooms]
        for idler, room in zip(idlers, rooms, strict=True):
            idler.send(json.dumps({"type": "join", "room_id": room, "username": "idler"}))
        await asyncio.sleep(1)
        for idler in idlers if mark == "load" else ():
            idler.transport.pause_reading()
        talking = asyncio.gather(
            *(talk(wires, room, A_SECOND, SECONDS, mark, filling) for wires, room in zip(talkers, rooms, strict=True))
        )
        peak = 0
        while not talking.done():
            await asyncio.sleep(0.2)
            peak = max(peak, memory_of(server) + waiting_in_kernel(port))
        peaks.append(peak)
        sent = await talking
        for wires in talkers:
            await until_all(wires, A_SECOND * SECONDS * len(peaks), 30)
        for idler in idlers:
            idler.transport.resume_reading()
        await asyncio.sleep(3)
        if mark == "warm":
            await hang_up(idlers)
    rooms_heard = [[received(wire, "load") for wire in wires] for wires in talkers]
    complete = all(len(heard) == A_SECOND * SECONDS for room_heard in rooms_heard for heard in room_heard)
    delays = [
        at - times[int(frame["content"].split()[1])]
        for room_heard, times in zip(rooms_heard, sent, strict=True)
        for heard in room_heard
        for at, frame in heard
    ]
    codes = sorted({str(idler.closed or ("cut" if idler.lost else "open")) for idler in idlers})
    p99 = statistics.quantiles(delays, n=100)[98] * 1000
    each = (peaks[1] - peaks[0]) / len(idlers) / MEBIBYTE
    print(
        f"\nFive of 25 stop reading, each in a room with {A_SECOND} messages/s of 6 kB: "
        f"closed with {', '.join(codes)}; {each:.2f} MiB each at the worst, in the server and the kernel together; "
        f"the others got {'everything' if complete else 'NOT everything'}, p99 {p99:.0f} ms."
    )
    await hang_up([wire for wires in talkers for wire in wires])
    return complete and codes == ["4003"] and each <= 5
