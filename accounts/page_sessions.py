"""Sessions of the pages, as the sockets see them."""

from datetime import datetime
from types import SimpleNamespace
from uuid import UUID

from django.contrib.auth import get_user

from accounts.models import User
from accounts.session_store import SessionStore


def user_of_session(*, session_key: str, now: datetime) -> tuple[User, UUID | None] | None:
    """Whose cookie this is, and of which session, if that still holds and the account may come in."""
    store = SessionStore(session_key)
    store.is_only_read = True
    user = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]
    if not isinstance(user, User) or not user.is_active or user.is_banned(now):
        return None
    return user, store.session_id
