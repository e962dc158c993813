"""``moderate`` frames as calls of the domain."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import InvalidInput
from social import chat, moderation
from social.models import Restriction, Room
from social.moderation import Target

DEFAULT_TIMEOUT, MAX_TIMEOUT = 300, 28 * 24 * 3600


class UnknownAction(InvalidInput):
    """There is no such measure, or it names nobody."""

    code = "unknown_action"
    message = _("There is no such measure.")


def moderate(*, room: Room, by: User, frame: dict, guests: dict[str, Target]) -> None:
    """Do what a moderator asks; ``guests`` are those here. Raises UnknownAction and what ``moderation`` raises."""
    now, action = timezone.now(), frame.get("action")
    if action == "slow_mode":
        moderation.set_slow_mode(room=room, seconds=frame.get("seconds"), by=by)
        return
    whom = {"room": room, "by": by, "now": now, "target": _target(room, frame, guests)}
    reason = frame.get("reason") if isinstance(frame.get("reason"), str) else ""
    match action:
        case "mute":
            moderation.mute(**whom, reason=reason)
        case "timeout":
            moderation.mute(**whom, reason=reason, until=now + timedelta(seconds=_seconds(frame)))
        case "ban":
            moderation.ban(**whom, reason=reason)
        case "unmute":
            moderation.lift(**whom, kind=Restriction.Kind.MUTE)
        case "unban":
            moderation.lift(**whom, kind=Restriction.Kind.BAN)
        case "kick":
            moderation.kick(**whom)
        case _:
            raise UnknownAction


def _target(room: Room, frame: dict, guests: dict[str, Target]) -> Target:
    guest = frame.get("guest_id")
    if isinstance(guest, str) and guest in guests:
        return guests[guest]
    if frame.get("message_id") is not None:
        row = chat.message_in(room=room, message_id=frame["message_id"])
        return Target(row.author_key, row.author_name, row.author_place)
    user_id = frame.get("user_id")
    if isinstance(user_id, bool) or not isinstance(user_id, int) or not 0 < user_id < 2**63:
        raise UnknownAction
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise UnknownAction
    return Target(f"u{user.pk}", user.username)


def _seconds(frame: dict) -> int:
    seconds = frame.get("seconds", DEFAULT_TIMEOUT)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds <= MAX_TIMEOUT:
        raise UnknownAction(_("A time-out has between 1 second and 28 days."))
    return seconds
