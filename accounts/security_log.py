"""Writing the security log: who did what to whose account, whichever door they came through."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.devices import device_name
from accounts.models import SecurityEvent, User
from cinema.origin import current_origin

Kind = SecurityEvent.Kind


def record(kind: str, *, user: User | None = None, by: User | None = None, name: str = "", detail: str = "") -> None:
    """Write down what was done to ``user``'s account, in the transaction of what was done.

    ``by`` is who did it, where that is somebody else; a ``name`` no account has is kept as a keyed hash only. The time
    is when it is written: a log's own.
    """
    origin = current_origin()
    SecurityEvent.objects.create(
        at=timezone.now(),
        kind=kind,
        user=user,
        by=by,
        name_hash=hashed_name(name) if name and user is None else "",
        door=origin.door,
        address=origin.address,
        device=device_name(origin.device),
        request_id=origin.request_id,
        detail=detail[:200],
    )


def forget_old_events(*, now: datetime) -> int:
    """Erase what is older than ``KEEP_SECURITY_DAYS``; the number of rows that went."""
    old = SecurityEvent.objects.older_than(now - timedelta(days=settings.KEEP_SECURITY_DAYS))
    return old._raw_delete(old.db)  # in one statement: nothing hangs on these rows


def hashed_name(name: str) -> str:
    """A name as the log keeps it where no account has it: the same name gives the same hash, and no way back."""
    return salted_hmac("accounts.unknown_name", name.strip().casefold(), secret=settings.SECRET_KEY).hexdigest()[:32]


def masked(email: str) -> str:
    """``a•••@example.com``: enough for its owner to know it, too little to write to."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}•••@{host}" if host else ""
