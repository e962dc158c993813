"""``/ws/seats``: the seat map of a showtime, live. Public and read only."""

import asyncio
from datetime import timedelta
from typing import ClassVar

from django.utils import timezone

from accounts.consumers import IdentifiedSocket
from cinema.clock import after, elapsed
from cinema.errors import CinemaError
from cinema.realtime import showtime_topic
from cinema.realtime.database import in_database_thread
from cinema.realtime.feed import Feed
from cinema.realtime.socket import Socket, encoded
from ticketing.programme.showtimes import ShowtimeNotFound
from ticketing.sale.livemap import Snapshot, holders, snapshot
from ticketing.sale.seatmap import HELD

AFTER_RELEASE = timedelta(milliseconds=50)
NO_SUCH_SHOWTIME = "no_such_showtime"  # what the protocol calls ShowtimeNotFound
LOOK_AGAIN_SECONDS = 15.0  # news may be lost with the process that had it


class SeatsFeed(Feed):
    """One showtime's map in this process. Events are applied in order; a gap, or a hold's end, is read afresh."""

    def __init__(self, hub, key: str) -> None:
        super().__init__(hub, key)
        self.showtime_id = int(key)
        self.map = Snapshot(seq=0, statuses={})
        self.events: asyncio.Queue[dict] = asyncio.Queue()
        self.turn = asyncio.Lock()

    @property
    def topic(self) -> str:
        """The showtime's topic."""
        return showtime_topic(self.showtime_id)

    async def start(self) -> None:
        """Read the map and follow the events. Raises ShowtimeNotFound."""
        self.map = await self._read()
        self.spawn(self._keep_up())

    def on_event(self, topic: str, event: dict) -> None:
        """Put a change in line."""
        self.events.put_nowait(event)

    async def show(self, socket: Socket) -> None:
        """Send the whole map to one socket, as it is now."""
        async with self.turn:
            await self._refresh()
            self.members[socket]["shown"] = True
            socket.send_frame(self._whole(self._account_of(socket)))

    async def _keep_up(self) -> None:
        while True:
            try:
                event = await asyncio.wait_for(self.events.get(), self._seconds_to_release())
            except TimeoutError:
                event = None
            try:
                async with self.turn:
                    await (self._refresh() if event is None else self._apply(event))
            except ShowtimeNotFound:
                self.map.next_release = None
                for socket in list(self.members):
                    socket.send_error(NO_SUCH_SHOWTIME, ShowtimeNotFound.message)

    async def _apply(self, event: dict) -> None:
        seq = event.get("seq")
        if seq is not None and seq <= self.map.seq:
            return
        if seq != self.map.seq + 1:
            await self._refresh()
            return
        changed = {seat["seat_id"]: seat["status"] for seat in event["seats"]}
        for seat_id in changed:
            self.map.holders.pop(seat_id, None)
        if held := [seat_id for seat_id, status in changed.items() if status == HELD]:
            found, release = await in_database_thread(holders)(
                showtime_id=self.showtime_id, seat_ids=held, now=timezone.now()
            )
            if len(found) != len(held):
                # More has happened since: sold, or run out before its news came.
                await self._refresh()
                return
            self.map.holders |= found
            self.map.next_release = min(filter(None, (release, self.map.next_release)), default=None)
        self.map.seq = seq
        self.map.statuses |= changed
        self._tell_change(changed)

    async def _refresh(self) -> None:
        before, self.map = self.map, await self._read()
        if self.map.seq == before.seq and self.map.statuses.keys() == before.statuses.keys():
            changed = {seat: now for seat, now in self.map.statuses.items() if now != before.statuses[seat]}
            if changed:
                self._tell_change(changed)
        else:
            self._tell_each(self._whole)

    async def _read(self) -> Snapshot:
        return await in_database_thread(snapshot)(showtime_id=self.showtime_id, now=timezone.now())

    def _seconds_to_release(self) -> float:
        if self.map.next_release is None:
            return LOOK_AGAIN_SECONDS
        seconds = elapsed(timezone.now(), after(self.map.next_release, AFTER_RELEASE)).total_seconds()
        return min(max(0.0, seconds), LOOK_AGAIN_SECONDS)

    def _tell_change(self, changed: dict[int, str]) -> None:
        self._tell_each(lambda account: {"type": "change", "seq": self.map.seq, "seats": self._seats(changed, account)})

    def _tell_each(self, frame_for) -> None:
        # One text for everybody, and one of their own for those who hold a seat.
        texts: dict[int | None, str] = {}
        holding = set(self.map.holders.values()) - {None}
        for socket, about in list(self.members.items()):
            if not about.get("shown"):
                continue
            account = self._account_of(socket)
            account = account if account in holding else None
            if account not in texts:
                texts[account] = encoded(frame_for(account))
            socket.send_text(texts[account])

    def _whole(self, account: int | None) -> dict:
        seats = self._seats(self.map.statuses, account)
        return {"type": "seats", "showtime_id": self.showtime_id, "seq": self.map.seq, "seats": seats}

    def _seats(self, statuses: dict[int, str], account: int | None) -> list[dict]:
        told = []
        for seat_id, status in statuses.items():
            seat: dict = {"seat_id": seat_id, "status": status}
            if status == HELD and account is not None and self.map.holders.get(seat_id) == account:
                seat["mine"] = True
            told.append(seat)
        return told

    @staticmethod
    def _account_of(socket: Socket) -> int | None:
        return socket.user.pk if socket.user is not None else None  # type: ignore[attr-defined]


class SeatsSocket(IdentifiedSocket):
    """A page that shows a seat map."""

    handlers: ClassVar[dict[str, str]] = {**IdentifiedSocket.handlers, "watch": "on_watch"}
    feed: SeatsFeed | None = None

    async def on_watch(self, frame: dict) -> None:
        """``watch {showtime_id}``: the whole map, then every change. Raises ShowtimeNotFound."""
        showtime_id = frame.get("showtime_id")
        if isinstance(showtime_id, bool) or not isinstance(showtime_id, int) or not 0 < showtime_id < 2**63:
            raise ShowtimeNotFound
        if self.feed is None or self.feed.showtime_id != showtime_id:
            await self._leave()
            self.feed = await SeatsFeed.follow(str(showtime_id), self)
        await self.feed.show(self)

    def answer_refusal(self, refusal: CinemaError, ref: object) -> None:
        """A refusal as an ``error`` frame, in the protocol's own word where it has one."""
        if isinstance(refusal, ShowtimeNotFound):
            self.send_error(NO_SUCH_SHOWTIME, refusal.message, ref)
        else:
            super().answer_refusal(refusal, ref)

    async def left(self) -> None:
        """Stop watching."""
        await self._leave()
        await super().left()

    async def _leave(self) -> None:
        feed, self.feed = self.feed, None
        if feed is not None:
            await feed.leave(self)
