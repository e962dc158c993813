"""Tokens for the API and the sockets: the one module that knows the JWT library.

A token carries its session's id (``sid``), so that ending the session makes it worthless; the account's fingerprint
(``ver``), so that a ban, a new password or logging out everywhere does so for every token; how its owner proved who
they are (``amr``): ``pwd`` the password, ``otp`` a one-time code, ``hwk`` a passkey; and when (``auth_time``), which
no refresh renews.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from accounts.models import Session, User
from accounts.security_log import Kind
from accounts.sessions import NOTED_EVERY, begin_session, end_if_alive
from cinema.clock import after
from cinema.errors import CinemaError

ALGORITHM = settings.SIMPLE_JWT["ALGORITHM"]
SAME_SUCCESSOR_FOR = timedelta(seconds=10)
# By hand, since every call of the API asks this: the ORM would take longer to write it than the database to answer.
OWNER = """
SELECT accounts_user.*, accounts_session.last_used_at < %s AS session_use_unnoted
FROM accounts_user JOIN accounts_session ON accounts_session.user_id = accounts_user.id
WHERE accounts_user.id = %s AND is_active AND accounts_session.id = %s AND accounts_session.ended_at IS NULL
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
    authenticated_at: datetime
    second_factor: bool = False
    use_unnoted: bool = False


def fingerprint(user: User) -> str:
    """A short digest that changes with the password and with ``token_version``."""
    return user.get_session_auth_hash()[:20]


def _fingerprints(user: User) -> list[str]:
    """Those by which tokens are known, with keys that were too."""
    return [fingerprint(user), *(former[:20] for former in user.get_session_auth_fallback_hash())]


def issue_tokens(user: User, *, second_factor: bool = False, now: datetime | None = None) -> TokenPair:
    """A pair of access and refresh token of a new session, for somebody who has just proved who they are."""
    factors = ["pwd", "otp"] if second_factor else ["pwd"]
    session = begin_session(user=user, kind=Session.Kind.API, factors=factors, now=now or timezone.now())
    return tokens_of(session, user)


def tokens_of(session: Session, user: User) -> TokenPair:
    """The pair that is good for a session now: the same each time it is asked, until the session is refreshed."""
    refresh, access = RefreshToken(), AccessToken()
    for token, jti in ((refresh, session.refresh_id), (access, uuid.uuid5(session.refresh_id, "access"))):
        token["jti"], token["user_id"], token["sid"] = jti.hex, str(user.pk), str(session.pk)
        token["ver"], token["amr"] = fingerprint(user), session.amr
        token["auth_time"] = int(session.authenticated_at.timestamp())
        token.set_iat(at_time=session.refreshed_at)
        token["exp"] = int(min(after(session.refreshed_at, token.lifetime), session.expires_at).timestamp())
    return TokenPair(access=str(access), refresh=str(refresh))


def bearer_of(token: str, *, now: datetime) -> Bearer:
    """Whom this access token speaks for, in one query. Raises BadToken."""
    return _bearer(_claims(AccessToken, token), now=now)


def renew_tokens(refresh_token: str, *, now: datetime) -> TokenPair:
    """The successors of a session's pair of tokens; its log-in stays as old as it is. Raises BadToken.

    A refresh token is good once. Whoever asks again within ten seconds (two tabs, an answer that was lost) gets the
    same successor; after that it can only be a copy, so the session ends.
    """
    claims = _claims(RefreshToken, refresh_token)
    bearer = _bearer(claims, now=now)
    used = uuid.UUID(claims["jti"])
    mine = Session.objects.filter(pk=bearer.session_id, ended_at=None)
    # Of any number at once one wins this; the others find its successor below.
    mine.filter(refresh_id=used).update(
        refresh_id=uuid.uuid4(), former_refresh_id=used, refreshed_at=now, last_used_at=now
    )
    session = mine.first()
    if session is None:
        raise BadToken
    if session.former_refresh_id != used or now - session.refreshed_at > SAME_SUCCESSOR_FOR:
        end_if_alive(user=bearer.user, session_id=session.pk, why=Kind.REFRESH_REUSED)
        raise BadToken
    return tokens_of(session, bearer.user)


def _claims(kind: type[Token], token: str) -> Token:
    for readable in _with_each_key(kind):
        try:
            return readable(token)  # type: ignore[arg-type]
        except (TokenError, ValueError, TypeError, AttributeError):
            continue
    raise BadToken


def _with_each_key(kind: type[Token]) -> list[type[Token]]:
    """The kind of token as signed now, and as signed with each key that was."""
    backends = [TokenBackend(str(ALGORITHM), former) for former in settings.SECRET_KEY_FALLBACKS]
    return [kind, *(type(kind.__name__, (kind,), {"_token_backend": backend}) for backend in backends)]


def _bearer(claims: Token, *, now: datetime) -> Bearer:
    try:
        session_id, user_id = uuid.UUID(claims["sid"]), int(claims["user_id"])
        version, second_factor = str(claims["ver"]), "otp" in claims["amr"]
        authenticated_at = datetime.fromtimestamp(claims["auth_time"], tz=UTC)
        uuid.UUID(claims["jti"])
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        raise BadToken from None
    user = _owner(user_id, session_id, now)
    if user is None or not any(constant_time_compare(known, version) for known in _fingerprints(user)):
        raise BadToken
    if user.is_banned(now):
        raise BadToken(_("This account has been banned."))
    user.came_by_password_alone = not second_factor
    return Bearer(
        user=user,
        session_id=session_id,
        expires_at=datetime.fromtimestamp(claims["exp"], tz=UTC),
        authenticated_at=authenticated_at,
        second_factor=second_factor,
        use_unnoted=bool(user.session_use_unnoted),
    )


def _owner(user_id: int, session_id: uuid.UUID, now: datetime) -> Any:
    """Who has this id and this session; None for nobody, for a closed account and for an ended session."""
    if abs(user_id) >= 2**63:  # no column holds that
        return None
    session = Session._meta.pk.get_db_prep_value(session_id, connection)
    unnoted_before = connection.ops.adapt_datetimefield_value(now - NOTED_EVERY)
    return next(iter(User.objects.raw(OWNER, [unnoted_before, user_id, session])), None)
