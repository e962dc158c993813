"""How guests are told apart."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from cinema.realtime.socket import Socket


def guest_key(socket: Socket) -> str:
    """The key of a socket's guest: of an address, not of a person; enough to mute a nuisance, and tells nobody who.

    Behind a proxy of our own the address is the last one it has added.
    """
    forwarded = socket.header("x-forwarded-for").split(",")[-1].strip() if settings.USE_X_FORWARDED_HOST else ""
    address = forwarded or (socket.scope.get("client") or ("", 0))[0]
    return "g" + salted_hmac("social.guest", address).hexdigest()[:24]
