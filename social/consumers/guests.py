"""How guests are told apart."""

import time
from math import inf

from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.consumers import IdentifiedSocket
from cinema.rate_limits import Caller
from social.models import Room
from social.newcomers import LogInHere, is_newcomer
from social.speakers import GuestDevice

ASK_AGAIN_SECONDS = 5


def guest_device(socket: IdentifiedSocket) -> GuestDevice:
    """A socket's guest: of a browser by the pages' signed cookie, else of this one socket.

    Never of an address alone: behind one there may be a school, and a nuisance has another tomorrow.
    """
    place = _hidden(Caller.at(socket.address).address)
    return GuestDevice(key="g" + _hidden(socket.caller.device), place=place, since=socket.known_since)


async def refuse_newcomer(socket: IdentifiedSocket, room: Room, about: dict) -> None:
    """Raises LogInHere for a guest who may only read; ``about`` is what the feed keeps of the socket.

    A player says several times a second where it is, so the answer is good for a moment.
    """
    if socket.user is not None:
        return
    now = time.monotonic()
    if now - about.get("asked_at", -inf) > ASK_AGAIN_SECONDS:
        facts = {"room": room, "speaker": about["speaker"], "now": timezone.now()}
        about["newcomer"], about["asked_at"] = await socket.ask(is_newcomer, **facts), now
    if about["newcomer"]:
        raise LogInHere


def budget_key(socket: IdentifiedSocket) -> str:
    """Whose budget a party's waiting spends: an account's, a browser's, else an address's. Coming back renews none."""
    if socket.user is not None:
        return f"u{socket.user.pk}"
    return f"d{_hidden(socket.device)}" if socket.device else f"a{_hidden(socket.address)}"


def _hidden(text: str) -> str:
    return salted_hmac("social.guest", text).hexdigest()[:24]
