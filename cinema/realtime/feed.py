"""A feed: what one process knows of one topic, and the sockets here that follow it."""

import asyncio
import logging
from typing import Any, ClassVar, Self

from django.utils.translation import gettext_lazy as _

from cinema.realtime.hub import Hub
from cinema.realtime.socket import Close, Socket, encoded

logger = logging.getLogger(__name__)


class Feed:
    """One a topic a process, made by the first socket that enters and given up after the last has left."""

    open_feeds: ClassVar[dict[tuple[Hub, type, str], "Feed"]] = {}

    def __init__(self, hub: Hub, key: str) -> None:
        self.hub, self.key = hub, key
        self.members: dict[Socket, dict] = {}
        self.ready: asyncio.Future | None = None
        self.tasks: set[asyncio.Task] = set()

    @property
    def topic(self) -> str:
        """The topic it listens to."""
        raise NotImplementedError

    async def start(self) -> None:
        """Read what there is; called once the topic is subscribed."""

    @classmethod
    async def follow(cls, key: str, socket: Socket, **about: object) -> Self:
        """Let a socket follow; ``about`` is what the feed keeps of it. Raises BusLost."""
        hub = Hub.current()
        place = (hub, cls, key)
        feed: Any = cls.open_feeds.get(place)
        if feed is None:
            feed = cls.open_feeds[place] = cls(hub, key)
        feed.members[socket] = about
        try:
            await feed._opened()
        except BaseException:
            feed.members.pop(socket, None)
            if not feed.members or (feed.ready is not None and feed.ready.done()):
                feed._forget()
            raise
        return feed

    async def leave(self, socket: Socket) -> None:
        """Let a socket go; the last one ends the feed."""
        if self.members.pop(socket, None) is not None:
            self.member_left(socket)
        if not self.members and self.ready is not None:
            self._forget()
            self.stop_tasks()
            await self.hub.unsubscribe(self.topic, self)

    def member_left(self, socket: Socket) -> None:
        """A member went."""

    def spawn(self, coroutine) -> asyncio.Task:
        """Run something beside, for as long as the feed lives."""
        task = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            logger.error("The feed of %s failed", self.topic, exc_info=fault)
            self.on_bus_lost()

    def stop_tasks(self) -> None:
        """End what runs beside."""
        for task in list(self.tasks):
            task.cancel()

    def tell(self, frame: dict, *, full_only: bool = False, besides: Socket | None = None) -> None:
        """Queue one frame, encoded once, for every member."""
        text = encoded(frame)
        for socket in list(self.members):
            if socket is not besides and (socket.full or not full_only):
                socket.send_text(text)

    def on_event(self, topic: str, event: dict) -> None:
        """Take an event of the topic."""
        raise NotImplementedError

    def on_bus_lost(self) -> None:
        """What follows may be incomplete: every member is told to come back."""
        self._forget()
        self.stop_tasks()
        for socket in list(self.members):
            asyncio.ensure_future(  # noqa: RUF006 - it ends the socket, which ends with it
                socket.refuse("bus_lost", _("The connection was interrupted."), Close.BUS_LOST)
            )

    async def _opened(self) -> None:
        if self.ready is None:
            self.ready = asyncio.ensure_future(self._open())
        # Shielded: one member that goes while the feed opens must not close it for the others.
        await asyncio.shield(self.ready)

    async def _open(self) -> None:
        await self.hub.subscribe(self.topic, self)
        try:
            await self.start()
        except BaseException:
            self.stop_tasks()
            await self.hub.unsubscribe(self.topic, self)
            raise

    def _forget(self) -> None:
        place = (self.hub, type(self), self.key)
        if self.open_feeds.get(place) is self:
            del self.open_feeds[place]
