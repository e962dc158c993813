"""What rooms tell their sockets, as it goes over the wire. Keys are part of the public protocol."""

from datetime import datetime

from social.models import ChatMessage, Party
from social.playback import Timeline

EXCERPT = 120


def milliseconds(moment: datetime) -> int:
    """A moment as milliseconds since the epoch."""
    return round(moment.timestamp() * 1000)


def message(row: ChatMessage, room_id: str) -> dict:
    """A message: what the documents promise, and more."""
    gone = row.deleted_at is not None
    frame: dict = {
        "type": "message",
        "room_id": room_id,
        "username": row.author_name,
        "content": "" if gone else row.content,
        "id": row.pk,
        "seq": row.seq,
        "ts": milliseconds(row.created_at),
        "user_id": row.user_id,
        "role": row.role,
        "guest": row.is_guest,
    }
    if row.reply_to is not None:
        frame["reply_to"] = row.reply_to_id
        quoted = "" if row.reply_to.deleted_at else row.reply_to.content[:EXCERPT]
        frame["reply"] = {"username": row.reply_to.author_name, "content": quoted}
    if row.position is not None:
        frame["position"] = row.position
    if row.client_msg_id is not None:
        frame["client_msg_id"] = str(row.client_msg_id)
    if row.edited_at is not None:
        frame["edited"] = True
    if gone:
        frame["deleted"] = True
    return frame


def remembered(row: ChatMessage, room_id: str) -> dict:
    """A message from the history: with the signs put to it."""
    frame = message(row, room_id)
    if signs := reactions(row):
        frame["reactions"] = signs
    return frame


def reactions(row: ChatMessage) -> dict[str, list[int]]:
    """Who put which sign to a message: sign → account ids."""
    found: dict[str, list[int]] = {}
    for one in row.reactions.all():
        found.setdefault(one.sign, []).append(one.user_id)
    return found


def state(party: Party, line: Timeline, room_id: str) -> dict:
    """The party's timeline for clients that follow it."""
    return {
        "type": "state",
        "room_id": room_id,
        "rev": line.rev,
        "media": party.room.movie.stream_url,
        "playing": line.playing,
        "position": line.position,
        "rate": line.rate,
        "at": line.at,
        "by": line.by,
        "reason": line.reason,
        "waiting_on": [one.name for one in line.waiting],
        "control": party.control,
        "host_id": party.host_id,
        "controller": line.controller or f"u{party.host_id}",
    }


def sync(line: Timeline, room_id: str, *, at: int) -> dict:
    """The same for plain clients, as it is at ``at``: they take ``current_time`` for where to be now."""
    return {
        "type": "sync",
        "room_id": room_id,
        "username": line.by,
        "current_time": line.position_at(at),
        "playing": line.playing,
        "rate": line.rate,
        "at": at,
        "rev": line.rev,
    }
