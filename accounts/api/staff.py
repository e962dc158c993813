"""admin-api.md: administrators and people."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.api.claiming import register_administrator
from accounts.api.login import log_in
from accounts.api.people import (
    AdministratorLogin,
    AdministratorOut,
    Credentials,
    NewAdministrator,
    UserOut,
    UserQuery,
)
from accounts.bans import ban_user, unban_user
from accounts.models import User
from cinema.api.endpoints import ANYONE, V1ViewSet, endpoint


class V1StaffDoor(V1ViewSet):
    """Logging in as staff."""

    tag = "administrators"
    authentication_classes: list = []
    throttle_scope = "door"

    @endpoint(
        says=_("Logged in."),
        takes=Credentials,
        gives=AdministratorLogin,
        needs=ANYONE,
        refuses=(401, 403),
        sample={"token": "string", "refreshToken": "string", "admin": {"adminId": 1, "username": "admin"}},
    )
    def login(self, request: Request) -> dict:
        """Log in as a member of staff."""
        user, tokens = log_in(
            name=self.given["username"], password=self.given["password"], otp=self.given["otp"], staff_only=True
        )
        return {"token": tokens.access, "refreshToken": tokens.refresh, "admin": user}


class V1Administrators(V1ViewSet):
    """Administrators."""

    tag = "administrators"
    throttle_scope = "door"

    @endpoint(
        says=_("Registered."),
        takes=NewAdministrator,
        gives=AdministratorOut,
        needs=ANYONE,
        refuses=(403,),
        sample={"adminId": 1, "username": "admin"},
    )
    def register(self, request: Request) -> User:
        """Make an administrator: by an administrator, or while there is none by whoever has the set-up code.

        The console prints that code (`setupCode`) when production starts, and `manage.py setup_code` prints another. It
        is good once. With `OPEN_ADMIN_REGISTER` on the first administrator needs none.
        """
        by = request.user if isinstance(request.user, User) else None
        return register_administrator(
            request._request,
            username=self.given["username"],
            password=self.given["password"],
            setup_code=self.given["setupCode"],
            by=by,
        )


class V1Users(V1ViewSet):
    """Customers, as staff sees them."""

    tag = "users"

    @endpoint(says=_("Fetched."), asks=UserQuery, gives=UserOut, paged=True, needs="accounts.view_user")
    def list(self, request: Request) -> QuerySet[User]:
        """List customers."""
        people = User.objects.customers().order_by("id")
        if "status" not in self.asked:
            return people
        banned = User.objects.banned(self.now)
        wanted = self.asked["status"] == User.Status.BANNED
        return people.filter(pk__in=banned) if wanted else people.exclude(pk__in=banned)

    @endpoint(says=_("Banned."), needs="accounts.ban_user")
    def ban(self, request: Request, user_id: int) -> None:
        """Ban a user; their tokens and sockets end at once."""
        ban_user(user_id=user_id, by=request.user)

    @endpoint(says=_("Ban lifted."), needs="accounts.ban_user")
    def unban(self, request: Request, user_id: int) -> None:
        """Lift a user's ban."""
        unban_user(user_id=user_id, by=request.user)
