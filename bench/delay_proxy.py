"""A TCP proxy that makes a line long: every byte comes later by half the round trip, give or take, in its order."""

import asyncio
import contextlib
import random
import threading


class DelayProxy:
    """Listens on ``port`` and hands on to ``target``; runs in a thread of its own."""

    def __init__(self, target: int, round_trip_ms: float, jitter_ms: float) -> None:
        self.target, self.round_trip_ms, self.jitter_ms = target, round_trip_ms, jitter_ms
        self.port = 0
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()

    def __enter__(self) -> "DelayProxy":
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self.ready.wait(5)
        return self

    def __exit__(self, *_why: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        self.loop.run_forever()
        server.close()
        for carrying in (tasks := asyncio.all_tasks(self.loop)):
            carrying.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=512)
        sender = asyncio.create_task(self._send(queue, writer))
        loop, last = asyncio.get_running_loop(), 0.0
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                last = max(last, loop.time() + self._delay())
                await queue.put((last, data))
        await queue.put((last, b""))
        await sender

    async def _send(self, queue: asyncio.Queue, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                if not data:
                    break
                writer.write(data)
                await writer.drain()
        writer.close()

    def _delay(self) -> float:
        jitter = random.uniform(-self.jitter_ms, self.jitter_ms) if self.jitter_ms else 0.0
        return max(0.0, (self.round_trip_ms + jitter) / 2000)
