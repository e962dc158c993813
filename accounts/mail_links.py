"""The links that only a mailbox gets to see: made when a letter is mailed, so that its copy on the site has none.

Whoever follows one has shown that they read that mailbox: to confirm an address, or to say "this wasn't me".
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import signing
from django.urls import reverse

from accounts.models import Letter
from cinema.addresses import from_outside

NOT_ME = "accounts.not_me"
NOT_ME_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Disowning:
    """Whose account, which mailbox was told, and when."""

    user_id: int
    email: str
    told_at: datetime


def links_of(letter: Letter) -> dict[str, str]:
    """What a letter's mail links to: the page it is about, and ``not_me`` for one about the account's security."""
    links = {"link": from_outside(letter.path)}
    if letter.kind == Letter.Kind.CONFIRM:
        waiting = EmailAddress.objects.filter(user=letter.recipient, email__iexact=letter.address, verified=False)
        if address := waiting.first():
            links["link"] = from_outside(reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key]))
    if letter.kind == Letter.Kind.SECURITY:
        links["not_me"] = from_outside(reverse("accounts:not_me", args=[not_me_token(letter)]))
    return links


def not_me_token(letter: Letter) -> str:
    """What says that the mailbox this letter goes to was told of what happened."""
    told = {"user": letter.recipient_id, "email": letter.mailed_to, "at": letter.created_at.timestamp()}
    return signing.dumps(told, salt=NOT_ME)


def read_not_me(token: str, *, now: datetime) -> Disowning | None:
    """What the token says; None for one that is forged or too old."""
    try:
        told = signing.loads(token, salt=NOT_ME)
        found = Disowning(int(told["user"]), str(told["email"]), datetime.fromtimestamp(told["at"], tz=UTC))
    except (signing.BadSignature, KeyError, TypeError, ValueError, OverflowError):
        return None
    return found if now - found.told_at <= NOT_ME_FOR else None
