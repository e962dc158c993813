"""Registering administrators, by API or on the page: wrong set-up codes are counted."""

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import user_login_failed
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.administrators import WrongSetupCode, sign_up_administrator
from accounts.models import User
from cinema.errors import TooManyRequests

COUNTED_AS = {"username": "<set-up code>"}  # no username has such characters


def register_administrator(
    request: HttpRequest, *, username: str, password: str, setup_code: str, by: User | None
) -> User:
    """Make an administrator; wrong set-up codes are counted and locked out as wrong passwords are.

    Raises TooManyRequests and whatever ``sign_up_administrator`` raises.
    """
    if not AxesProxyHandler.is_allowed(request, COUNTED_AS):
        raise TooManyRequests(
            _("Too many wrong set-up codes. Please try again later."), wait=settings.AXES_COOLOFF_TIME.total_seconds()
        )
    try:
        return sign_up_administrator(username=username, password=password, by=by, setup_code=setup_code)
    except WrongSetupCode:
        user_login_failed.send(sender=__name__, credentials=COUNTED_AS, request=request)
        request.axes_locked_out = False  # type: ignore[attr-defined]  # this answer says so itself
        raise
