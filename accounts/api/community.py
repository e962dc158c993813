"""community-api.md: users."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.api.login import change_account, log_in
from accounts.api.people import CommunityChange, CommunityLogin, CommunityUser, EmailCredentials, NewAccount
from accounts.models import User
from accounts.signup import sign_up
from cinema.api.endpoints import ANYONE, CommunityViewSet, endpoint
from cinema.rate_limits import caller_of

USER1 = {"id": 1, "username": "user1", "email": "user1@example.com", "email_verified": True}


class CommunityDoor(CommunityViewSet):
    """Signing up and logging in."""

    tag = "users"
    authentication_classes: list = []
    throttle_scope = "door"

    @endpoint(says=_("Registered."), takes=NewAccount, needs=ANYONE)
    def register(self, request: Request) -> None:
        """Sign up."""
        sign_up(**self.given, language=translation.get_language(), caller=caller_of(request))

    @endpoint(
        takes=EmailCredentials,
        gives=CommunityLogin,
        needs=ANYONE,
        refuses=(401, 403),
        sample={"token": "jwt-token-here", "user": USER1},
    )
    def login(self, request: Request) -> dict:
        """Log in by e-mail."""
        user, tokens = log_in(name=self.given["email"], password=self.given["password"], otp=self.given["otp"])
        return {"token": tokens.access, "user": user}


class CommunityMe(CommunityViewSet):
    """One's own account."""

    tag = "users"

    @endpoint(gives=CommunityUser, key="user", sample={"user": USER1})
    def retrieve(self, request: Request) -> User:
        """Who am I?"""
        return request.user

    @endpoint(says=_("Updated."), takes=CommunityChange, refuses=(403,))
    def update(self, request: Request) -> None:
        """Change one's username, or one's e-mail address: with a fresh log-in, or with `current_password`."""
        proof = self.given.pop("current_password", None)
        change_account(request, user=request.user, proof=proof, now=self.now, **self.given)
