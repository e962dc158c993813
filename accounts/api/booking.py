"""booking-api.md: users."""

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.api.login import change_account, log_in
from accounts.api.people import BookingChange, Credentials, NewAccount, TokenOut
from accounts.bans import UserNotFound
from accounts.models import User
from accounts.signup import sign_up
from cinema.api.endpoints import ANYONE, BookingViewSet, endpoint
from cinema.errors import Forbidden
from cinema.rate_limits import caller_of


class NotYours(Forbidden):
    """``user_id`` names someone else, and the caller has no business with them."""

    code = "not_yours"
    message = _("You may only do this for yourself.")


class BookingDoor(BookingViewSet):
    """Signing up and logging in."""

    tag = "users"
    authentication_classes: list = []
    throttle_scope = "door"

    @endpoint(says=_("Registered."), takes=NewAccount, needs=ANYONE)
    def register(self, request: Request) -> None:
        """Sign up."""
        sign_up(**self.given, language=translation.get_language(), caller=caller_of(request))

    @endpoint(says=_("Logged in."), takes=Credentials, gives=TokenOut, needs=ANYONE, refuses=(401, 403))
    def login(self, request: Request) -> dict:
        """Log in by username."""
        _user, tokens = log_in(name=self.given["username"], password=self.given["password"], otp=self.given["otp"])
        return {"token": tokens.access}


class BookingUser(BookingViewSet):
    """One's own account."""

    tag = "users"

    @endpoint(says=_("Updated."), takes=BookingChange, refuses=(403, 404))
    def update(self, request: Request) -> None:
        """Change one's password or e-mail address: with a fresh log-in, or with `current_password`."""
        change_account(
            request,
            user=whose(request.user, self.given.get("user_id"), permission="accounts.change_user"),
            proof=self.given.get("current_password"),
            email=self.given.get("email"),
            password=self.given.get("password"),
            now=self.now,
        )


def whose(caller: User, user_id: int | None, *, permission: str) -> User:
    """The user a ``user_id`` means: the caller, or anyone for staff who may.

    Only an administrator may act for a member of staff. Raises NotYours, UserNotFound.
    """
    if user_id in (None, caller.pk):
        return caller
    if not (caller.is_staff and caller.has_perm(permission)):
        raise NotYours
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    if user.is_staff and not caller.is_superuser:
        raise NotYours
    return user
