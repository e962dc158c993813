"""The timeline of a watch party: pure, with the clock handed in, so that it can be tested in virtual time.

Times are milliseconds since the epoch by the server's clock, positions seconds into the film. A timeline says: at
``at`` the film is at ``position`` and, if ``playing``, goes on from there at ``rate``. Every change raises ``rev`` by
one; what changes nothing answers the same timeline, so that a repeated wish does no harm.
"""

import math
from dataclasses import asdict, dataclass, replace

from social.waiting import LEAST_MS, Straggler, Wait, budget_left, given_up, paid

MIN_RATE, MAX_RATE = 0.25, 4.0
OFF_BY = 1.0  # a plain client further off than this means to seek
WAIT_MS = {"off": 0, "short": 5_000, "all": 15_000}
FIRST_LOAD_MS = {"off": 0, "short": 15_000, "all": 60_000}
HOST_GONE_MS = 10_000
LENGTH_GRAIN = 0.5
MAX_FILM_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Timeline:
    """Where the film is."""

    rev: int = 0
    playing: bool = False
    position: float = 0.0
    rate: float = 1.0
    at: int = 0
    by: str = ""
    reason: str = "start"
    started: bool = False
    resume: bool = False  # plays on once nobody is waited for
    waiting: tuple[Straggler, ...] = ()
    waited: tuple[Wait, ...] = ()  # within the last ten minutes
    length: float = math.inf
    controller: str = ""  # who has the control while the host is away
    host_came: bool = False
    host_gone_at: int | None = None

    def position_at(self, now: int) -> float:
        """Where the film is at ``now``, never past its end."""
        if not self.playing or now <= self.at:
            return self.position
        return min(self.position + (now - self.at) / 1000 * self.rate, self.length)

    def as_json(self) -> dict:
        """As kept in the database; an unknown length is null there."""
        kept = asdict(self)
        kept["length"] = None if math.isinf(self.length) else self.length
        return kept

    @classmethod
    def from_json(cls, kept: dict) -> "Timeline":
        """The timeline that ``as_json`` wrote."""
        length = kept.get("length")
        waiting = tuple(Straggler(**one) for one in kept.get("waiting", ()))
        waited = tuple(Wait(**one) for one in kept.get("waited", ()))
        known = {"length": math.inf if length is None else length, "waiting": waiting, "waited": waited}
        return cls(**{**kept, **known})


@dataclass(frozen=True)
class Report:
    """Where a plain player last said it is, when, and which state of the party it knew then."""

    position: float
    at: int
    rev: int


def is_position(value: object, length: float = math.inf) -> bool:
    """Whether this is a point of a film of that length: a finite number, not negative, not past the end."""
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= length
    )


def is_rate(value: object) -> bool:
    """Whether a film may be played at this speed."""
    return is_position(value, MAX_RATE) and value >= MIN_RATE  # type: ignore[operator]


def lead_ms(round_trips_ms: list[float]) -> int:
    """How far ahead a start must be set so that nine in ten hear of it in time."""
    ordered = sorted(round_trips_ms)
    p90 = ordered[min(len(ordered) - 1, math.ceil(len(ordered) * 0.9) - 1)] if ordered else 0.0
    return round(min(max(2 * p90 + 150, 300), 2000))


def is_seek(line: Timeline, last: Report | None, *, position: float, now: int) -> bool:
    """Whether a plain player was moved by its person: off the party, and off where it would be by itself.

    Not upon its first word, nor upon the first after a change by somebody else, which it may be following.
    """
    if last is None or last.rev != line.rev or abs(line.position_at(now) - position) <= OFF_BY:
        return False
    furthest = last.position + (now - last.at) / 1000 * max(line.rate, 1.0)
    return not last.position - OFF_BY <= position <= furthest + OFF_BY


def play(
    line: Timeline,
    *,
    now: int,
    by: str,
    lead: int,
    policy: str = "off",
    loading: tuple[tuple[str, str, str], ...] = (),
) -> Timeline:
    """Start, or wait first for those who are still loading (``loading``: key, name and member of each)."""
    if line.playing or line.resume:
        return line
    if line.position >= line.length:
        line = replace(line, position=0.0)
    waiting = tuple(filter(None, (_straggler(line, one, now, policy) for one in sorted(loading))))
    if waiting:
        return _changed(line, at=now, by=by, reason="waiting", resume=True, waiting=waiting, started=True)
    return _changed(line, playing=True, at=now + lead, by=by, reason="play", started=True)


def pause(line: Timeline, *, now: int, by: str) -> Timeline:
    """Stop where the film is; nobody is waited for any more."""
    if not line.playing and not line.resume:
        return line
    return _changed(
        line,
        playing=False,
        position=line.position_at(now),
        at=now,
        by=by,
        reason="pause",
        resume=False,
        waiting=(),
        waited=paid(line.waited, line.waiting, now),
    )


def seek(line: Timeline, *, now: int, by: str, position: float, lead: int) -> Timeline:
    """Go elsewhere, playing on from there if it played."""
    start = now + lead if line.playing else now
    return _changed(line, position=min(position, line.length), at=start, by=by, reason="seek")


def set_rate(line: Timeline, *, now: int, by: str, rate: float) -> Timeline:
    """Play faster or slower from where the film is."""
    if rate == line.rate:
        return line
    at = max(now, line.at) if line.playing else now
    return _changed(line, position=line.position_at(now), rate=rate, at=at, by=by, reason="rate")


def set_length(line: Timeline, *, now: int, length: float) -> Timeline:
    """The film proves to be of another length than was known; whoever is past its end stands there."""
    if abs(line.length - length) < LENGTH_GRAIN:
        return line
    ends = line.position_at(now) >= length
    shorter = replace(line, length=length)
    if not ends:
        return _changed(shorter, reason="length")
    waited = paid(line.waited, line.waiting, now)
    return _changed(
        shorter, playing=False, position=length, at=now, reason="ended", resume=False, waiting=(), waited=waited
    )


def stalled(line: Timeline, *, now: int, key: str, name: str, policy: str, member: str = "") -> Timeline:
    """Someone who was in step has run short of data: stop for them if the party waits, and their budget allows it."""
    if any(one.key == key for one in line.waiting):
        return line
    straggler = _straggler(replace(line, started=True), (key, name, member or key), now, policy)
    if straggler is None:
        return line
    if line.resume:
        return _changed(line, at=now, reason="waiting", waiting=(*line.waiting, straggler))
    if not line.playing:
        return line
    return _changed(
        line,
        playing=False,
        position=line.position_at(now),
        at=now,
        reason="waiting",
        resume=True,
        waiting=(straggler,),
    )


def caught_up(line: Timeline, *, now: int, key: str, lead: int) -> Timeline:
    """A straggler is ready, or has left: go on if it was the last."""
    left = tuple(one for one in line.waiting if one.key != key)
    return line if left == line.waiting else _waiting_for(line, left, now=now, lead=lead)


def go_on(line: Timeline, *, now: int, by: str, lead: int) -> Timeline:
    """Go on without those who are waited for; nobody waits for them again for as long as a budget lasts."""
    if not line.waiting:
        return line
    spent = given_up(line.waited, line.waiting, now)
    return _changed(line, waiting=(), waited=spent, playing=True, resume=False, at=now + lead, by=by, reason="play")


def tick(line: Timeline, *, now: int, lead: int) -> Timeline:
    """What time alone changes: patience runs out, the film ends."""
    left = tuple(one for one in line.waiting if one.until > now)
    if left != line.waiting or (line.resume and not left):
        return _waiting_for(line, left, now=now, lead=lead)
    if line.playing and line.position_at(now) >= line.length:
        return _changed(line, playing=False, position=line.length, at=now, by="", reason="ended")
    return line


def host_is(line: Timeline, *, present: bool, now: int, heir: str) -> Timeline:
    """The host came or went; gone for long enough, the control goes to ``heir`` (empty: nobody is fit)."""
    if present:
        if line.host_came and line.host_gone_at is None and not line.controller:
            return line
        return _changed_control(line, controller="", host_came=True, host_gone_at=None)
    if not line.host_came:
        return line
    if line.host_gone_at is None:
        return _changed_control(line, host_gone_at=now)
    if now - line.host_gone_at >= HOST_GONE_MS and heir and heir != line.controller:
        return _changed_control(line, controller=heir)
    return line


def _straggler(line: Timeline, who: tuple[str, str, str], now: int, policy: str) -> Straggler | None:
    """Somebody to wait for, unless the party doesn't, or has waited for them enough."""
    key, name, member = who
    if not line.started:
        return Straggler(key, name, now + FIRST_LOAD_MS[policy], member, now, False) if FIRST_LOAD_MS[policy] else None
    longest = min(WAIT_MS[policy], budget_left(line.waited, line.waiting, member, now))
    return Straggler(key, name, now + longest, member, now) if longest >= LEAST_MS else None


def _waiting_for(line: Timeline, left: tuple[Straggler, ...], *, now: int, lead: int) -> Timeline:
    over = tuple(one for one in line.waiting if one not in left)
    if left:
        return _changed(line, waiting=left, waited=paid(line.waited, over, now), reason="waiting")
    # Until the film really moves again everybody stands still: that is paid for, too.
    waited = paid(line.waited, over, now + lead)
    return _changed(line, waiting=(), waited=waited, playing=True, resume=False, at=now + lead, reason="play")


def _changed_control(line: Timeline, **changes: object) -> Timeline:
    return replace(line, rev=line.rev + 1, reason="control", **changes)  # type: ignore[arg-type]


def _changed(line: Timeline, **changes: object) -> Timeline:
    return replace(line, rev=line.rev + 1, **changes)  # type: ignore[arg-type]
