"""Who may log in at all."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User


class OpenAccounts(AuthenticationBackend):
    """Log-in by username or e-mail for accounts that are active and not banned."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        """Whether this account may come in now."""
        return isinstance(user, User) and super().user_can_authenticate(user) and not user.is_banned(timezone.now())


def name_of_login(request: HttpRequest, credentials: dict | None = None) -> str | None:
    """Under which name failed log-ins are counted: what was typed, whichever door it was typed at."""
    sources = (credentials or {}, request.POST)
    names = (source.get(field) for source in sources for field in ("login", "username", "email"))
    return next((str(name).strip().lower() for name in names if name), None)
