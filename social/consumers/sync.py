"""``/ws/sync``: watching together."""

from collections.abc import Callable
from typing import ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.consumers import IdentifiedSocket
from cinema.errors import CinemaError, Forbidden
from cinema.rate_limits import policy, take_async, try_take_async
from cinema.realtime import publish
from cinema.realtime.socket import Close, now_ms
from social import chat, moderation, playback
from social.consumers.guests import budget_key, guest_device, refuse_newcomer
from social.consumers.moderating import moderate
from social.consumers.sync_feed import SyncFeed, now_whole
from social.measures import ShutOut
from social.models import Party, Room
from social.newcomers import guest_in
from social.playback import Timeline
from social.rooms import StaleTimeline, room_of
from social.speakers import Speaker, member

STATES = frozenset({"loading", "ready", "playing", "paused", "buffering", "seeking", "ended"})


class NotInControl(Forbidden):
    """Someone else has the control of this party."""

    code = "not_in_control"
    message = _("Someone else controls this party.")


class InvalidRate(CinemaError):
    """A film plays at between a quarter and four times its speed."""

    code = "invalid_rate"
    message = _("The speed must lie between 0.25 and 4.")


class SyncSocket(IdentifiedSocket):
    """One player."""

    handlers: ClassVar[dict[str, str]] = {
        **IdentifiedSocket.handlers,
        "join": "on_join",
        "sync": "on_sync",
        "play": "on_play",
        "pause": "on_pause",
        "seek": "on_seek",
        "rate": "on_rate",
        "go_on": "on_go_on",
        "status": "on_status",
        "moderate": "on_moderate",
        "ping": "on_ping",
    }

    async def opened(self) -> None:
        """In no room yet."""
        self.feed: SyncFeed | None = None
        self.room: Room | None = None
        await super().opened()

    async def left(self) -> None:
        """Leave the room; nobody waits for this player any more."""
        await self._leave()
        await super().left()

    async def identified(self) -> None:
        """Logged in on the open socket."""
        if self.feed is not None:
            self.feed.members[self] |= {"speaker": await self._speaker(self.room, None), "member": budget_key(self)}
            self.feed.changed.set()

    async def sent_out(self, key: str, code: str) -> None:
        """A moderator sent this person out."""
        await self._leave()
        if code == "banned":
            await self.refuse(code, ShutOut.message, Close.BANNED)
        else:
            self.send_error(code, _("You have been sent out of the room."))

    def answer_refusal(self, refusal: CinemaError, ref: object) -> None:
        """A stale wish is answered with the state it missed as well."""
        super().answer_refusal(refusal, ref)
        if isinstance(refusal, StaleTimeline) and self.full:
            self.send_frame(refusal.details["state"])

    async def on_join(self, frame: dict) -> None:
        """``join {room_id, username}``: follow the room; a full client in a party is told its state."""
        await self._enter(frame)
        self._tell_joined(frame)

    async def on_sync(self, frame: dict) -> None:
        """``sync``: relayed in a film's room; in a party a report, or a seek of one who may control."""
        position = frame.get("current_time")
        enters = self.feed is None or self.room.key != frame.get("room_id")
        if enters:
            room = await self.ask(room_of, key=frame.get("room_id"), now=timezone.now())
            self._refuse_bad_position(position, room)
            await self._enter(frame)
        else:
            self._refuse_bad_position(position, self.room)
        if self.feed.party is None:
            await self._relay(frame, position)
        elif enters:
            self._tell_joined(frame)
            self._take_report(position)
        elif self._is_seek(position):
            await refuse_newcomer(self, self.room, self.feed.members[self])
            line = await self._change(self._seek_to(position))
            self._take_report(position, line.rev)
        else:
            self._take_report(position)

    async def on_play(self, frame: dict) -> None:
        """``play``: start, after waiting for those who load if the party waits."""
        loading = self._in_party().loading()
        await self._control(
            frame,
            lambda line, party, lead: playback.play(
                line, now=now_whole(), by=self._me.name, lead=lead, policy=party.wait, loading=loading
            ),
        )

    async def on_pause(self, frame: dict) -> None:
        """``pause``."""
        await self._control(frame, lambda line, party, lead: playback.pause(line, now=now_whole(), by=self._me.name))

    async def on_seek(self, frame: dict) -> None:
        """``seek {position}``."""
        position = frame.get("position")
        self._refuse_bad_position(position, self._in_party().party.room)
        if isinstance(frame.get("if_rev"), int):
            await self._control(frame, self._seek_to(position))
            return
        if not self._may_control():
            raise NotInControl
        await refuse_newcomer(self, self.room, self.feed.members[self])
        lead, seek = self.feed.lead(), self._seek_to(position)
        self.feed.seek_soon(lambda line, party: seek(line, party, lead), self, frame.get("id"))

    async def on_go_on(self, frame: dict) -> None:
        """``go_on``: play on without those who are waited for."""
        await self._control(
            frame, lambda line, party, lead: playback.go_on(line, now=now_whole(), by=self._me.name, lead=lead)
        )

    async def on_moderate(self, frame: dict) -> None:
        """``moderate {action, user_id or guest_id}``: of those who watch and never said a word, too."""
        if self.feed is None:
            raise chat.NotJoined
        if self.user is None:
            raise moderation.NotAModerator
        await self.ask(moderate, room=self.room, by=self.user, frame=frame, guests=self.feed.guests())
        if frame.get("id") is not None:
            self.send_frame({"type": "ack", "ref": frame["id"]})

    async def on_rate(self, frame: dict) -> None:
        """``rate {rate}``."""
        rate = frame.get("rate")
        if not playback.is_rate(rate):
            raise InvalidRate
        await self._control(
            frame, lambda line, party, lead: playback.set_rate(line, now=now_whole(), by=self._me.name, rate=rate)
        )

    async def on_status(self, frame: dict) -> None:
        """``status {state, position, drift_ms, rtt_ms, duration?}``: how this player is doing."""
        feed, state, trip = self._in_party(), frame.get("state"), frame.get("rtt_ms")
        if playback.is_position(trip, 60_000):
            feed.members[self]["rtt"] = round(float(trip), 1)
        if isinstance(state, str) and state in STATES and self.full:
            await feed.reported(self, state)
        if self._me.user_id == feed.party.host_id:
            await self._learn_length(feed, frame.get("duration"))

    async def on_ping(self, frame: dict) -> None:
        """``ping {id, t0}`` → ``pong``: the four stamps of NTP."""
        pong = {"type": "pong", "ref": frame.get("id"), "t0": frame.get("t0"), "t1": self.received_at}
        self.send_late(lambda: pong | {"t2": now_ms()})

    # --- in small ---

    @property
    def _me(self) -> Speaker:
        return self.feed.members[self]["speaker"]

    async def _enter(self, frame: dict) -> None:
        who = {"user": self.user, "device": guest_device(self), "wished": frame.get("username")}
        room, speaker = await self.ask(chat.enter, key=frame.get("room_id"), **who, now=timezone.now())
        if self.feed is not None and self.feed.key != room.key:
            await self._leave()
        if self.feed is None:
            about = {"id": self.id, "rtt": None, "stalled": False, "ready": not self.full, "since": now_ms()}
            self.feed = await SyncFeed.follow(room.key, self, **about, member=budget_key(self), report=None)
        self.feed.members[self] |= {"speaker": speaker, "name": frame.get("username")}
        self.room = room
        self.feed.changed.set()

    def _tell_joined(self, frame: dict) -> None:
        if self.feed.party is None:
            return
        if self.full:
            you = {"username": self._me.name, "user_id": self._me.user_id, "role": self._me.role}
            you["may_control"] = self._may_control()
            self.send_frame(self.feed.state() | {"ref": frame.get("id"), "you": you})
            # Who comes back at once changes nothing for the others, and would hear of nobody.
            self.send_frame(self.feed.presence())
        self.send_frame(self.feed.beat())

    def _take_report(self, position: float, rev: int | None = None) -> None:
        known = self.feed.line.rev if rev is None else rev
        self.feed.members[self]["report"] = playback.Report(position, now_whole(), known)

    def _is_seek(self, position: float) -> bool:
        last = self.feed.members[self]["report"]
        return self._may_control() and playback.is_seek(self.feed.line, last, position=position, now=now_whole())

    def _seek_to(self, position: float) -> Callable[[Timeline, Party, int], Timeline]:
        by = self._me.name
        return lambda line, party, lead: playback.seek(line, now=now_whole(), by=by, position=position, lead=lead)

    async def _leave(self) -> None:
        feed, self.feed = self.feed, None
        if feed is not None:
            try:
                await feed.caught_up(self.id)
            finally:
                # Even with the database away: a member that has gone must not stay in the list.
                await feed.leave(self)

    async def _speaker(self, room: Room, wished: object) -> Speaker:
        if self.user is not None:
            return await self.ask(member, user=self.user, room=room)
        return await self.ask(guest_in, room=room, device=guest_device(self), wished=wished, now=timezone.now())

    async def _relay(self, frame: dict, position: float) -> None:
        await refuse_newcomer(self, self.room, self.feed.members[self])
        if await try_take_async(policy.SYNC_FRAMES, self.caller):
            return  # the next one says where the player is by then
        about = self.feed.members[self]
        wished = frame.get("username")
        if self.user is None and wished != about["name"]:
            about |= {"name": wished, "speaker": await self._speaker(self.room, wished)}
        told = {"type": "sync", "room_id": self.room.key, "username": self._me.name, "current_time": position}
        told |= {"user_id": self._me.user_id, "guest": self._me.is_guest}
        publish(self.feed.topic, {"kind": "relay", "socket": self.id, "frame": told})

    async def _learn_length(self, feed: SyncFeed, length: object) -> None:
        # The stream itself knows best how long it is; only the host's word is taken for it.
        if not playback.is_position(length, playback.MAX_FILM_SECONDS) or not length:
            return
        if abs(feed.line.length - length) >= playback.LENGTH_GRAIN:
            await feed.change(lambda line, party: playback.set_length(line, now=now_whole(), length=float(length)))

    def _in_party(self) -> SyncFeed:
        if self.feed is None:
            raise chat.NotJoined
        if self.feed.party is None:
            raise NotInControl(_("Only a watch party has a control."))
        return self.feed

    def _may_control(self) -> bool:
        feed = self.feed
        return (
            feed.party.control == Party.Control.EVERYONE
            or self._me.user_id == feed.party.host_id
            or (not self._me.is_guest and feed.line.controller == self._me.key)
        )

    async def _control(self, frame: dict, change) -> None:
        self._in_party()
        if not self._may_control():
            raise NotInControl
        await refuse_newcomer(self, self.room, self.feed.members[self])
        await take_async(policy.CONTROLS, self.caller)
        if_rev = frame.get("if_rev")
        line = await self._change(change, if_rev if isinstance(if_rev, int) else None)
        if frame.get("id") is not None:
            self.send_frame({"type": "ack", "ref": frame["id"], "rev": line.rev})

    async def _change(self, change, if_rev: int | None = None) -> Timeline:
        lead = self.feed.lead()
        return await self.feed.change(lambda line, party: change(line, party, lead), if_rev)

    def _refuse_bad_position(self, position: object, room: Room) -> None:
        length = room.movie.duration * 60.0
        if self.feed is not None and self.feed.party is not None:
            length = max(length, self.feed.line.length)
        if not playback.is_position(position, length):
            raise chat.InvalidPosition
