"""How long a party waits for its members: pure, with the clock handed in, like ``social.playback``.

Whoever runs short of data is waited for, but not for ever anew: each member has a budget, and so has the party as a
whole, since one person can be many guests. Times are milliseconds since the epoch.
"""

from dataclasses import dataclass

WINDOW_MS = 600_000
BUDGET_MS = 15_000  # for one member within the window
PARTY_BUDGET_MS = 60_000  # for all of them together
LEAST_MS = 1_000  # what stopping everybody costs, however short the wait


@dataclass(frozen=True)
class Straggler:
    """Somebody who is waited for, and until when at most.

    ``key`` is the socket, ``member`` the person whose budget pays; nobody's does while a film loads for the first time.
    """

    key: str
    name: str
    until: int
    member: str = ""
    since: int = 0
    pays: bool = True


@dataclass(frozen=True)
class Wait:
    """What a member has spent of the budget: the party stood still from ``since`` to ``until``."""

    member: str
    since: int
    until: int


def budget_left(waited: tuple[Wait, ...], waiting: tuple[Straggler, ...], member: str, now: int) -> int:
    """For how many milliseconds the party may yet be stopped for this member."""
    spent = [(one.member, one.until - one.since) for one in waited if one.until > now - WINDOW_MS]
    spent += [(one.member, now - one.since) for one in waiting if one.pays]
    own = BUDGET_MS - sum(length for who, length in spent if who == member)
    return min(own, PARTY_BUDGET_MS - sum(length for _who, length in spent))


def paid(waited: tuple[Wait, ...], over: tuple[Straggler, ...], now: int) -> tuple[Wait, ...]:
    """The waits of the window, those that are over now among them."""
    kept = tuple(one for one in waited if one.until > now - WINDOW_MS)
    return kept + tuple(Wait(one.member, one.since, max(now, one.since + LEAST_MS)) for one in over if one.pays)


def given_up(waited: tuple[Wait, ...], over: tuple[Straggler, ...], now: int) -> tuple[Wait, ...]:
    """The same for members whom the party went on without: they have spent all they had."""
    kept = tuple(one for one in waited if one.until > now - WINDOW_MS)
    return kept + tuple(Wait(one.member, now - BUDGET_MS, now) for one in over)
