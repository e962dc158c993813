"""What moderators laid on somebody, asked before they read or speak."""

from datetime import datetime, timedelta
from math import ceil

from django.utils.translation import gettext_lazy as _

from cinema.errors import CinemaError, Forbidden
from social.models import Restriction, Room
from social.newcomers import refuse_newcomers
from social.speakers import Speaker


class Silenced(Forbidden):
    """A moderator has muted this person here."""

    code = "muted"
    message = _("You have been muted in this room.")


class ShutOut(Forbidden):
    """A moderator has banned this person from the room."""

    code = "banned"
    message = _("You have been banned from this room.")


class TooSoon(CinemaError):
    """Slow mode: not so fast. ``details['retry_after_ms']`` says how long to wait."""

    code = "slow_mode"
    message = _("Slow mode is on: please wait a moment.")
    http_status = 429


def refuse_the_banned(*, room: Room, speaker: Speaker, now: datetime) -> None:
    """Raises ShutOut for whoever may not even read here now."""
    banned = room.restrictions.standing(now).filter(author_key=speaker.key, kind=Restriction.Kind.BAN)
    if not speaker.moderates and banned.exists():
        raise ShutOut


def refuse_the_silenced(*, room: Room, speaker: Speaker, now: datetime, slow: bool = True) -> None:
    """Raises ShutOut, Silenced, LogInHere or TooSoon for whoever may not speak here now."""
    if speaker.moderates:
        return
    kinds = set(room.restrictions.standing(now).filter(author_key=speaker.key).values_list("kind", flat=True))
    if Restriction.Kind.BAN in kinds:
        raise ShutOut
    if Restriction.Kind.MUTE in kinds:
        raise Silenced
    refuse_newcomers(room=room, speaker=speaker, now=now)
    if slow and room.slow_seconds:
        since = now - timedelta(seconds=room.slow_seconds)
        last = room.messages.filter(author_key=speaker.key, created_at__gt=since).order_by("-seq").first()
        if last is not None:
            left = room.slow_seconds - (now - last.created_at).total_seconds()
            raise TooSoon(retry_after_ms=ceil(left * 1000))
