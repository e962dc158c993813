"""``/ws/chat``: talk about films."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.consumers import IdentifiedSocket
from cinema.errors import Forbidden
from cinema.rate_limits import RateLimited, policy, take_async, try_take_async
from cinema.realtime import publish
from cinema.realtime.socket import BadFrame, Close
from social import chat, frames, moderation
from social.consumers.chat_feed import ChatFeed
from social.consumers.guests import guest_device
from social.consumers.moderating import moderate
from social.measures import ShutOut
from social.models import Room
from social.models.rooms import MESSAGE_LENGTH
from social.newcomers import guest_in
from social.speakers import Speaker, member

ROOMS_PER_SOCKET = 8
OWN_PACE = policy.MESSAGES[0]


class LogInToWrite(Forbidden):
    """Guests may not do this here."""

    code = "login_required"
    message = _("Please log in first.")


class ChatSocket(IdentifiedSocket):
    """One window of one person."""

    handlers: ClassVar[dict[str, str]] = {
        **IdentifiedSocket.handlers,
        "join": "on_join",
        "leave": "on_leave",
        "message": "on_message",
        "history": "on_history",
        "typing": "on_typing",
        "react": "on_react",
        "edit": "on_edit",
        "delete": "on_delete",
        "moderate": "on_moderate",
    }

    async def opened(self) -> None:
        """Nothing joined yet."""
        self.feeds: dict[str, ChatFeed] = {}
        await super().opened()

    async def left(self) -> None:
        """Leave every room."""
        for feed in list(self.feeds.values()):
            await feed.leave(self)
        self.feeds.clear()
        await super().left()

    async def identified(self) -> None:
        """Logged in on the open socket: from now on the account speaks in every room joined."""
        for feed in list(self.feeds.values()):
            feed.members[self]["speaker"] = await self._speaker(feed.members[self]["room"], None)
            feed.changed.set()

    async def sent_out(self, key: str, code: str) -> None:
        """A moderator sent this person out of a room."""
        feed = self.feeds.pop(key, None)
        if feed is None:
            return
        await feed.leave(self)
        if code == "banned":
            await self.refuse(code, ShutOut.message, Close.BANNED)
        else:
            self.send_error(code, _("You have been sent out of the room."))

    async def on_join(self, frame: dict) -> None:
        """``join {room_id, username}``: hear the room; a full client learns what it missed."""
        if settings.CHAT_GUESTS == "off" and self.user is None:
            raise LogInToWrite
        who = {"user": self.user, "device": guest_device(self), "wished": frame.get("username")}
        room, speaker = await self.ask(chat.enter, key=frame.get("room_id"), **who, now=timezone.now())
        if len(self.feeds) >= ROOMS_PER_SOCKET and room.key not in self.feeds:
            raise RateLimited(_("Too many rooms at once."))
        feed = self.feeds.get(room.key)
        if feed is None:
            feed = await ChatFeed.follow(room.key, self, id=self.id, since=None, held=[])
            self.feeds[room.key] = feed
        about = feed.members.setdefault(self, {"id": self.id, "held": []})
        about |= {"room": room, "speaker": speaker, "name": frame.get("username"), "since": None}
        feed.changed.set()
        feed.begin(self, await self._tell_joined(frame, room, speaker, feed))

    async def on_leave(self, frame: dict) -> None:
        """``leave {room_id}``: hear the room no more."""
        feed = self._feed(frame)
        del self.feeds[feed.key]
        await feed.leave(self)

    async def on_message(self, frame: dict) -> None:
        """``message``: a row first; everyone in the room hears of it once it is committed."""
        feed = self._feed(frame)
        self._refuse_reading_guest()
        await self._take_turn()
        speaker = await self._current_speaker(feed, frame)
        row, duplicate = await self.ask(
            chat.post_message,
            room=feed.members[self]["room"],
            speaker=speaker,
            content=frame.get("content"),
            client_msg_id=_uuid(frame.get("client_msg_id")),
            reply_to=frame.get("reply_to"),
            position=frame.get("position"),
            now=timezone.now(),
        )
        if self.full:
            ack = {"type": "ack", "ref": frame.get("id"), "id": row.pk, "seq": row.seq}
            self.send_frame(ack | {"ts": frames.milliseconds(row.created_at), "duplicate": duplicate})

    async def on_history(self, frame: dict) -> None:
        """``history``: a page of the past."""
        feed = self._feed(frame)
        numbers = {name: _number(frame.get(name)) for name in ("before_seq", "after_seq", "limit")}
        messages, more = await self.ask(
            chat.history,
            room=feed.members[self]["room"],
            after=numbers["after_seq"],
            before=numbers["before_seq"],
            limit=chat.PAGE if numbers["limit"] is None else numbers["limit"],
        )
        self.send_frame(
            {"type": "history", "ref": frame.get("id"), "room_id": feed.key, "messages": messages, "more": more}
        )

    async def on_typing(self, frame: dict) -> None:
        """``typing {on}``: passed on to full clients, kept nowhere."""
        feed = self._feed(frame)
        self._refuse_reading_guest()
        if await try_take_async(policy.TYPING, self.caller):
            return  # it says nothing that the last one didn't
        speaker = feed.members[self]["speaker"]
        told = {"type": "typing", "room_id": feed.key, "username": speaker.name, "user_id": speaker.user_id}
        told["on"] = frame.get("on") is not False
        publish(feed.topic, {"kind": "typing", "socket": self.id, "frame": told})

    async def on_react(self, frame: dict) -> None:
        """``react {message_id, key, op}``: put a sign to a message, or take it off."""
        feed = self._feed(frame)
        await self._take_turn()
        about = await self._about(feed, frame)
        await self.ask(chat.react, **about, sign=frame.get("key"), on=frame.get("op") != "remove")
        self._done(frame)

    async def on_edit(self, frame: dict) -> None:
        """``edit {message_id, content}``."""
        feed = self._feed(frame)
        await self._take_turn()
        await self.ask(chat.edit_message, **await self._about(feed, frame), content=frame.get("content"))
        self._done(frame)

    async def on_delete(self, frame: dict) -> None:
        """``delete {message_id}``."""
        await self.ask(chat.delete_message, **await self._about(self._feed(frame), frame))
        self._done(frame)

    async def on_moderate(self, frame: dict) -> None:
        """``moderate {room_id, action, message_id, user_id or guest_id, seconds?, reason?}``."""
        feed = self._feed(frame)
        if self.user is None:
            raise moderation.NotAModerator
        await self.ask(moderate, room=feed.members[self]["room"], by=self.user, frame=frame, guests=feed.guests())
        self._done(frame)

    # --- in small ---

    def _feed(self, frame: dict) -> ChatFeed:
        key = frame.get("room_id")
        feed = self.feeds.get(key) if isinstance(key, str) else None
        if feed is None and key is None and len(self.feeds) == 1:
            feed = next(iter(self.feeds.values()))
        if feed is None or self not in feed.members:
            raise chat.NotJoined
        return feed

    async def _speaker(self, room: Room, wished: object) -> Speaker:
        if self.user is not None:
            return await self.ask(member, user=self.user, room=room)
        return await self.ask(guest_in, room=room, device=guest_device(self), wished=wished, now=timezone.now())

    async def _current_speaker(self, feed: ChatFeed, frame: dict) -> Speaker:
        about = feed.members[self]
        wished = frame.get("username")
        if self.user is None and isinstance(wished, str) and wished.strip() and wished != about["name"]:
            about |= {"name": wished, "speaker": await self._speaker(about["room"], wished)}
            feed.changed.set()
        return about["speaker"]

    def _refuse_reading_guest(self) -> None:
        if self.user is None and settings.CHAT_GUESTS != "write":
            raise LogInToWrite

    async def _take_turn(self) -> None:
        # One allowance a person, however many windows, at whichever process; and one for all behind an address.
        await take_async(policy.GUEST_MESSAGES if self.user is None else policy.MESSAGES, self.caller)

    async def _about(self, feed: ChatFeed, frame: dict) -> dict:
        about = feed.members[self]
        speaker = await self._speaker(about["room"], about["name"])
        return {"room": about["room"], "speaker": speaker, "message_id": frame.get("message_id"), "now": timezone.now()}

    def _done(self, frame: dict) -> None:
        if frame.get("id") is not None:
            self.send_frame({"type": "ack", "ref": frame["id"]})

    async def _tell_joined(self, frame: dict, room: Room, speaker: Speaker, feed: ChatFeed) -> int:
        if not self.full:
            return await self.ask(chat.last_seq, room_key=room.key)
        messages, last_seq = await self.ask(chat.catch_up, room=room, since=_number(frame.get("since_seq")))
        self.send_frame(
            {
                "type": "joined",
                "ref": frame.get("id"),
                "room_id": room.key,
                "you": {
                    "user_id": speaker.user_id,
                    "username": speaker.name,
                    "role": speaker.role,
                    "guest": speaker.is_guest,
                },
                "last_seq": last_seq,
                "messages": messages,
                "presence": feed.presence(),
                "limits": {
                    "at_once": OWN_PACE.amount,
                    "a_second": OWN_PACE.amount // OWN_PACE.seconds,
                    "length": MESSAGE_LENGTH,
                    "slow_seconds": room.slow_seconds,
                },
            }
        )
        return last_seq


def _number(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**62:
        raise BadFrame
    return value


def _uuid(value: object) -> uuid.UUID | None:
    if value is None:
        return None
    try:
        return uuid.UUID(value)  # type: ignore[arg-type]
    except (ValueError, AttributeError, TypeError):
        raise BadFrame from None
