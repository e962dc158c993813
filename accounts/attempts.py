"""Counting failed log-ins: the one module that knows axes.

Failures are counted for an account and a network together (an IPv4 address, a /64 of IPv6), so that neither a school
behind one address nor the owner of an attacked account is locked out by what others type. Whoever tries many names
from one network is noticed by their number: from then on only accounts that have logged in from there before may.
"""

from typing import Any

from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Session, User
from accounts.security_log import hashed_name
from cinema.errors import TooManyRequests
from cinema.origin import current_origin, network_of, valid_address

SPRAYED_NAMES = 20


class TooManyAttempts(TooManyRequests):
    """This account is locked for this network after too many failures; ``details['wait']`` says for how long."""

    message = _("Too many failed log-ins. Please try again later.")

    def __init__(self) -> None:
        super().__init__(wait=settings.AXES_COOLOFF_TIME.total_seconds())


def refuse_the_locked_out(user: User) -> None:
    """Raises TooManyAttempts where this account is locked for the network at hand."""
    if settings.AXES_ENABLED and not AxesProxyHandler.is_allowed(axes_request(), {"username": user.username}):
        raise TooManyAttempts


def count_failure(user: User) -> None:
    """A wrong password or code beside a log-in counts as a failed log-in does."""
    AxesProxyHandler.user_login_failed(sender=__name__, credentials={"username": user.username}, request=axes_request())


def forget_failures(user: User) -> None:
    """They have proved who they are: failures before are no longer counted."""
    if settings.AXES_ENABLED:
        AccessAttempt.objects.filter(username=_key_of(user), ip_address=current_origin().network).delete()


def axes_request() -> HttpRequest:
    """A request that says no more than where it comes from: what axes wants to know."""
    origin = current_origin()
    request = HttpRequest()
    request.method = "POST"
    request.META = {
        "REMOTE_ADDR": origin.address or "",
        "HTTP_USER_AGENT": origin.device[:255],
        "PATH_INFO": f"/{origin.door}",
    }
    return request


def network_of_request(request: HttpRequest) -> str | None:
    """For axes: the network a request comes from."""
    return network_of(valid_address(request.META.get("REMOTE_ADDR", "")))


def name_of_login(request: HttpRequest, credentials: dict | None = None) -> str | None:
    """For axes: under which name failed log-ins are counted. The account's, whichever of its names was typed."""
    sources = (credentials or {}, request.POST)
    names = (source.get(field) for source in sources for field in ("login", "username", "email"))
    name = next((str(name) for name in names if name), None)
    if name is None:
        return None
    known = request.__dict__.setdefault("_counted_names", {})
    if name not in known:
        user = account_of(name)
        known[name] = _key_of(user) if user else hashed_name(name)
    return known[name]


def account_of(name: str) -> User | None:
    """The account a log-in name means: a username, or an address of its own."""
    found: Any = get_user_by_username(name.strip())
    if found is None and "@" in name:
        found = next(iter(filter_users_by_email(name.strip(), prefer_verified=True, for_login=True)), None)
        found = found or User.objects.filter(new_email__iexact=name.strip()).first()
    return found


class SprayGuard:
    """An authentication backend that lets nobody in, and where many names are tried keeps the unknown out."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        """Nobody. Raises PermissionDenied, which ends the log-in, where the network is one that sprays."""
        name = str(credentials.get("username") or credentials.get("email") or "")
        if request is None or not settings.AXES_ENABLED or not name:
            return None
        network = network_of_request(request)
        if is_sprayed(network) and not _was_here_before(name, network):
            request.axes_locked_out = True  # type: ignore[attr-defined]
            raise PermissionDenied
        return None


def is_sprayed(network: str | None) -> bool:
    """Whether so many names have failed from this network lately that somebody seems to be trying them."""
    lately = AccessAttempt.objects.filter(
        ip_address=network, attempt_time__gt=timezone.now() - settings.AXES_COOLOFF_TIME
    )
    return lately.values("username").distinct().count() >= SPRAYED_NAMES


def _was_here_before(name: str, network: str | None) -> bool:
    user = account_of(name)
    if user is None:
        return False
    seen = Session.objects.of(user).exclude(address=None).values_list("address", flat=True).distinct()
    return network in {network_of(address) for address in seen}


def _key_of(user: User) -> str:
    return f"account:{user.pk}"
