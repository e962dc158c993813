"""How guests are told apart."""

from django.utils.crypto import salted_hmac

from accounts.consumers import IdentifiedSocket


def guest_key(socket: IdentifiedSocket) -> str:
    """The key of a socket's guest: of a browser by the pages' signed cookie, else of this one socket.

    Never of an address: behind one there may be a school, and a nuisance has another tomorrow.
    """
    return "g" + _hidden(socket.caller.device)


def budget_key(socket: IdentifiedSocket) -> str:
    """Whose budget a party's waiting spends: an account's, a browser's, else an address's. Coming back renews none."""
    if socket.user is not None:
        return f"u{socket.user.pk}"
    return f"d{_hidden(socket.device)}" if socket.device else f"a{_hidden(socket.address)}"


def _hidden(text: str) -> str:
    return salted_hmac("social.guest", text).hexdigest()[:24]
