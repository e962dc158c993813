"""The e-mail addresses of an account: giving a new one, confirming it, and which of them the house writes to.

``User.email`` is the address the house writes to; the one of the sign-up, or one that was confirmed. A new one stands
in ``User.new_email`` until it is confirmed: it is shown and logs in with the password, but resets and receives nothing,
and any number of accounts may claim the same. Whoever confirms it has it. allauth's table has a row for each of both.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.notices import (
    ask_to_confirm,
    notify_email_changed,
    notify_email_given,
    notify_email_lost,
    notify_email_removed,
)
from accounts.security_log import Kind, masked, record
from accounts.signup import EmailTaken, checked_email
from cinema.errors import Conflict


class AddressTaken(Conflict):
    """Another account has confirmed this address meanwhile."""

    code = "address_taken"
    message = _("Another account has confirmed this address.")


@transaction.atomic
def give_email(*, user: User, email: str, now: datetime, by: User | None = None) -> User:
    """Take a new address for an account, to be confirmed by a link; an empty one takes the addresses away.

    The address it had is told. Raises EmailTaken where another account has it, InvalidInput.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    shown = checked_email(email) if email.strip() else ""
    email = shown.lower()
    if email == user.shown_email.lower():
        return user
    if not email:
        return _take_addresses_away(user, by, now)
    mine = EmailAddress.objects.filter(user=user)
    mine.filter(email=user.new_email.lower(), verified=False).delete()
    if email == user.email.lower():
        user.new_email = ""  # as it was: they changed their mind
    elif mine.filter(email=email, verified=True).exists():
        _make_primary(user, shown)
    else:
        _refuse_the_taken(user, email)
        EmailAddress.objects.get_or_create(user=user, email=email)
        user.new_email = shown
        notify_email_given(user=user, email=email, now=now)
        ask_to_confirm(user=user, email=email, now=now)
    user.save(update_fields=["email", "new_email"])
    record(Kind.EMAIL_CHANGED, user=user, by=by, detail=masked(email))
    return user


@transaction.atomic
def confirm_email(*, address: EmailAddress, now: datetime) -> User:
    """Whoever reads the mailbox of an address has shown it: from now on it is this account's and nobody else's.

    A new address takes the place of the former one, which is told. Raises AddressTaken.
    """
    user = User.objects.select_for_update().get(pk=address.user_id)
    email = address.email.lower()
    others = EmailAddress.objects.exclude(user=user).filter(email__iexact=email)
    if others.filter(verified=True).exists():
        raise AddressTaken
    _give_way(email, to=user, now=now)
    EmailAddress.objects.filter(pk=address.pk).update(verified=True)
    former = user.email
    if email == user.new_email.lower() or not former:
        _make_primary(user, user.new_email or email)
        EmailAddress.objects.filter(user=user, email__iexact=former).exclude(email=email).delete()
        user.save(update_fields=["email", "new_email"])
        if former and former.lower() != email:
            notify_email_changed(user=user, former=former, now=now)
    elif email == former.lower():
        _make_primary(user, former, keep_new=True)
    record(Kind.EMAIL_CONFIRMED, user=user, detail=masked(email))
    return user


def owners_to_reset(email: str) -> list[User]:
    """Whose password a link sent to this address may reset: whoever has confirmed it, or signed up with it."""
    active = User.objects.filter(is_active=True)
    confirmed = active.filter(emailaddress__email=email.lower(), emailaddress__verified=True)
    signed_up = active.filter(email__iexact=email).exclude(emailaddress__verified=True)
    return list(confirmed[:1] or signed_up[:1])


@transaction.atomic
def reset_address(*, user: User, email: str) -> EmailAddress:
    """The row of an address a link is about to be sent to; that it was asked for is written down."""
    record(Kind.RESET_ASKED, user=user, detail=masked(email))
    return EmailAddress.objects.get_or_create(user=user, email=email.lower())[0]


def is_confirmed(user: User) -> bool:
    """Whether the address that is shown for an account was confirmed."""
    if user.new_email or not user.email:
        return False
    return EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()


def _refuse_the_taken(user: User, email: str) -> None:
    confirmed = EmailAddress.objects.exclude(user=user).filter(email__iexact=email, verified=True)
    if confirmed.exists() or User.objects.exclude(pk=user.pk).filter(email__iexact=email).exists():
        raise EmailTaken(field="email")


def _take_addresses_away(user: User, by: User | None, now: datetime) -> User:
    notify_email_removed(user=user, email=user.email, now=now)
    EmailAddress.objects.filter(user=user).delete()
    user.email = user.new_email = ""
    user.save(update_fields=["email", "new_email"])
    record(Kind.EMAIL_REMOVED, user=user, by=by)
    return user


def _make_primary(user: User, email: str, *, keep_new: bool = False) -> None:
    mine = EmailAddress.objects.filter(user=user)
    mine.exclude(email=email.lower()).update(primary=False)
    mine.filter(email=email.lower()).update(primary=True)
    user.email = email
    if not keep_new:
        user.new_email = ""


def _give_way(email: str, *, to: User, now: datetime) -> None:
    """Other accounts that have this address and never confirmed it lose it, and can read so."""
    for other in User.objects.select_for_update().exclude(pk=to.pk).filter(email__iexact=email):
        other.email = ""
        other.save(update_fields=["email"])
        record(Kind.EMAIL_REMOVED, user=other, by=to, detail=masked(email))
        notify_email_lost(user=other, email=email, now=now)
    User.objects.exclude(pk=to.pk).filter(new_email__iexact=email).update(new_email="")
    EmailAddress.objects.exclude(user=to).filter(email__iexact=email).delete()
