"""The house's own say in allauth's flows."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from accounts.profile import change_password
from accounts.signup import checked_username
from cinema.errors import CinemaError


class HouseAdapter(DefaultAccountAdapter):
    """Keeps the banned outside whichever way they log in (password, passkey, code); keeps our rules for accounts."""

    def pre_login(self, request: HttpRequest, user: User, **flow: Any) -> HttpResponse | None:
        """The page a banned person is shown instead of being logged in."""
        if user.is_banned(timezone.now()):
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **flow)

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Our rules for usernames beside allauth's. Raises ValidationError."""
        try:
            return super().clean_username(checked_username(username), shallow=shallow)
        except CinemaError as refusal:
            raise ValidationError(str(refusal)) from None

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every other session and token."""
        if user.pk is None:
            super().set_password(user, password)
            return
        user.password = change_password(user=user, password=password).password
