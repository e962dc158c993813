"""Guests who come anew from where a guest was shut out: they may read, and take part once they have logged in.

A guest is known by a browser's cookie, which is thrown away in a moment, or by nothing but an open socket. So a
measure against one also holds, for a day at most, for whoever appears at the same address after it. Those who were
there before, with a cookie or a socket of their own, go on as they were: behind an address there may be a family or a
school. Only where three guests of an address have been shut out does it hold for all guests there, since cookies can
be laid in.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from cinema.clock import before
from cinema.errors import Forbidden
from social.models import Room
from social.speakers import GuestDevice, Speaker, guest

LASTS = timedelta(hours=24)
SHUT_OUT_TOGETHER = 3
NAMELESS = "guest"


class LogInHere(Forbidden):
    """A guest of this address was shut out lately."""

    code = "login_required"
    message = _("Somebody at your address was shut out of this room. Please log in to take part.")


def guest_in(*, room: Room, device: GuestDevice, wished: object, now: datetime) -> Speaker:
    """A guest in a room, under the name they chose; a newcomer's name is not shown to the others."""
    speaker = guest(device=device, wished=wished)
    return replace(speaker, name=NAMELESS) if is_newcomer(room=room, speaker=speaker, now=now) else speaker


def is_newcomer(*, room: Room, speaker: Speaker, now: datetime) -> bool:
    """Whether this is a guest who came after another of the same address had been shut out here."""
    device = speaker.device
    if device is None:
        return False
    recent = room.restrictions.standing(now).filter(created_at__gt=before(now, LASTS), author_place=device.place)
    others = list(recent.exclude(author_key=device.key).values_list("author_key", "created_at"))
    if len({key for key, _at in others}) >= SHUT_OUT_TOGETHER:
        return True
    return any(shut_out_at <= device.since for _key, shut_out_at in others)


def refuse_newcomers(*, room: Room, speaker: Speaker, now: datetime) -> None:
    """Raises LogInHere for a guest who may only read here."""
    if is_newcomer(room=room, speaker=speaker, now=now):
        raise LogInHere
