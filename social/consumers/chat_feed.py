"""One room's talk in one process: each message passed on once, in the order of its number."""

import asyncio
from math import inf

from django.db import Error as DatabaseFault

from cinema.realtime import room_topic
from cinema.realtime.database import in_database_thread
from cinema.realtime.socket import Socket, encoded
from social import chat
from social.consumers.presence import RoomFeed

LOOK_AGAIN_SECONDS = 15
AFTER_ALL = inf


class ChatFeed(RoomFeed):
    """What arrives out of turn is parked until what is missing has come, or was read from the database."""

    def __init__(self, hub, key: str) -> None:
        super().__init__(hub, key)
        self.last_seq = 0
        self.reading = True
        self.parked: dict[int, dict] = {}
        self.filling: asyncio.Task | None = None

    @property
    def topic(self) -> str:
        """The room's topic."""
        return room_topic(self.key)

    async def start(self) -> None:
        """From here on everything after the newest message is passed on."""
        self.last_seq = await in_database_thread(chat.last_seq)(room_key=self.key)
        self.reading = False
        self.parked = {seq: frame for seq, frame in self.parked.items() if seq > self.last_seq}
        self._pass_on()
        self.spawn(self._look_again())
        await super().start()

    def on_event(self, topic: str, event: dict) -> None:
        """A message, something for full clients, someone sent out, or who is here."""
        match event["kind"]:
            case "message":
                self._take(event["seq"], event["frame"])
            case "full":
                self._tell_full(event["frame"])
            case "typing":
                self._tell_typing(event)
            case "out":
                self.send_out(event)
            case "here" | "who":
                self.heard_presence(event)

    def _take(self, seq: int, frame: dict) -> None:
        if seq <= self.last_seq:
            return
        self.parked[seq] = frame
        if not self.reading:
            self._pass_on()

    def _pass_on(self) -> None:
        while (frame := self.parked.pop(self.last_seq + 1, None)) is not None:
            self.last_seq += 1
            text = encoded(frame)
            for socket, about in list(self.members.items()):
                if about["since"] is None:
                    about["held"].append((self.last_seq, text))
                elif self.last_seq > about["since"]:
                    socket.send_text(text)
        if self.parked and (self.filling is None or self.filling.done()):
            self.filling = self.spawn(self._fill_gap())

    async def _fill_gap(self) -> None:
        # Numbers are committed in order, so what is missing is a row already; its news is late or was lost.
        await asyncio.sleep(0.05)
        while self.parked:
            upto = max(self.parked)
            rows = await in_database_thread(chat.missed)(room_key=self.key, after=self.last_seq, upto=upto)
            self.parked = {seq: frame for seq, frame in self.parked.items() if seq > self.last_seq}
            self.parked = {frame["seq"]: frame for frame in rows if frame["seq"] > self.last_seq} | self.parked
            self._pass_on()
            if self.parked:
                await asyncio.sleep(0.2)

    async def _look_again(self) -> None:
        # News of the last message may be lost with the process that had it, and no later one shows the gap.
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            try:
                rows = await in_database_thread(chat.missed)(room_key=self.key, after=self.last_seq)
            except DatabaseFault:
                continue
            for frame in rows:
                self._take(frame["seq"], frame)

    def _tell_full(self, frame: dict) -> None:
        text = encoded(frame)
        for socket, about in list(self.members.items()):
            if socket.full and about["since"] is None:
                # It is being told what there is, which may have been read before this happened.
                about["held"].append((AFTER_ALL, text))
            elif socket.full:
                socket.send_text(text)

    def begin(self, socket: Socket, since: int) -> None:
        """A member has been told everything up to ``since``: pass on what came meanwhile."""
        about = self.members[socket]
        about["since"] = since
        for seq, text in about["held"]:
            if seq > since:
                socket.send_text(text)
        about["held"] = []

    def _tell_typing(self, event: dict) -> None:
        for socket, about in list(self.members.items()):
            if socket.full and about["id"] != event["socket"]:
                socket.send_frame(event["frame"])
