"""Logging in by API, and changing what one logs in with: the domain's own, read from a request of the API."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request

from accounts.credentials import Proof, WrongPassword, change_password, check_login, prove
from accounts.email_addresses import give_email
from accounts.models import Session, User
from accounts.profile import update_profile
from accounts.sessions import begin_session
from accounts.tokens import Bearer, TokenPair, tokens_of


def log_in(*, name: str, password: str, otp: str = "", staff_only: bool = False) -> tuple[User, TokenPair]:
    """Who this name (username or e-mail) and password belong to, with the tokens of a new session.

    Raises WrongPassword (with ``staff_only`` for customers too), AccountBanned, TooManyAttempts, CodeWanted,
    NoSecondFactor.
    """
    user, factors = check_login(name=name, password=password, otp=otp)
    if staff_only and not user.is_staff:
        raise WrongPassword
    session = begin_session(user=user, kind=Session.Kind.API, factors=factors, now=timezone.now())
    return user, tokens_of(session, user)


def change_account(
    request: Request,
    *,
    user: User,
    now: datetime,
    proof: str | None,
    email: str | None = None,
    password: str | None = None,
    **profile: Any,
) -> User:
    """Change an account, the caller's or one the caller may act for: all that is given, or nothing.

    A new e-mail address or password needs proof. Raises ProofWanted, WrongCurrentPassword, TooManyAttempts, EmailTaken,
    WeakPassword, InvalidInput, and what ``update_profile`` raises.
    """
    if email is not None and email.strip().lower() == user.shown_email.lower():
        email = None
    if email is not None or password is not None:
        authenticated_at = request.auth.authenticated_at if isinstance(request.auth, Bearer) else None
        # Outside the transaction: a wrong password is counted and written down, whatever becomes of the rest.
        prove(user=request.user, proof=Proof(authenticated_at, proof), now=now)
    with transaction.atomic():
        if profile:
            user = update_profile(user=user, **profile)
        if email is not None:
            user = give_email(user=user, email=email, by=request.user, now=now)
        if password is not None:
            user = change_password(user=user, password=password, by=request.user)
    return user
