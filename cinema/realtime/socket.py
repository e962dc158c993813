"""What every socket of the house does: read frames, answer, refuse, write through a bounded queue, close in time."""

import asyncio
import contextlib
import json
import logging
import sys
import time
import uuid
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from functools import partial
from typing import Any, ClassVar

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from cinema.errors import CinemaError, InvalidInput
from cinema.language import language_for
from cinema.rate_limits import policy
from cinema.rate_limits.limiter import counter
from cinema.realtime.bus import BusLost
from cinema.realtime.database import in_database_thread
from cinema.realtime.farewell import Farewell
from cinema.realtime.pressure import patient

logger = logging.getLogger(__name__)

V2 = "cinema.v2"
LARGEST_FRAME = 16 * 1024
QUEUE_FRAMES = 512
QUEUE_BYTES = 1024 * 1024
GOODBYE_SECONDS = 1.0
LATE_GOODBYE_SECONDS = 30.0  # for one that doesn't read now, but may wake up and should learn why


class Close(IntEnum):
    """Why a socket is closed: from 4000 come back later, from 4500 don't."""

    TOKEN_EXPIRED = 4001
    TOO_SLOW = 4003
    RESTARTING = 4004
    BUS_LOST = 4005
    FLOODING = 4029
    BAD_FRAME = 4500
    UNAUTHORISED = 4501
    BANNED = 4503
    NO_SUCH_ROOM = 4504
    TOO_LARGE = 4513


class BadFrame(InvalidInput):
    """What came is no frame this socket knows."""

    code = "bad_frame"
    message = _("This frame cannot be understood.")


class UnknownType(BadFrame):
    """The frame's type is unknown here."""

    code = "unknown_type"
    message = _("There is no such type of frame.")


def now_ms() -> float:
    """The server's clock in milliseconds since the epoch."""
    return round(time.time() * 1000, 3)


def encoded(frame: dict) -> str:
    """A frame as it goes over the wire."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


class Socket(AsyncWebsocketConsumer):
    """A socket that speaks JSON frames. A subclass names its frames in ``handlers``: type → method name."""

    channel_layer_alias = ""  # the hub does the fan-out
    handlers: ClassVar[dict[str, str]] = {}

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        """Serve one connection; ``cut_off`` ends it from within."""
        self.serving = asyncio.current_task()
        self.cut = False
        try:
            await super().__call__(scope, receive, patient(send))
        except asyncio.CancelledError:
            if not self.cut:
                raise
        finally:
            await self.clean_up()

    # --- opening and closing ---

    async def connect(self) -> None:
        """Accept, and let the subclass have its say."""
        self.full = V2 in self.scope.get("subprotocols", ())
        self.open = True
        self.queue: deque[str | Callable[[], dict]] = deque()
        self.queued_bytes = 0
        self.pending = asyncio.Event()
        self.id = uuid.uuid4().hex
        self.language = language_for(self.header("accept-language"))
        await self.accept(V2 if self.full else None)
        self.writer = asyncio.create_task(self._write())
        self.farewell = Farewell.current()
        self.farewell.enter(self)
        self.entered = not self.farewell.leaving
        await (self.opened() if self.entered else self.told_to_come_back())

    async def opened(self) -> None:
        """The socket has been accepted."""

    async def left(self) -> None:
        """The socket is gone, whichever way; called once."""

    async def clean_up(self) -> None:
        """Stop writing and let the subclass leave what it entered."""
        if getattr(self, "writer", None) is None:
            return
        self.open = False
        self.farewell.leave(self)
        self.writer.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await self.writer
        self.writer = None
        if self.entered:
            await self.left()

    async def refuse(self, code: str, message: object, close: Close) -> None:
        """Say why, and close."""
        if self.open:
            self.send_error(code, message)
            await self.say_goodbye(close)

    async def told_to_come_back(self) -> None:
        """The server is going: close, and no more than that, since a plain client is told nothing it didn't ask for."""
        await self.say_goodbye(Close.RESTARTING)

    async def say_goodbye(self, close: Close) -> None:
        """Write out what is queued, then close; a peer that doesn't read is cut off in the end."""
        if self.open:
            self.open = False
            await self._hang_up(close)

    async def _hang_up(self, close: Close) -> None:
        try:
            async with asyncio.timeout(LATE_GOODBYE_SECONDS if close is Close.TOO_SLOW else GOODBYE_SECONDS):
                while self.queue:
                    await asyncio.sleep(0.005)
                await self.close(int(close))
        except (TimeoutError, Exception):
            logger.debug("A peer didn't take its goodbye")
        self.cut_off()

    def cut_off(self) -> None:
        """End the connection although nobody has hung up."""
        self.open = False
        if self.serving is not None and not self.cut:
            self.cut = True
            self.serving.cancel()

    # --- reading ---

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame came: its handler is called, a refusal becomes an ``error`` frame."""
        self.received_at = now_ms()
        if not self.open:
            return
        if len(text_data or bytes_data or "") > LARGEST_FRAME or len((text_data or "").encode()) > LARGEST_FRAME:
            await self.refuse("too_large", _("A frame has 16 KiB at most."), Close.TOO_LARGE)
            return
        if settings.RATE_LIMITS and counter.take(policy.FRAMES, self.id):
            await self.refuse("flooding", _("Too many frames."), Close.FLOODING)
            return
        ref = None
        try:
            frame = self._parsed(text_data)
            ref = frame.get("id") if isinstance(frame.get("id"), str | int) else None
            self._learn_language(frame)
            if frame["type"] == "hello":
                self.full = True
                return
            name = self.handlers.get(frame["type"])
            if name is None:
                raise UnknownType
            await getattr(self, name)(frame)
        except Exception as fault:
            await self.failed(fault, ref)

    async def failed(self, fault: Exception, ref: object) -> None:
        """What was asked for could not be done: an error, or an end where only a new connection helps."""
        match fault:
            case CinemaError():
                self.answer_refusal(fault, ref)
            case BusLost():
                await self.refuse("bus_lost", _("The connection was interrupted."), Close.BUS_LOST)
            case OperationalError() | InterfaceError():
                # The database is away: whoever comes back joins anew and sends again what wasn't acknowledged.
                logger.warning("The database did not answer: %s", fault)
                await self.refuse("restarting", _("The connection was interrupted."), Close.RESTARTING)
            case _:
                logger.error("A frame brought a socket down", exc_info=fault)
                self.send_error("server_fault", _("Something went wrong here."), ref)

    def _learn_language(self, frame: dict) -> None:
        """A page may be in another language than its browser prefers: ``hello`` and ``join`` can name it."""
        lang = frame.get("lang")
        if frame["type"] in ("hello", "join") and isinstance(lang, str) and lang:
            self.language = language_for(lang[:100])

    def answer_refusal(self, refusal: CinemaError, ref: object) -> None:
        """A refusal by the domain as an ``error`` frame."""
        self.send_error(refusal.code, refusal.message, ref, refusal.details.get("retry_after_ms"))

    async def ask(self, function: Callable, **kwargs: Any) -> Any:
        """Call the domain in a thread that may use the database."""
        return await in_database_thread(partial(function, **kwargs))()

    def header(self, name: str) -> str:
        """A header of the upgrade, empty if it wasn't sent."""
        wanted = name.encode()
        return next((value.decode("latin-1") for key, value in self.scope["headers"] if key == wanted), "")

    # --- writing ---

    def send_frame(self, frame: dict) -> None:
        """Queue a frame for this socket alone."""
        self.send_text(encoded(frame))

    def send_text(self, text: str) -> None:
        """Queue an encoded frame; a socket that doesn't read is closed rather than fill memory."""
        if not self.open:
            return
        if len(self.queue) >= QUEUE_FRAMES or self.queued_bytes > QUEUE_BYTES:
            self.queue.clear()
            self.queued_bytes = 0
            self.open = False  # at once: nothing may follow upon a gap
            asyncio.ensure_future(self._hang_up(Close.TOO_SLOW))  # noqa: RUF006 - it ends this very socket
            return
        self.queue.append(text)
        self.queued_bytes += sys.getsizeof(text)  # a text of emoji takes four times its length
        self.pending.set()

    def send_late(self, frame: Callable[[], dict]) -> None:
        """Queue a frame that is made when it is written, for stamps that must be true."""
        if self.open:
            self.queue.append(frame)
            self.pending.set()

    def send_error(self, code: str, message: object, ref: object = None, retry_after_ms: object = None) -> None:
        """Queue an ``error`` frame in the client's language."""
        with override(self.language):
            frame: dict = {"type": "error", "code": code, "message": str(message)}
        if ref is not None:
            frame["ref"] = ref
        if retry_after_ms is not None:
            frame["retry_after_ms"] = retry_after_ms
        self.send_frame(frame)

    async def _write(self) -> None:
        try:
            while True:
                await self.pending.wait()
                self.pending.clear()
                while self.queue:
                    text = self.queue[0]
                    await self.send(text_data=text if isinstance(text, str) else encoded(text()))
                    if self.queue and self.queue[0] is text:
                        self.queue.popleft()
                        self.queued_bytes -= sys.getsizeof(text) if isinstance(text, str) else 0
        except asyncio.CancelledError:
            raise
        except Exception:
            # The server raises once the peer has gone; receive() hears of that by itself.
            self.open = False

    @staticmethod
    def _parsed(text: str | None) -> dict:
        try:
            frame = json.loads(text or "")
            if "\\u" in (text or ""):
                # Half a surrogate pair: JSON can carry it, no socket and no Redis can. It must not reach the others.
                json.dumps(frame, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise BadFrame from None
        if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
            raise BadFrame
        return frame
