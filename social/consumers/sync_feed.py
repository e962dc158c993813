"""One room's playing in one process: relayed in a film's room, by the server's timeline in a party."""

import asyncio
import time
from collections.abc import Callable

from cinema.rate_limits import policy
from cinema.rate_limits.limiter import counter
from cinema.realtime.database import in_database_thread
from cinema.realtime.socket import Socket, now_ms
from social import frames, playback
from social.consumers.presence import RoomFeed
from social.models import Party
from social.playback import Timeline
from social.rooms import StaleTimeline, change_timeline, party_by_code, sync_topic, timeline_of

BEAT_SECONDS = 5
TICK_SECONDS = 0.5
LOOK_AGAIN_SECONDS = 15
SEEK_EVERY_SECONDS = 0.25
FRAMES_PER_STATE = 6  # what a player may send of its own accord upon each change by somebody else
STALLED = frozenset({"buffering", "loading"})


Seek = Callable[[Timeline, Party], Timeline]


class SyncFeed(RoomFeed):
    """Who watches in this room here, and in a party where the film is."""

    def __init__(self, hub, key: str) -> None:
        super().__init__(hub, key)
        self.party: Party | None = None
        self.line = Timeline()
        self.beat_at = 0.0
        self.seek_at = -SEEK_EVERY_SECONDS
        self.newest_seek: Seek | None = None
        self.seek_refs: list[tuple[Socket, object]] = []

    @property
    def topic(self) -> str:
        """The topic of those who watch."""
        return sync_topic(self.key)

    async def start(self) -> None:
        """Read where the film is, and keep time from here on."""
        kind, _dash, code = self.key.partition("-")
        if kind == "party":
            self.party = await in_database_thread(party_by_code)(code=code)
            read = timeline_of(self.party)
            # News that came while it was read may be newer.
            self.line = max(read, self.line, key=lambda line: line.rev)
            self.spawn(self._keep_time())
            self.spawn(self._look_again(code))
        await super().start()

    def on_event(self, topic: str, event: dict) -> None:
        """What someone sent, a change of the timeline, or who is here."""
        match event["kind"]:
            case "relay":
                for socket, about in list(self.members.items()):
                    if about["id"] != event["socket"]:
                        socket.send_frame(event["frame"])
            case "state":
                self._move_to(Timeline.from_json(event["line"]))
            case "out":
                self.send_out(event)
            case "here" | "who":
                self.heard_presence(event)

    def _move_to(self, line: Timeline) -> None:
        if line.rev > self.line.rev:
            self.line = line
            self.beat_at = time.monotonic()
            for socket in self.members:
                # Its player will jump, stall and report: nobody is closed as flooding for what others did.
                counter.give_back(policy.FRAMES, socket.id, FRAMES_PER_STATE)
            self.tell(self.state(), full_only=True)
            self.tell(self.beat())

    def about(self, socket: Socket) -> dict:
        """With how ready and how far away each member is."""
        mine = self.members[socket]
        trip = {key: mine[key] for key in ("ready", "rtt", "since", "member")}
        return super().about(socket) | trip

    def lead(self) -> int:
        """How far ahead a start must be set for those who are here."""
        return playback.lead_ms([person["rtt"] for person in self.people() if person.get("rtt") is not None])

    def loading(self) -> tuple[tuple[str, str, str], ...]:
        """Full members who have never been ready, as stragglers: key, name, and whose budget pays."""
        return tuple(
            (one["socket"], one["username"], one["member"]) for one in self.people() if not one.get("ready", True)
        )

    async def change(self, change, if_rev: int | None = None) -> Timeline:
        """Change the party's timeline. Raises StaleTimeline."""
        self.party, line = await in_database_thread(change_timeline)(
            party_id=self.party.pk, change=change, if_rev=if_rev
        )
        return line

    def seek_soon(self, seek: "Seek", socket: Socket, ref: object) -> None:
        """Seek at once, or, of many wishes within a moment, as the last one says; then acknowledge them all.

        Somebody holds an arrow key: everybody's players would have to follow thirty jumps a second.
        """
        first = self.newest_seek is None
        self.newest_seek = seek
        if ref is not None:
            self.seek_refs.append((socket, ref))
        if first:
            self.spawn(self._seek())

    async def _seek(self) -> None:
        await asyncio.sleep(max(0.0, self.seek_at + SEEK_EVERY_SECONDS - time.monotonic()))
        self.seek_at = time.monotonic()
        seek, self.newest_seek = self.newest_seek, None
        wished, self.seek_refs = self.seek_refs, []
        try:
            line = await self.change(seek)
        except Exception as fault:
            for socket, ref in wished:
                await socket.failed(fault, ref)
            return
        for socket, ref in wished:
            socket.send_frame({"type": "ack", "ref": ref, "rev": line.rev})

    def state(self) -> dict:
        """The ``state`` frame as it is now."""
        return frames.state(self.party, self.line, self.key)

    async def reported(self, socket: Socket, state: str) -> None:
        """A full member's player says how it is doing: only what changes the room is acted upon."""
        mine = self.members[socket]
        stalled, was_ready = state in STALLED, mine["ready"]
        if state == "seeking":
            return
        if mine["stalled"] == stalled and was_ready:
            return
        mine["stalled"] = stalled
        if not stalled:
            mine["ready"] = True
            if not was_ready:
                self.changed.set()
            await self.caught_up(mine["id"])
        elif was_ready and self.party.wait != Party.Wait.OFF:
            # Never for late joiners: who hasn't been in step yet stops nobody.
            who = {"key": mine["id"], "name": mine["speaker"].name, "member": mine["member"]}

            def stall(line: Timeline, party: Party) -> Timeline:
                return playback.stalled(line, now=now_whole(), policy=party.wait, **who)

            # A start may have been decided elsewhere and not been heard of here yet: only of a film known to play is it
            # certain that the budget is spent, and then the database needn't be asked.
            if not self.line.playing or stall(self.line, self.party) != self.line:
                await self.change(stall)

    async def caught_up(self, key: str) -> None:
        """Nobody needs to wait for this member any more."""
        if self.party is not None and any(one.key == key for one in self.line.waiting):
            lead = self.lead()
            await self.change(lambda line, party: playback.caught_up(line, now=now_whole(), key=key, lead=lead))

    def beat(self) -> dict:
        """Where the film is at this moment, or will be at a start to come, as a ``sync`` frame."""
        return frames.sync(self.line, self.key, at=max(now_whole(), self.line.at))

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if not any(self.speaker_of(socket) for socket in self.members):
                continue
            if self._passed(self.line, self.party) != self.line:
                try:
                    await self.change(self._passed)
                except StaleTimeline:
                    continue
            if self.line.playing and time.monotonic() - self.beat_at >= BEAT_SECONDS:
                self.beat_at = time.monotonic()
                self.tell(self.beat())

    async def _look_again(self, code: str) -> None:
        # News may be lost with the process that had it, between its commit and its telling.
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            self.party = await in_database_thread(party_by_code)(code=code)
            self._move_to(timeline_of(self.party))

    def _passed(self, line: Timeline, party: Party) -> Timeline:
        """What time and who is here make of the timeline."""
        now, people = now_whole(), self.people()
        host_here = any(person["user_id"] == party.host_id for person in people)
        accounts = sorted((one for one in people if one["user_id"] is not None), key=lambda one: one["since"])
        heir = f"u{accounts[0]['user_id']}" if accounts else ""
        line = playback.host_is(line, present=host_here, now=now, heir=heir)
        return playback.tick(line, now=now, lead=self.lead())


def now_whole() -> int:
    """The server's clock in whole milliseconds."""
    return round(now_ms())
