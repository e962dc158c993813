"""Keeping order in a room: muting, banning, sending out, slowing down. Live within a second."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import Forbidden, InvalidInput
from cinema.realtime import publish_on_commit, room_topic
from social.models import Restriction, Room
from social.rooms import sync_topic
from social.speakers import MODERATE

MAX_SLOW_SECONDS = 3600


class NotAModerator(Forbidden):
    """Only the house's moderators and a party's host keep order."""

    code = "not_a_moderator"
    message = _("You are not a moderator of this room.")


class CannotTouchModerator(Forbidden):
    """Those who keep order can't be muted or sent out."""

    code = "cannot_touch_moderator"
    message = _("A moderator cannot be muted or banned.")


class InvalidSlowMode(InvalidInput):
    """Slow mode is between 0 seconds and an hour."""

    code = "invalid_slow_mode"
    message = _("Slow mode is between 0 and 3600 seconds.")


@dataclass(frozen=True)
class Target:
    """Whom a measure is about; of a guest also the address, hashed, so that they don't come anew."""

    key: str
    name: str
    place: str = ""


@transaction.atomic
def mute(
    *, room: Room, target: Target, by: User, now: datetime, until: datetime | None = None, reason: str = ""
) -> Restriction:
    """Let someone read but not speak here, for good or until a time. Raises NotAModerator, CannotTouchModerator."""
    return _restrict(Restriction.Kind.MUTE, room, target, by, now, until, reason)


@transaction.atomic
def ban(
    *, room: Room, target: Target, by: User, now: datetime, until: datetime | None = None, reason: str = ""
) -> Restriction:
    """Shut someone out of this room; their sockets there close. Raises NotAModerator, CannotTouchModerator."""
    restriction = _restrict(Restriction.Kind.BAN, room, target, by, now, until, reason)
    _send_out(room, target.key, "banned")
    return restriction


@transaction.atomic
def lift(*, room: Room, target: Target, kind: str, by: User, now: datetime) -> int:
    """End every restriction of a kind for someone; answers how many there were. Raises NotAModerator."""
    _refuse_others(room, by)
    lifted = room.restrictions.standing(now).filter(author_key=target.key, kind=kind).update(lifted_at=now)
    _tell(room, f"un{kind}", by, target)
    return lifted


@transaction.atomic
def kick(*, room: Room, target: Target, by: User, now: datetime) -> None:
    """Send someone out of the room; they may come back. Raises NotAModerator, CannotTouchModerator."""
    _refuse_others(room, by)
    _spare_moderators(room, target)
    _tell(room, "kick", by, target)
    _send_out(room, target.key, "kicked")


@transaction.atomic
def set_slow_mode(*, room: Room, seconds: object, by: User) -> Room:
    """Have everyone wait so long between two messages; 0 ends it. Raises NotAModerator, InvalidSlowMode."""
    _refuse_others(room, by)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= MAX_SLOW_SECONDS:
        raise InvalidSlowMode
    Room.objects.filter(pk=room.pk).update(slow_seconds=seconds)
    room.slow_seconds = seconds
    _tell(room, "slow_mode", by, None, seconds=seconds)
    return room


def keeps_order(user: User, room: Room) -> bool:
    """Whether this account moderates the room: the house's moderators, and a party's host."""
    return user.has_perm(MODERATE) or (room.kind == Room.Kind.PARTY and room.party.host_id == user.pk)


def _restrict(
    kind: Restriction.Kind, room: Room, target: Target, by: User, now: datetime, until: datetime | None, reason: str
) -> Restriction:
    _refuse_others(room, by)
    _spare_moderators(room, target)
    room.restrictions.standing(now).filter(author_key=target.key, kind=kind).update(lifted_at=now)
    restriction = Restriction.objects.create(
        room=room,
        author_key=target.key,
        author_place=target.place,
        name=target.name,
        kind=kind,
        by=by,
        until=until,
        reason=reason.strip()[:200],
        created_at=now,
    )
    seconds = None if until is None else round((until - now).total_seconds())
    _tell(room, "timeout" if seconds and kind == Restriction.Kind.MUTE else kind, by, target, seconds=seconds)
    return restriction


def _refuse_others(room: Room, by: User) -> None:
    if not keeps_order(by, room):
        raise NotAModerator


def _spare_moderators(room: Room, target: Target) -> None:
    user_id = _user_id(target)
    if user_id is not None:
        user = User.objects.filter(pk=user_id).first()
        if user is not None and keeps_order(user, room):
            raise CannotTouchModerator


def _user_id(target: Target) -> int | None:
    return int(target.key[1:]) if target.key.startswith("u") else None


def _send_out(room: Room, author_key: str, code: str) -> None:
    for topic in (room_topic(room.key), sync_topic(room.key)):
        publish_on_commit(topic, {"kind": "out", "key": author_key, "code": code})


def _tell(room: Room, action: str, by: User, target: Target | None, seconds: int | None = None) -> None:
    frame: dict = {"type": "moderation", "room_id": room.key, "action": str(action), "by": by.username}
    if target is not None:
        frame |= {"username": target.name, "user_id": _user_id(target)}
    if seconds is not None:
        frame["seconds"] = seconds
    publish_on_commit(room_topic(room.key), {"kind": "full", "frame": frame})
