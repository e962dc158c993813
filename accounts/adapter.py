"""The house's own say in allauth's flows."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User


class HouseAdapter(DefaultAccountAdapter):
    """Keeps the banned outside whichever way they log in (password, passkey, code)."""

    def pre_login(self, request: HttpRequest, user: User, **flow: Any) -> HttpResponse | None:
        """The page a banned person is shown instead of being logged in."""
        if user.is_banned(timezone.now()):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **flow)
