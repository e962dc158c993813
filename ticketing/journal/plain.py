"""Values as plain JSON, the same way in entries, in seals and where rows are compared with them."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID


def plain(value: Any) -> Any:
    """Moments in UTC to the microsecond, days and random ids as text; all else as it is."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
