"""The customers' half of /api/v1: accounts and sessions."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.api.login import WrongPassword, log_in
from accounts.api.people import (
    Credentials,
    Farewell,
    LoginOut,
    Me,
    MyChange,
    NewCustomer,
    NewPassword,
    RefreshIn,
    TokensOut,
)
from accounts.models import User
from accounts.profile import change_password, update_profile
from accounts.signup import sign_up
from accounts.tokens import Bearer, TokenPair, end_session, issue_tokens, log_out_everywhere, renew_tokens
from cinema.api.endpoints import ANYONE, V1ViewSet, endpoint


class V1Door(V1ViewSet):
    """Signing up, logging in, staying in."""

    tag = "accounts"
    authentication_classes: list = []
    throttle_scope = "door"

    @endpoint(says=_("Registered."), takes=NewCustomer, gives=Me, needs=ANYONE)
    def register(self, request: Request) -> User:
        """Sign up."""
        return sign_up(**self.given, language=translation.get_language())

    @endpoint(says=_("Logged in."), takes=Credentials, gives=LoginOut, needs=ANYONE, refuses=(401, 403))
    def login(self, request: Request) -> dict:
        """Log in by username or e-mail."""
        user, tokens = log_in(
            request, name=self.given["username"], password=self.given["password"], otp=self.given["otp"]
        )
        return {"token": tokens.access, "refreshToken": tokens.refresh, "user": user}

    @endpoint(says=_("Renewed."), takes=RefreshIn, gives=TokensOut, needs=ANYONE, refuses=(401,))
    def refresh(self, request: Request) -> TokenPair:
        """Get fresh tokens of the same session for a refresh token."""
        return renew_tokens(self.given["refreshToken"], now=self.now)


class V1Session(V1ViewSet):
    """The session a token belongs to."""

    tag = "accounts"

    @endpoint(says=_("Logged out."), takes=Farewell)
    def logout(self, request: Request) -> None:
        """Log out of this session, or with `everywhere` of all of one's sessions."""
        if self.given["everywhere"]:
            log_out_everywhere(user=request.user)
        elif isinstance(request.auth, Bearer):
            end_session(bearer=request.auth, now=self.now)


class V1Me(V1ViewSet):
    """One's own account."""

    tag = "accounts"

    @endpoint(says=_("Fetched."), gives=Me)
    def retrieve(self, request: Request) -> User:
        """Who am I?"""
        return request.user

    @endpoint(says=_("Updated."), takes=MyChange, gives=Me)
    def update(self, request: Request) -> User:
        """Change what is given about oneself."""
        return update_profile(user=request.user, **self.given)

    @endpoint(says=_("Updated."), takes=NewPassword, gives=TokensOut)
    def password(self, request: Request) -> TokenPair:
        """Change one's password; every session ends, and the answer begins a new one."""
        if not request.user.check_password(self.given["oldPassword"]):
            raise WrongPassword
        user = change_password(user=request.user, password=self.given["newPassword"])
        return issue_tokens(user, second_factor=isinstance(request.auth, Bearer) and request.auth.second_factor)
