"""Which kinds of work there are, who does them, and how often each is tried."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.utils.module_loading import autodiscover_modules

from cinema.jobs.models import Job

BACKOFF = [
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
]

Handler = Callable[..., None]


class UnknownJob(LookupError):
    """No handler of this kind is registered: a mistake in the program."""


class Snooze(Exception):
    """Raised by a handler: not yet, again at ``until``. Costs no attempt."""

    def __init__(self, until: datetime, why: str = "") -> None:
        self.until, self.why = until, why
        super().__init__(f"not before {until}: {why}")


class TryAgain(Exception):
    """Raised by a handler: this attempt failed for an expected reason. It counts, and is logged in one line."""


class GiveUp(Exception):
    """Raised by a handler: it can't be done, however often it is tried."""


@dataclass(frozen=True)
class Kind:
    """A kind of work: its handler and its rules."""

    name: str
    handler: Handler
    title: Any = ""
    attempts: int = 6
    backoff: Sequence[timedelta] = field(default_factory=lambda: BACKOFF)
    timeout: timedelta = timedelta(minutes=2)
    deadline: timedelta | None = None
    slow: bool = False
    every: timedelta | None = None
    daily_at: time | None = None
    on_failure: Callable[[Job], None] | None = None

    @property
    def recurs(self) -> bool:
        """Whether it comes round by itself."""
        return self.every is not None or self.daily_at is not None

    def pause_after(self, attempts: int) -> timedelta:
        """How long to wait after so many attempts."""
        return self.backoff[min(attempts, len(self.backoff)) - 1]


_kinds: dict[str, Kind] = {}


def job(name: str, **rules: Any) -> Callable[[Handler], Handler]:
    """Register a handler. ``rules`` are the fields of :class:`Kind`:

    ``title`` (what people read), ``attempts``, ``backoff`` (pauses, the last repeats), ``timeout`` of one attempt,
    ``deadline`` of all, ``slow`` (takes minutes: kept from holding up the rest), ``every`` or ``daily_at``,
    ``on_failure(job)``.
    """

    def register(handler: Handler) -> Handler:
        if name in _kinds and _kinds[name].handler.__module__ != handler.__module__:
            raise ValueError(f"Two handlers are registered for {name!r}.")
        _kinds[name] = Kind(name=name, handler=handler, **rules)
        return handler

    return register


def kind_named(name: str) -> Kind:
    """The kind of work of this name. Raises UnknownJob."""
    if name not in _kinds:
        autodiscover_modules("jobs")
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownJob(f"No handler is registered for {name!r}; is it in the jobs module of an app?") from None


def all_kinds() -> dict[str, Kind]:
    """Every kind there is."""
    autodiscover_modules("jobs")
    return dict(_kinds)


def title_of(name: str) -> str:
    """What people read for a kind, which may be one that this version no longer knows."""
    kind = all_kinds().get(name)
    return str(kind.title or name) if kind else name
