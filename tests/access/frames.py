"""Who may say what on the three sockets: a row for every type of frame. The party is the customer's."""

from tests.access.table import ACCOUNTS, ANYBODY, MODERATORS, OWNER, Who

# Of those who come with a token, all but the banned; who comes without one is a guest.
SPEAKERS: Who = ANYBODY - {"banned"}

FRAMES: dict[str, dict[str, Who]] = {
    "/ws/chat": {
        "auth": ACCOUNTS,  # with the token one came with
        "join": SPEAKERS,
        "message": SPEAKERS,
        "history": SPEAKERS,
        "typing": SPEAKERS,
        "react": ACCOUNTS,
        "edit": OWNER,
        "delete": OWNER | MODERATORS,
        "moderate": MODERATORS,
        "leave": SPEAKERS,
    },
    "/ws/sync": {
        "auth": ACCOUNTS,
        "join": SPEAKERS,
        "sync": SPEAKERS,
        "status": SPEAKERS,
        "ping": SPEAKERS,
        "play": OWNER,
        "pause": OWNER,
        "seek": OWNER,
        "rate": OWNER,
        "go_on": OWNER,
        "moderate": OWNER | MODERATORS,
    },
    "/ws/seats": {"auth": ACCOUNTS, "watch": SPEAKERS},
}
