"""Who may log in at all."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from accounts.models import User

CLAIMANTS = 5  # passwords are slow to check: an address that many accounts claim must not become a burden


class OpenAccounts(AuthenticationBackend):
    """Log-in by username or e-mail, confirmed or not, for accounts that are active and not banned."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        """Whether this account may come in now."""
        return isinstance(user, User) and super().user_can_authenticate(user) and not user.is_banned(timezone.now())

    def _authenticate_by_email(self, email: str, password: str) -> AbstractBaseUser | None:
        """By an address the account has, or one it was given and is still to confirm: its password decides."""
        if (user := super()._authenticate_by_email(email, password)) is not None:
            return user
        for claimant in User.objects.filter(new_email__iexact=email)[:CLAIMANTS]:
            if (user := self._check_password(claimant, password)) is not None:
                return user
        return None
