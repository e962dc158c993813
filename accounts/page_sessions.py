"""Sessions of the pages, as the sockets see them: a socket opened by a page's cookie ends with its session."""

from datetime import datetime
from hashlib import sha256
from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.utils.module_loading import import_string

from accounts.models import User
from cinema.realtime import publish_on_commit, user_topic

ENDED = "page_session_ended"


def user_of_session(*, session_key: str, now: datetime) -> User | None:
    """The account a session of the pages belongs to, if it still holds and the account may come in."""
    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    user = get_user(SimpleNamespace(session=store(session_key)))  # type: ignore[arg-type]
    return user if isinstance(user, User) and user.is_active and not user.is_banned(now) else None


def announce_log_out(*, user_id: int, session_key: str) -> None:
    """Tell a session's sockets that it is over. To be called once it is: before, one could come back by it."""
    publish_on_commit(user_topic(user_id), {"kind": ENDED, "session": digest_of(session_key)})


def digest_of(session_key: str) -> str:
    """What a session is called in the news, which says nothing that a cookie could hold."""
    return sha256(session_key.encode()).hexdigest()
