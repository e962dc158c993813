"""Proving who one is, and changing what one proves it with: the same behind the pages and every dialect of the API."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.attempts import (
    TooManyAttempts,
    axes_request,
    count_failure,
    forget_failures,
    refuse_the_locked_out,
)
from accounts.mail_links import Disowning
from accounts.models import SecurityEvent, User
from accounts.notices import notify_contested, notify_password_changed
from accounts.second_factor import CodeWanted, NoSecondFactor, holds
from accounts.security_log import Kind, masked, record
from accounts.sessions import end_sessions
from accounts.signup import checked_password
from cinema.clock import before, local
from cinema.errors import CinemaError, Forbidden

SAME_ACT = timedelta(minutes=1)  # within which an act is written down and its letter written


class WrongPassword(CinemaError):
    """Unknown user or wrong password: which of them is nobody's business."""

    code = "wrong_password"
    message = _("Wrong password.")
    http_status = 401


class AccountBanned(Forbidden):
    """The password is right, but its owner is kept out."""

    code = "banned"
    message = _("This account has been banned.")


class ProofWanted(Forbidden):
    """The log-in is too long ago for what is dangerous, and no current password came with it."""

    code = "proof_required"
    message = _("Please send your current password as well, or log in again first.")


class WrongCurrentPassword(Forbidden):
    """The current password that was sent as a proof is wrong."""

    code = "wrong_current_password"
    message = _("The current password is wrong.")


class LinkUsedUp(CinemaError):
    """The link was used already, or it is too old."""

    code = "link_used_up"
    message = _("This link was used already, or it is too old.")


@dataclass(frozen=True)
class Proof:
    """What a caller shows beside a valid token: how long ago they logged in, and their password if they sent it."""

    authenticated_at: datetime | None = None
    password: str | None = None


def check_login(*, name: str, password: str, otp: str = "") -> tuple[User, list[str]]:
    """Whose name (username or e-mail) and password these are, and by what they proved it. No session is begun.

    Whoever has set up an authenticator app is asked for its code. Raises WrongPassword, AccountBanned, CodeWanted,
    NoSecondFactor, and TooManyAttempts when the account is locked for this network after too many failures.
    """
    request = axes_request()
    user = authenticate(request, username=name, password=password)
    if getattr(request, "axes_locked_out", False):
        raise TooManyAttempts
    if not isinstance(user, User):
        _tell_the_banned(name, password)
        raise WrongPassword
    factors = ["pwd"]
    if user.has_app:
        _check_code(user, otp)
        factors.append("otp")
    elif user.is_staff and (settings.STAFF_MFA or user.has_second_factor):
        raise NoSecondFactor(
            _("Please set up an authenticator app on the site first: by API a passkey can't be shown.")
        )
    forget_failures(user)
    return user, factors


def prove(*, user: User, proof: Proof, now: datetime) -> None:
    """Refuse what is dangerous to a caller who hasn't shown lately who they are.

    A password that is sent must be right, and a wrong one counts as a failed log-in. Raises ProofWanted,
    WrongCurrentPassword, TooManyAttempts.
    """
    if proof.password is not None:
        if not is_current_password(user=user, password=proof.password):
            raise WrongCurrentPassword
        return
    fresh = timedelta(minutes=settings.STEP_UP_MINUTES)
    if proof.authenticated_at is None or now - proof.authenticated_at > fresh:
        raise ProofWanted


def is_current_password(*, user: User, password: str) -> bool:
    """Whether this is the user's password; a wrong one counts as a failed log-in. Raises TooManyAttempts."""
    refuse_the_locked_out(user)
    if user.check_password(password):
        return True
    count_failure(user)
    record(Kind.PROOF_FAILED, user=user)
    return False


@transaction.atomic
def change_password(*, user: User, password: str, by: User | None = None, but: UUID | None = None) -> User:
    """Set a new password and end every token and session issued before, ``but`` the one it is changed from.

    The owner is told. Raises WeakPassword.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    user.set_password(checked_password(password, user))
    user.save(update_fields=["password"])
    end_sessions(user=user, but=but)
    record(Kind.PASSWORD_CHANGED, user=user, by=by)
    notify_password_changed(user=user, by_mail=False, now=timezone.now())
    return user


@transaction.atomic
def take_password_away(*, user: User, by: User | None) -> User:
    """Leave the account without a password until its owner resets it by mail; every session ends, the owner is told."""
    user = User.objects.select_for_update().get(pk=user.pk)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user=user)
    record(Kind.PASSWORD_CHANGED, user=user, by=by, detail="-")
    notify_password_changed(user=user, by_mail=False, now=timezone.now())
    return user


@transaction.atomic
def reset_password(*, user: User, password: str, address: str, keep: Collection[str] = ()) -> User:
    """Set a new password for whoever reads the mailbox of ``address``; what somebody else may have planted goes.

    No other address, passkey, app or session stays, but what ``keep`` names: ``addresses``, and ids of authenticators.
    Raises WeakPassword.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    user.set_password(checked_password(password, user))
    user.token_version += 1
    former = _leave_only(user, address) if "addresses" not in keep else []
    user.save(update_fields=["password", "token_version", "email", "new_email"])
    planted = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    kept = planted.filter(pk__in=[int(each) for each in keep if each.isdecimal()])
    planted.exclude(pk__in=kept.values("pk")).delete()
    if not planted.exists():
        Authenticator.objects.filter(user=user).delete()
    end_sessions(user=user)
    record(Kind.PASSWORD_RESET, user=user, detail=masked(address))
    notify_password_changed(user=user, by_mail=True, now=timezone.now(), also=former)
    return user


def what_was_set_up(*, user: User, address: str) -> list[tuple[str, str]]:
    """What a reset by mail to this address takes away, as choices of what to keep."""
    kinds = {"totp": _("Authenticator app"), "webauthn": _("Passkey")}
    found = []
    for each in Authenticator.objects.filter(user=user, type__in=kinds).order_by("created_at"):
        name = str(each.data.get("name") or "")
        label = f"{kinds[each.type]} {name}".strip()
        since = local(each.created_at).strftime("%Y-%m-%d")
        found.append((str(each.pk), _("%(what)s, since %(date)s") % {"what": label, "date": since}))
    others = EmailAddress.objects.filter(user=user).exclude(email__iexact=address).values_list("email", flat=True)
    if others:
        found.append(("addresses", _("Other e-mail addresses: %(list)s") % {"list": ", ".join(map(masked, others))}))
    return found


@transaction.atomic
def disown(*, told: Disowning, now: datetime) -> User:
    """Somebody says "this wasn't me": end everything and give the account back to the mailbox that was told.

    The password is taken away, since whoever came in may know it. The same link does it once. Where another mailbox has
    taken the account over since, nobody can tell which of the two is its owner's: an account that was opened with an
    address of its thief looks just like one that was taken. It goes to neither, but is switched off until the house has
    decided. Raises LinkUsedUp, for a contested account of staff too.
    """
    user = User.objects.select_for_update().filter(pk=told.user_id, is_active=True).first()
    if user is None:
        raise LinkUsedUp
    done = SecurityEvent.objects.about(user).filter(kind__in=[Kind.DISOWNED, Kind.PASSWORD_RESET])
    if done.filter(at__gt=before(told.told_at, SAME_ACT)).exists() and not _has_address(user, told.email):
        return _close_contested(user, told, now)
    if done.filter(at__gt=told.told_at, detail=masked(told.email)).exists():
        raise LinkUsedUp
    user.set_unusable_password()
    user.token_version += 1
    former = _leave_only(user, told.email)
    user.save(update_fields=["password", "token_version", "email", "new_email"])
    end_sessions(user=user)
    record(Kind.DISOWNED, user=user, detail=masked(told.email))
    notify_password_changed(user=user, by_mail=True, now=now, also=former)
    return user


def _has_address(user: User, email: str) -> bool:
    """Whether it still is the account's. Addresses are compared themselves: many look the same once they are masked."""
    confirmed = EmailAddress.objects.filter(user=user, email__iexact=email, verified=True)
    return user.email.lower() == email.lower() or confirmed.exists()


def _close_contested(user: User, told: Disowning, now: datetime) -> User:
    if user.is_staff:
        raise LinkUsedUp  # a colleague sees to it; nobody may switch off an administrator by mail
    user.is_active = False
    user.token_version += 1
    user.save(update_fields=["is_active", "token_version"])
    end_sessions(user=user)
    record(Kind.CONTESTED, user=user, detail=masked(told.email))
    notify_contested(user=user, addresses=[user.email, told.email], now=now)
    return user


def _leave_only(user: User, email: str) -> list[str]:
    """Make this the account's only address, confirmed as it is by whoever followed a link sent to it.

    Returns the confirmed ones that went. An address that another account has confirmed meanwhile stays with it.
    """
    email = email.lower()
    mine, others = EmailAddress.objects.filter(user=user), EmailAddress.objects.exclude(user=user)
    former = list(mine.filter(verified=True).exclude(email__iexact=email).values_list("email", flat=True))
    mine.exclude(email__iexact=email).delete()
    user.new_email = ""
    if others.filter(email__iexact=email, verified=True).exists():
        mine.delete()
        user.email = ""
        return former
    User.objects.filter(email__iexact=email).exclude(pk=user.pk).update(email="")
    mine.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    user.email = email
    return former


def _check_code(user: User, otp: str) -> None:
    if not otp:
        raise CodeWanted(_("Please send your one-time code as well (otp)."))
    refuse_the_locked_out(user)
    if not holds(user=user, code=otp):
        # Counted as a wrong password is, so that codes can't be tried one after the other.
        count_failure(user)
        record(Kind.LOGIN_FAILED, user=user, detail="otp")
        refuse_the_locked_out(user)
        raise CodeWanted(_("This one-time code is wrong or was used already."))


def _tell_the_banned(name: str, password: str) -> None:
    named = Q(email__iexact=name) | Q(new_email__iexact=name) if "@" in name else Q(username__iexact=name)
    user = User.objects.banned(timezone.now()).filter(named).first()
    if user is not None and user.check_password(password):
        raise AccountBanned
