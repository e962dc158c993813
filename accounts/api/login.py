"""Logging in by API: the same door, locks and counters as on the pages."""

from django.conf import settings
from django.contrib.auth import authenticate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.models import User
from accounts.tokens import TokenPair, issue_tokens
from cinema.api.refusals import TooManyRequests
from cinema.errors import CinemaError, Forbidden


class WrongPassword(CinemaError):
    """Unknown user or wrong password: which of them is nobody's business."""

    code = "wrong_password"
    message = _("Wrong password.")
    http_status = 401
    v1_code = 10004


class AccountBanned(Forbidden):
    """The password is right, but its owner is kept out."""

    code = "banned"
    message = _("This account has been banned.")


def log_in(request: Request, *, name: str, password: str) -> tuple[User, TokenPair]:
    """Who this name (username or e-mail) and password belong to, with fresh tokens.

    Raises WrongPassword, AccountBanned, TooManyRequests when the name is locked after too many failures.
    """
    user = authenticate(request._request, username=name, password=password)
    if getattr(request._request, "axes_locked_out", False):
        # Said by this answer already; left on the request it would be answered again, by a page.
        request._request.axes_locked_out = False  # type: ignore[attr-defined]
        raise TooManyRequests(
            _("Too many failed log-ins. Please try again later."), wait=settings.AXES_COOLOFF_TIME.total_seconds()
        )
    if not isinstance(user, User):
        _tell_the_banned(name, password)
        raise WrongPassword
    return user, issue_tokens(user)


def _tell_the_banned(name: str, password: str) -> None:
    field = "email__iexact" if "@" in name else "username__iexact"
    user = User.objects.banned(timezone.now()).filter(**{field: name}).first()
    if user is not None and user.check_password(password):
        raise AccountBanned
