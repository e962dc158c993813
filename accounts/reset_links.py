"""Links that reset a password, each for one mailbox: whoever uses it has shown that they read that one."""

from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int, int_to_base36

from accounts.models import User


class ResetLinks(PasswordResetTokenGenerator):
    """Django's, whose tokens name the address they were sent to, and die with it."""

    def __init__(self, address: EmailAddress | None = None) -> None:
        super().__init__()
        self.address = address

    def make_token(self, user: User) -> str:
        """A token for the address at hand."""
        address = self.address
        return f"{super().make_token(user)}-{int_to_base36(address.pk)}" if address else super().make_token(user)

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Whether the token is this user's, for an address they still have."""
        address = address_of_link(user, token)
        if user is None or not token or address is None:
            return False
        made = token.rpartition("-")[0]
        return super(ResetLinks, type(self)(address)).check_token(user, made)

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        address = self.address.email if self.address else ""
        return f"{super()._make_hash_value(user, timestamp)}{user.token_version}{address}"


def address_of_link(user: User | None, token: str | None) -> EmailAddress | None:
    """To which of the user's addresses a link with this token was sent."""
    try:
        number = base36_to_int((token or "").rpartition("-")[2])
    except ValueError:
        return None
    if user is None or number >= 2**63:
        return None
    return EmailAddress.objects.filter(pk=number, user_id=user.pk).first()
