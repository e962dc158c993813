"""What Django and allauth say has happened on the pages, handed on to the domain. Connected in ``accounts.apps``."""

from typing import Any

from allauth.account import signals as allauth
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as django
from django.http import HttpRequest
from django.utils import timezone

from accounts.attempts import account_of
from accounts.models import Session, User
from accounts.notices import notify_email_changed, notify_email_given, notify_email_removed, notify_factor
from accounts.security_log import Kind, masked, record
from accounts.session_store import SessionStore
from accounts.sessions import begin_session, end_if_alive

FACTORS = {"password": "pwd", "password_reset": "pwd", "totp": "otp", "recovery_codes": "otp", "webauthn": "hwk"}


def connect() -> None:
    """Listen."""
    django.user_logged_in.connect(on_log_in)
    django.user_login_failed.connect(on_failed_log_in)
    allauth.email_added.connect(on_email_added)
    allauth.email_removed.connect(on_email_removed)
    allauth.email_changed.connect(on_primary_changed)
    mfa.authenticator_added.connect(on_factor_added)
    mfa.authenticator_removed.connect(on_factor_removed)
    mfa.authenticator_reset.connect(on_codes_made)
    mfa.authentication_failed.connect(on_wrong_code)


def on_log_in(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """A browser is somebody's from now on; the session it had, if any, is over."""
    store = request.session
    if not isinstance(store, SessionStore):
        return
    if store.session_id is not None:
        end_if_alive(user=user, session_id=store.session_id)
    records = get_authentication_records(request, user)
    found = [FACTORS.get(record.get("type") or record["method"], "pwd") for record in records]
    store.bind(
        begin_session(
            user=user, kind=Session.Kind.PAGE, factors=list(dict.fromkeys(found)) or ["pwd"], now=timezone.now()
        )
    )


def on_failed_log_in(sender: Any, credentials: dict, request: HttpRequest | None = None, **more: Any) -> None:
    """A name and a password that don't belong together, or a log-in that was refused unseen."""
    name = str(credentials.get("username") or credentials.get("email") or "")
    if sender == "accounts.attempts" or not name:
        return
    kind = Kind.LOGIN_LOCKED if getattr(request, "axes_locked_out", False) else Kind.LOGIN_FAILED
    record(kind, user=account_of(name), name=name)


def on_email_added(sender: Any, user: User, email_address: EmailAddress, **more: Any) -> None:
    """One more address, to be confirmed."""
    record(Kind.EMAIL_CHANGED, user=user, detail=masked(email_address.email))
    notify_email_given(user=user, email=email_address.email, now=timezone.now())


def on_email_removed(sender: Any, user: User, email_address: EmailAddress, **more: Any) -> None:
    """One address less; a new one that was still to be confirmed is given up."""
    User.objects.filter(pk=user.pk, new_email__iexact=email_address.email).update(new_email="")
    record(Kind.EMAIL_REMOVED, user=user, detail=masked(email_address.email))
    if email_address.verified:
        notify_email_removed(user=user, email=email_address.email, now=timezone.now())


def on_primary_changed(
    sender: Any, user: User, from_email_address: EmailAddress | None, to_email_address: EmailAddress, **more: Any
) -> None:
    """The house writes to another of the confirmed addresses from now on."""
    User.objects.filter(pk=user.pk).update(new_email="")
    record(Kind.EMAIL_CHANGED, user=user, detail=masked(to_email_address.email))
    if from_email_address is not None:
        user.email = to_email_address.email
        notify_email_changed(user=user, former=from_email_address.email, now=timezone.now())


def on_factor_added(sender: Any, user: User, authenticator: Authenticator, **more: Any) -> None:
    """An app or a passkey was set up; the recovery codes that come with the first are no news of their own."""
    record(Kind.FACTOR_ADDED, user=user, detail=authenticator.type)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        notify_factor(user=user, what=authenticator.type, added=True, now=timezone.now())


def on_factor_removed(sender: Any, user: User, authenticator: Authenticator, **more: Any) -> None:
    """An app or a passkey was taken off."""
    record(Kind.FACTOR_REMOVED, user=user, detail=authenticator.type)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        notify_factor(user=user, what=authenticator.type, added=False, now=timezone.now())


def on_codes_made(sender: Any, user: User, authenticator: Authenticator, **more: Any) -> None:
    """New recovery codes took the place of the old ones."""
    record(Kind.CODES_MADE, user=user, detail=authenticator.type)
    notify_factor(user=user, what=authenticator.type, added=True, now=timezone.now())


def on_wrong_code(sender: Any, user: User, **more: Any) -> None:
    """A password that was right, and a code that wasn't."""
    record(Kind.LOGIN_FAILED, user=user, detail="otp")
