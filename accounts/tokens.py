"""Tokens for the API and the sockets: the one module that knows the JWT library.

A token carries the account's session fingerprint (``ver``), so that a ban, a new password or logging out everywhere
makes every earlier one worthless, a session id (``sid``), so that one log-out ends just that session, and how its owner
proved who they are (``amr``): ``pwd`` the password, ``otp`` a one-time code besides.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from accounts.models import EndedSession, User
from cinema.errors import CinemaError
from cinema.realtime import publish_on_commit, user_topic

# By hand, since every call of the API asks this: the ORM would take longer to write it than the database to answer.
OWNER = """
SELECT accounts_user.*, EXISTS (SELECT 1 FROM accounts_endedsession WHERE session_id = %s) AS session_ended
FROM accounts_user WHERE id = %s AND is_active
"""


class BadToken(CinemaError):
    """The token is malformed, forged, run out or revoked, or its owner may not come in."""

    code = "bad_token"
    message = _("Please log in again.")
    http_status = 401


@dataclass(frozen=True)
class TokenPair:
    """What a log-in answers."""

    access: str
    refresh: str


@dataclass(frozen=True)
class Bearer:
    """Whom a valid token speaks for, and until when."""

    user: User
    session_id: uuid.UUID
    expires_at: datetime
    second_factor: bool = False


def fingerprint(user: User) -> str:
    """A short digest that changes with the password and with ``token_version``."""
    return user.get_session_auth_hash()[:20]


def issue_tokens(user: User, session_id: uuid.UUID | None = None, *, second_factor: bool = False) -> TokenPair:
    """A fresh pair of access and refresh token for this user, of a new session unless one is given."""
    refresh = RefreshToken.for_user(user)
    refresh["ver"] = fingerprint(user)
    refresh["sid"] = str(session_id or uuid.uuid4())
    refresh["amr"] = ["pwd", "otp"] if second_factor else ["pwd"]
    return TokenPair(access=str(refresh.access_token), refresh=str(refresh))


def bearer_of(token: str, *, now: datetime) -> Bearer:
    """Whom this access token speaks for, in one query. Raises BadToken."""
    return _read(AccessToken, token, now=now)


def renew_tokens(refresh_token: str, *, now: datetime) -> TokenPair:
    """A new pair of the same session for a refresh token that still holds. Raises BadToken."""
    bearer = _read(RefreshToken, refresh_token, now=now)
    return issue_tokens(bearer.user, bearer.session_id, second_factor=bearer.second_factor)


def end_session(*, bearer: Bearer, now: datetime) -> None:
    """Log one session out: its access and refresh tokens are worthless from now on."""
    lifetime = RefreshToken.lifetime
    EndedSession.objects.get_or_create(session_id=bearer.session_id, defaults={"expires_at": now + lifetime})
    EndedSession.objects.filter(expires_at__lt=now).delete()
    publish_on_commit(user_topic(bearer.user.pk), {"kind": "session_ended", "session_id": str(bearer.session_id)})


def log_out_everywhere(*, user: User) -> None:
    """End every session and token of this user, on the pages and on the API."""
    User.objects.filter(pk=user.pk).update(token_version=F("token_version") + 1)
    user.refresh_from_db(fields=["token_version"])
    publish_on_commit(user_topic(user.pk), {"kind": "tokens_revoked"})


def _read(kind: type[AccessToken] | type[RefreshToken], token: str, *, now: datetime) -> Bearer:
    try:
        claims = kind(token)  # type: ignore[arg-type]
        session_id = uuid.UUID(claims["sid"])
        version, user_id = str(claims["ver"]), int(claims["user_id"])
        second_factor = "otp" in claims.get("amr", [])
    except (TokenError, KeyError, ValueError, TypeError, AttributeError):
        raise BadToken from None
    user = _owner(user_id, session_id)
    if user is None or user.session_ended or not constant_time_compare(fingerprint(user), version):
        raise BadToken
    if user.is_banned(now):
        raise BadToken(_("This account has been banned."))
    user.came_by_password_alone = not second_factor
    expires_at = datetime.fromtimestamp(claims["exp"], tz=UTC)
    return Bearer(user=user, session_id=session_id, expires_at=expires_at, second_factor=second_factor)


def _owner(user_id: int, session_id: uuid.UUID) -> Any:
    """Who has this id, with ``session_ended``; None for nobody and for a closed account."""
    if abs(user_id) >= 2**63:  # no column holds that
        return None
    session = EndedSession._meta.pk.get_db_prep_value(session_id, connection)
    return next(iter(User.objects.raw(OWNER, [session, user_id])), None)
