"""Telling an account's owner what happened to it: by mail to the address they had then, and on the site.

Every mail of this kind carries a link for "this wasn't me" (``accounts.mail_links``), which the site's copy has not.
"""

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.devices import device_name
from accounts.letters import write_letter
from accounts.models import Letter, Session, User
from accounts.security_log import masked
from cinema.clock import local
from cinema.origin import current_origin


def notify_new_device(*, user: User, session: Session, now: datetime) -> None:
    """Somebody logged in from a device that was not seen before."""
    with translation.override(user.language):
        _write(user, _("New log-in to your account"), _("Somebody logged in to your account from a new device."), now)


def notify_password_changed(*, user: User, by_mail: bool, now: datetime, also: Iterable[str] = ()) -> None:
    """The password is another one; ``by_mail`` where it was reset by a link."""
    with translation.override(user.language):
        changed = _("The password of your account was changed. All other devices were logged out.")
        reset = _("The password of your account was reset by a link that was mailed. All devices were logged out.")
        _write(user, _("Your password was changed"), reset if by_mail else changed, now, also)


def notify_email_given(*, user: User, email: str, now: datetime) -> None:
    """A new address was given; it takes the place of the old one once it is confirmed."""
    with translation.override(user.language):
        text = _(
            "A new e-mail address was given for your account: %(email)s. "
            "Once it is confirmed it takes the place of this one."
        )
        _write(user, _("New e-mail address for your account"), text % {"email": masked(email)}, now)


def notify_email_changed(*, user: User, former: str, now: datetime) -> None:
    """The account has another address now, and the former one is told."""
    with translation.override(user.language):
        text = _("The e-mail address of your account is %(email)s now. This one no longer belongs to it.")
        _write(user, _("Your e-mail address was changed"), text % {"email": masked(user.email)}, now, [former])


def notify_email_removed(*, user: User, email: str, now: datetime) -> None:
    """An address was taken off the account."""
    with translation.override(user.language):
        text = _("The e-mail address %(email)s was removed from your account.") % {"email": masked(email)}
        _write(user, _("Your e-mail address was changed"), text, now, [email])


def notify_email_lost(*, user: User, email: str, now: datetime) -> None:
    """An address that was never confirmed here was confirmed by another account."""
    with translation.override(user.language):
        text = _("The address %(email)s was confirmed by another account, so yours no longer has it.")
        _write(user, _("Your e-mail address was changed"), text % {"email": masked(email)}, now)


def notify_factor(*, user: User, what: str, added: bool, now: datetime) -> None:
    """A second factor, a passkey or recovery codes were set up, or taken off."""
    with translation.override(user.language):
        name = {
            "totp": _("authenticator app"),
            "webauthn": _("passkey"),
            "recovery_codes": _("recovery codes"),
        }.get(what, what)
        text = _("Set up for your account: %(what)s.") if added else _("Removed from your account: %(what)s.")
        _write(user, _("Your two-step log-in was changed"), text % {"what": name}, now)


def notify_contested(*, user: User, addresses: Iterable[str], now: datetime) -> None:
    """Two mailboxes have said that the account is theirs: both hear that it is switched off, without a link."""
    with translation.override(user.language):
        for address in dict.fromkeys(filter(None, addresses)):
            write_letter(
                to=user,
                kind=Letter.Kind.CLOSED,
                subject=_("Your account is switched off for now"),
                text=_(
                    "Two people say that this account is theirs, each by a link that was mailed to them. It is "
                    "switched off until the cinema has found out whose it is. Tickets stay good. Please write to the "
                    "cinema, from the address with which you opened the account."
                ),
                about=Letter.About.ACCOUNT,
                about_id=user.pk,
                address=address,
                now=now,
            )


def ask_to_confirm(*, user: User, email: str, now: datetime) -> None:
    """Ask whoever reads a mailbox whether it is this person's; the link is made when it is mailed."""
    with translation.override(user.language):
        write_letter(
            to=user,
            kind=Letter.Kind.CONFIRM,
            subject=_("Please confirm your e-mail address"),
            text=_(
                "This address was given for your account. Please confirm that it is yours by the link in the mail. "
                "If you know nothing of this, please ignore it."
            ),
            about=Letter.About.ACCOUNT,
            about_id=user.pk,
            address=email,
            now=now,
        )


def _write(user: User, subject: str, text: str, now: datetime, also: Iterable[str] = ()) -> None:
    origin = current_origin()
    facts = [
        _("Time: %(when)s") % {"when": local(now).strftime("%Y-%m-%d %H:%M")},
        _("Device: %(device)s") % {"device": device_name(origin.device) or _("unknown")},
        _("Network address: %(address)s") % {"address": origin.address or _("unknown")},
    ]
    advice = _(
        "If this was you, there is nothing to do. If it wasn't, use the link in the mail at once: it ends every log-in "
        "and lets you choose a new password."
    )
    addresses = dict.fromkeys([user.email, *(address for address in also if address)])
    if len(addresses) > 1:
        addresses.pop("", None)
    for address in addresses:
        write_letter(
            to=user,
            kind=Letter.Kind.SECURITY,
            subject=subject,
            text="\n\n".join([text, "\n".join(facts), advice]),
            about=Letter.About.ACCOUNT,
            about_id=user.pk,
            address=address,
            now=now,
        )
