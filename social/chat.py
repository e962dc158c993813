"""Talking: a message is a row first, with the room's next number, and goes out once it is committed."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import Conflict, Forbidden, InvalidInput, NotFound
from cinema.realtime import publish_on_commit, room_topic
from social import frames
from social.measures import refuse_the_banned, refuse_the_silenced
from social.models import ChatMessage, Reaction, Room
from social.models.rooms import MESSAGE_LENGTH
from social.newcomers import guest_in
from social.playback import is_position
from social.rooms import room_of
from social.speakers import GuestDevice, Speaker, member

EDIT_MINUTES = 15
SIGNS = ("like", "love", "laugh", "wow", "sad", "cheer")
PAGE, ENTRY = 100, 50


class NotJoined(Conflict):
    """Whoever speaks must have entered the room."""

    code = "not_joined"
    message = _("Join the room first.")


class InvalidMessage(InvalidInput):
    """A message has between 1 and 2,000 characters."""

    code = "invalid_message"
    message = _("A message has between 1 and 2,000 characters.")


class InvalidPosition(InvalidInput):
    """A position is a point within the film."""

    code = "invalid_position"
    message = _("A position must lie within the film.")


class InvalidSign(InvalidInput):
    """Only a few signs can be put to a message."""

    code = "invalid_reaction"
    message = _("There is no such reaction.")


class NoSuchMessage(NotFound):
    """The room has no such message."""

    code = "no_such_message"
    message = _("There is no such message.")


class NotYourMessage(Forbidden):
    """Own messages can be changed for a quarter of an hour; moderators may delete any."""

    code = "not_your_message"
    message = _("This message can no longer be changed by you.")


class MessageIdTaken(Conflict):
    """Each message has a ``client_msg_id`` of its own; only a retry has one that was there before."""

    code = "message_id_taken"
    message = _("This message id belongs to another message.")


@transaction.atomic
def post_message(
    *,
    room: Room,
    speaker: Speaker,
    content: object,
    now: datetime,
    client_msg_id: uuid.UUID | None = None,
    reply_to: int | None = None,
    position: float | None = None,
) -> tuple[ChatMessage, bool]:
    """Say something; the answer tells whether it is a retry of what was said already.

    Raises InvalidMessage, InvalidPosition, LogInHere, MessageIdTaken, ShutOut, Silenced, TooSoon, NoSuchMessage.
    """
    text = readable_text(content)
    if position is not None and not is_position(position, room.movie.duration * 60.0):
        raise InvalidPosition
    # The room's row is locked until the commit: numbers have no gaps, and are committed in their order.
    locked = Room.objects.select_for_update().get(pk=room.pk)
    said = _said_before(room, speaker, client_msg_id)
    if said is not None:
        # Once more, since the sender tries again where something broke, perhaps between commit and news.
        _announce(room, said)
        return said, True
    refuse_the_silenced(room=locked, speaker=speaker, now=now)
    quoted = None if reply_to is None else message_in(room=room, message_id=reply_to)
    locked.last_seq += 1
    locked.save(update_fields=["last_seq"])
    row = ChatMessage.objects.create(
        room=locked,
        seq=locked.last_seq,
        user_id=speaker.user_id,
        author_key=speaker.key,
        author_place="" if speaker.device is None else speaker.device.place,
        author_name=speaker.name,
        role=speaker.role,
        content=text,
        reply_to=quoted,
        position=position,
        client_msg_id=client_msg_id,
        created_at=now,
    )
    _announce(room, row)
    return row, False


@transaction.atomic
def edit_message(*, room: Room, speaker: Speaker, message_id: object, content: object, now: datetime) -> ChatMessage:
    """Put own words differently, within 15 minutes. Raises NoSuchMessage, NotYourMessage, InvalidMessage, Silenced."""
    row = message_in(room=room, message_id=message_id)
    if not _is_still_own(row, speaker, now):
        raise NotYourMessage
    refuse_the_silenced(room=room, speaker=speaker, now=now, slow=False)
    row.content, row.edited_at = readable_text(content), now
    row.save(update_fields=["content", "edited_at"])
    _tell(room, {"type": "edit", "message_id": row.pk, "content": row.content, "ts": frames.milliseconds(now)})
    return row


@transaction.atomic
def delete_message(*, room: Room, speaker: Speaker, message_id: object, now: datetime) -> ChatMessage:
    """Take words back: one's own within 15 minutes, anybody's as a moderator. Raises NoSuchMessage, NotYourMessage."""
    row = message_in(room=room, message_id=message_id)
    if not speaker.moderates and not _is_still_own(row, speaker, now):
        raise NotYourMessage
    return erase(row=row, room=room, by=speaker.name, now=now)


@transaction.atomic
def erase(*, row: ChatMessage, room: Room, by: str, now: datetime) -> ChatMessage:
    """Blank a message for everybody; its number stays, so that nobody takes it for lost."""
    row.content, row.deleted_at = "", now
    row.save(update_fields=["content", "deleted_at"])
    _tell(room, {"type": "delete", "message_id": row.pk, "by": by})
    return row


@transaction.atomic
def react(*, room: Room, speaker: Speaker, message_id: object, sign: object, on: bool, now: datetime) -> ChatMessage:
    """Put a sign to a message, or take it off. Raises NoSuchMessage, InvalidSign, Forbidden for guests."""
    row = message_in(room=room, message_id=message_id)
    if speaker.user_id is None:
        raise Forbidden(_("Please log in first."))
    if sign not in SIGNS:
        raise InvalidSign
    refuse_the_silenced(room=room, speaker=speaker, now=now, slow=False)
    if on:
        Reaction.objects.get_or_create(message=row, user_id=speaker.user_id, sign=sign)
    else:
        Reaction.objects.filter(message=row, user_id=speaker.user_id, sign=sign).delete()
    fresh = ChatMessage.objects.prefetch_related("reactions").get(pk=row.pk)
    _tell(room, {"type": "react", "message_id": row.pk, "reactions": frames.reactions(fresh)})
    return fresh


def history(
    *, room: Room, after: int | None = None, before: int | None = None, limit: int = PAGE
) -> tuple[list[dict], bool]:
    """A page of the past in order, oldest first, and whether there is more in that direction."""
    limit = min(max(limit, 1), PAGE)
    rows = ChatMessage.objects.filter(room=room)
    chosen = rows.after(after) if after is not None else rows.before(2**62 if before is None else before)
    found = list(chosen.with_details()[: limit + 1])
    page, more = found[:limit], len(found) > limit
    if after is None:
        page.reverse()
    return [frames.remembered(row, room.key) for row in page], more


def catch_up(*, room: Room, since: int | None) -> tuple[list[dict], int]:
    """What someone who enters is told (the newest messages, or those after ``since``) and the newest number.

    The number is read first: everything up to it is in the answer, unless there is more than a page of it.
    """
    newest = last_seq(room_key=room.key)
    page, _more = history(room=room, after=since, limit=ENTRY if since is None else PAGE)
    reaches_end = since is None or len(page) < PAGE
    return page, max(newest, page[-1]["seq"]) if page and reaches_end else newest


def missed(*, room_key: str, after: int, upto: int | None = None) -> list[dict]:
    """Messages between two numbers, or all after one, for whoever may have missed their news."""
    rows = ChatMessage.objects.filter(room__key=room_key).after(after).select_related("reply_to")
    return [frames.message(row, room_key) for row in (rows if upto is None else rows.filter(seq__lte=upto))]


def last_seq(*, room_key: str) -> int:
    """The number of the room's newest message."""
    return Room.objects.filter(key=room_key).values_list("last_seq", flat=True).first() or 0


def message_in(*, room: Room, message_id: object) -> ChatMessage:
    """A message of this room that hasn't been deleted. Raises NoSuchMessage."""
    if isinstance(message_id, bool) or not isinstance(message_id, int) or not 0 < message_id < 2**63:
        raise NoSuchMessage
    row = ChatMessage.objects.filter(room=room, pk=message_id, deleted_at=None).first()
    if row is None:
        raise NoSuchMessage
    return row


def readable_text(content: object) -> str:
    """The trimmed text of a message. Raises InvalidMessage."""
    text = content.replace("\x00", "").strip() if isinstance(content, str) else ""
    if not 0 < len(text) <= MESSAGE_LENGTH:
        raise InvalidMessage
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair: JSON can carry it, nothing else can.
        raise InvalidMessage from None
    return text


def enter(*, key: str, user: User | None, device: GuestDevice, wished: object, now: datetime) -> tuple[Room, Speaker]:
    """The room, and who this account or guest is in it. Raises NoSuchRoom, ShutOut."""
    room = room_of(key=key, now=now)
    if user is None:
        speaker = guest_in(room=room, device=device, wished=wished, now=now)
    else:
        speaker = member(user=user, room=room)
    refuse_the_banned(room=room, speaker=speaker, now=now)
    return room, speaker


def _said_before(room: Room, speaker: Speaker, client_msg_id: uuid.UUID | None) -> ChatMessage | None:
    if client_msg_id is None:
        return None
    said = room.messages.filter(client_msg_id=client_msg_id).first()
    # A guest without a cookie comes back under another key; an account must be the same.
    if said is not None and said.user_id != speaker.user_id:
        raise MessageIdTaken
    return said


def _announce(room: Room, row: ChatMessage) -> None:
    publish_on_commit(room_topic(room.key), {"kind": "message", "seq": row.seq, "frame": frames.message(row, room.key)})


def _is_still_own(row: ChatMessage, speaker: Speaker, now: datetime) -> bool:
    # A guest's key names a browser or a socket, not a person: guests can't take words back.
    own = speaker.user_id is not None and row.user_id == speaker.user_id
    return own and now - row.created_at <= timedelta(minutes=EDIT_MINUTES)


def _tell(room: Room, frame: dict) -> None:
    publish_on_commit(room_topic(room.key), {"kind": "full", "frame": {**frame, "room_id": room.key}})
