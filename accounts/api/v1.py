"""The customers' half of /api/v1: accounts and sessions."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.api.login import change_account, log_in
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
from accounts.credentials import WrongPassword, change_password, is_current_password
from accounts.models import User
from accounts.sessions import end_session, log_out_everywhere
from accounts.signup import sign_up
from accounts.tokens import Bearer, TokenPair, issue_tokens, renew_tokens
from cinema.api.endpoints import ANYONE, V1ViewSet, endpoint
from cinema.rate_limits import caller_of


class V1Door(V1ViewSet):
    """Signing up, logging in, staying in."""

    tag = "accounts"
    authentication_classes: list = []
    throttle_scope = "door"

    @endpoint(says=_("Registered."), takes=NewCustomer, gives=Me, needs=ANYONE)
    def register(self, request: Request) -> User:
        """Sign up."""
        return sign_up(**self.given, language=translation.get_language(), caller=caller_of(request))

    @endpoint(says=_("Logged in."), takes=Credentials, gives=LoginOut, needs=ANYONE, refuses=(401, 403))
    def login(self, request: Request) -> dict:
        """Log in by username or e-mail."""
        user, tokens = log_in(name=self.given["username"], password=self.given["password"], otp=self.given["otp"])
        return {"token": tokens.access, "refreshToken": tokens.refresh, "user": user}

    @endpoint(says=_("Renewed."), takes=RefreshIn, gives=TokensOut, needs=ANYONE, refuses=(401,))
    def refresh(self, request: Request) -> TokenPair:
        """Get fresh tokens of the same session for a refresh token, which is used up by that.

        Within ten seconds it answers the same successors again; after that a second use ends the session.
        """
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
            end_session(user=request.user, session_id=request.auth.session_id)


class V1Me(V1ViewSet):
    """One's own account."""

    tag = "accounts"

    @endpoint(says=_("Fetched."), gives=Me)
    def retrieve(self, request: Request) -> User:
        """Who am I?"""
        return request.user

    @endpoint(says=_("Updated."), takes=MyChange, gives=Me, refuses=(403,))
    def update(self, request: Request) -> User:
        """Change what is given about oneself; an e-mail address with a fresh log-in, or with `currentPassword`."""
        proof = self.given.pop("currentPassword", None)
        return change_account(request, user=request.user, proof=proof, now=self.now, **self.given)

    @endpoint(says=_("Updated."), takes=NewPassword, gives=TokensOut)
    def password(self, request: Request) -> TokenPair:
        """Change one's password; every session ends, and the answer begins a new one."""
        if not is_current_password(user=request.user, password=self.given["oldPassword"]):
            raise WrongPassword
        user = change_password(user=request.user, password=self.given["newPassword"])
        return issue_tokens(user, second_factor=isinstance(request.auth, Bearer) and request.auth.second_factor)
