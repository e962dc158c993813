"""An orderly end: when the server is asked to stop, every socket is first told to come back (4004).

The servers themselves end sockets their own way (uvicorn with 1012, daphne without a word), and no event of ASGI comes
before that. So the signal is taken before the server has it, and handed on once everybody has been told.
"""

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import ClassVar, Protocol

logger = logging.getLogger(__name__)

FAREWELL_SECONDS = 3.0
LAST_WORDS_SECONDS = 0.1  # for what has been written to leave the process


class Guest(Protocol):
    """Whoever is told."""

    async def told_to_come_back(self) -> None:
        """Close with 4004."""


class Farewell:
    """The open sockets of one event loop, and the server's own handlers of the signals."""

    of_loop: ClassVar[dict[asyncio.AbstractEventLoop, "Farewell"]] = {}

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.sockets: set[Guest] = set()
        self.leaving = False
        self.handlers: dict[int, Callable[[int, FrameType | None], object]] = {}
        self.saying: asyncio.Task | None = None

    @classmethod
    def current(cls) -> "Farewell":
        """That of the running event loop."""
        loop = asyncio.get_running_loop()
        for gone in [other for other in cls.of_loop if other.is_closed()]:
            del cls.of_loop[gone]
        return cls.of_loop.setdefault(loop, cls(loop))

    def enter(self, socket: Guest) -> None:
        """A socket has opened. With the first one the signals are taken: by then the server has its own handlers."""
        self.sockets.add(socket)
        if not self.handlers and threading.current_thread() is threading.main_thread():
            self._take_signals()

    def leave(self, socket: Guest) -> None:
        """A socket is gone."""
        self.sockets.discard(socket)

    def _take_signals(self) -> None:
        # Python's own handler means that there is no server: nothing comes after us that we had to come before.
        for number in (signal.SIGTERM, signal.SIGINT):
            handler = signal.getsignal(number)
            if callable(handler) and handler is not signal.default_int_handler:
                self.handlers[number] = handler
                signal.signal(number, self._asked_to_end)

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        if self.loop.is_closed():
            self.handlers[number](number, frame)
        elif not self.leaving:  # a service manager asks a worker twice, once by its parent
            self.leaving = True
            self.loop.call_soon_threadsafe(self._begin, number)

    def _begin(self, number: int) -> None:
        self.saying = self.loop.create_task(self._say(number), name="realtime-farewell")

    async def _say(self, number: int) -> None:
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    goodbyes = [socket.told_to_come_back() for socket in self.sockets]
                    await asyncio.gather(*goodbyes, return_exceptions=True)
                    await asyncio.sleep(LAST_WORDS_SECONDS)
        finally:
            self.handlers[number](number, None)
