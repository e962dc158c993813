"""Logging in by API: the same door, locks and counters as on the pages."""

from django.conf import settings
from django.contrib.auth import authenticate, user_login_failed
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.models import User
from accounts.second_factor import CodeWanted, NoSecondFactor, holds
from accounts.tokens import TokenPair, issue_tokens
from cinema.errors import CinemaError, Forbidden, TooManyRequests


class WrongPassword(CinemaError):
    """Unknown user or wrong password: which of them is nobody's business."""

    code = "wrong_password"
    message = _("Wrong password.")
    http_status = 401


class AccountBanned(Forbidden):
    """The password is right, but its owner is kept out."""

    code = "banned"
    message = _("This account has been banned.")


def log_in(request: Request, *, name: str, password: str, otp: str = "") -> tuple[User, TokenPair]:
    """Who this name (username or e-mail) and password belong to, with fresh tokens.

    Raises WrongPassword, AccountBanned, TooManyRequests when the name is locked after too many failures, and for staff
    where the house wants a second factor NoSecondFactor and CodeWanted.
    """
    user = authenticate(request._request, username=name, password=password)
    _refuse_the_locked_out(request)
    if not isinstance(user, User):
        _tell_the_banned(name, password)
        raise WrongPassword
    if not (user.is_staff and settings.STAFF_MFA):
        return user, issue_tokens(user)
    _ask_for_code(request, user, name, otp)
    return user, issue_tokens(user, second_factor=True)


def _ask_for_code(request: Request, user: User, name: str, otp: str) -> None:
    if not user.has_second_factor:
        raise NoSecondFactor(_("Please set up a second factor on the site first; the back office asks for it."))
    if not otp:
        raise CodeWanted(_("Please send your one-time code as well (otp)."))
    if not holds(user=user, code=otp):
        # Counted as a wrong password is, so that codes can't be tried one after the other.
        user_login_failed.send(sender=__name__, credentials={"username": name}, request=request._request)
        _refuse_the_locked_out(request)
        raise CodeWanted(_("This one-time code is wrong or was used already."))


def _refuse_the_locked_out(request: Request) -> None:
    if getattr(request._request, "axes_locked_out", False):
        # Said by this answer already; left on the request it would be answered again, by a page.
        request._request.axes_locked_out = False  # type: ignore[attr-defined]
        raise TooManyRequests(
            _("Too many failed log-ins. Please try again later."), wait=settings.AXES_COOLOFF_TIME.total_seconds()
        )


def _tell_the_banned(name: str, password: str) -> None:
    field = "email__iexact" if "@" in name else "username__iexact"
    user = User.objects.banned(timezone.now()).filter(**{field: name}).first()
    if user is not None and user.check_password(password):
        raise AccountBanned
