"""Every limit of the house, narrowest first. A family and a school behind one address must be able to live with them.

What an address may is a multiple of what a person may: a class of thirty who all do the same within a minute is within
it, somebody who opens accounts or sockets by the hundred is not. Log-ins have rules of their own (axes), and so have
allauth's pages.
"""

from django.conf import settings

from cinema.rate_limits.limits import By, RateLimit, SlotLimit

MINUTE, HOUR, DAY = 60, 3600, 86_400

# Said in a room: five at once, then one a second a person; guests of an address share three a second.
MESSAGES = (
    RateLimit("messages", By.ACCOUNT, 5, 5, refills=True),
    RateLimit("messages", By.DEVICE, 5, 5, refills=True),
    RateLimit("messages", By.ADDRESS, 60, 6, refills=True),
)
GUEST_MESSAGES = (
    RateLimit("guest-messages", By.DEVICE, 5, 5, refills=True),
    RateLimit("guest-messages", By.ADDRESS, 15, 5, refills=True),
    RateLimit("guest-messages", By.NETWORK, 45, 5, refills=True),
)
# "… is typing": what is beyond is passed over in silence.
TYPING = (
    RateLimit("typing", By.ACCOUNT, 2, 4, refills=True),
    RateLimit("typing", By.DEVICE, 2, 4, refills=True),
    RateLimit("typing", By.ADDRESS, 10, 5, refills=True),
)
# Where a plain player is, told to everybody in a film's room; what is beyond is passed over in silence.
SYNC_FRAMES = (
    RateLimit("sync-frames", By.DEVICE, 20, 4, refills=True),
    RateLimit("sync-frames", By.ADDRESS, 100, 4, refills=True),
)
# Playing, pausing and the like in a watch party. (Jumps are gathered instead: the last of a moment counts.)
CONTROLS = (
    RateLimit("controls", By.ACCOUNT, 10, 5, refills=True),
    RateLimit("controls", By.DEVICE, 10, 5, refills=True),
    RateLimit("controls", By.ADDRESS, 60, 5, refills=True),
)
# Below a film's page.
COMMENTS = (
    RateLimit("comments", By.ACCOUNT, 5, 5 * MINUTE, refills=True),
    RateLimit("comments", By.ACCOUNT, 50, DAY),
    RateLimit("comments", By.DEVICE, 10, 5 * MINUTE, refills=True),
    RateLimit("comments", By.ADDRESS, 40, 10 * MINUTE, refills=True),
    RateLimit("comments", By.NETWORK, 200, HOUR),
)
# Wrong codes of gift cards; a right one costs nothing.
GIFT_CARD_CODES = (
    RateLimit("gift-card-codes", By.ACCOUNT, 10, 10 * MINUTE, refills=True),
    RateLimit("gift-card-codes", By.DEVICE, 20, 10 * MINUTE, refills=True),
    RateLimit("gift-card-codes", By.ADDRESS, 60, 10 * MINUTE, refills=True),
    RateLimit("gift-card-codes", By.NETWORK, 180, 10 * MINUTE, refills=True),
)
# New accounts.
SIGN_UPS = (
    RateLimit("sign-ups", By.DEVICE, 10, HOUR, refills=True),
    RateLimit("sign-ups", By.ADDRESS, 60, HOUR, refills=True),
    RateLimit("sign-ups", By.NETWORK, 180, HOUR, refills=True),
)
# Open sockets of one kind at the same time.
SOCKETS_OF_ACCOUNT = (SlotLimit("sockets", By.ACCOUNT, 10),)
SOCKETS = (
    SlotLimit("sockets", By.DEVICE, 20),
    SlotLimit("sockets", By.ADDRESS, 120),
    SlotLimit("sockets", By.NETWORK, 400),
)
# Frames of one socket, whatever is in them.
FRAMES = RateLimit("frames", By.DEVICE, 120, 4, refills=True)


def holds(showtime_id: int) -> tuple[RateLimit, ...]:
    """What may be held without being paid for, in seat-minutes: who pays gets all of it back, who cancels the rest.

    An account has as much as its pending orders may hold at once, a browser twice that; those behind an address may
    hold forty seats of one showtime (a class and its teachers), those in a network a hundred.
    """
    order, minutes = settings.MAX_SEATS_PER_ORDER, settings.HOLD_MINUTES
    account = order * settings.MAX_PENDING_ORDERS * minutes
    here = f"holds-{showtime_id}"
    return (
        RateLimit("holds", By.ACCOUNT, account, 3 * HOUR, refills=True),
        RateLimit("holds", By.DEVICE, 2 * account, 3 * HOUR, refills=True),
        RateLimit(here, By.ADDRESS, max(40, order) * minutes, HOUR, refills=True),
        RateLimit("holds", By.ADDRESS, max(160, order) * minutes, HOUR, refills=True),
        RateLimit(here, By.NETWORK, max(100, order) * minutes, HOUR, refills=True),
    )


def api_requests(scope: str = "") -> tuple[RateLimit, ...]:
    """What the API answers in a minute: by account, by address, and by address for log-ins and sign-ups."""
    rates = settings.API_RATES
    account = RateLimit("api", By.ACCOUNT, rates["user"], MINUTE)
    address = RateLimit("api", By.ADDRESS, rates["address"], MINUTE)
    scoped = (RateLimit(f"api-{scope}", By.ADDRESS, rates[scope], MINUTE),) if scope else ()
    return account, address, *scoped
