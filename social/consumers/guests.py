"""How guests are told apart."""

from django.utils.crypto import salted_hmac

from accounts.consumers import IdentifiedSocket


def guest_key(socket: IdentifiedSocket) -> str:
    """The key of a socket's guest: of a browser by the pages' signed cookie, else of this one socket.

    Never of an address: behind one there may be a school, and a nuisance has another tomorrow.
    """
    return "g" + salted_hmac("social.guest", socket.caller.device).hexdigest()[:24]
