"""Addresses: which pictures and films may be linked, and what a page of this site is called from outside."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

SCHEMES = {"http", "https"}
HERE = {"127.0.0.1", "localhost", "::1"}


def from_outside(path: str) -> str:
    """The whole address of a path on this site, for letters and calendars."""
    return f"{settings.SITE_URL}{path}"


def absolute(path: str, request: HttpRequest | None = None) -> str:
    """The same for an answer to a request; what is an address already stays as it is.

    A house on this machine alone is reached under whatever port it was started on, so there the request's own is taken.
    Anywhere else never: whoever asks can write any port into ``Host``, and answers are kept in caches.
    """
    if not is_own_path(path):
        return path
    return request.build_absolute_uri(path) if request is not None and house_host() in HERE else from_outside(path)


def path_of(address: str) -> str:
    """What of an address is left without scheme, host and port."""
    return urlsplit(address)._replace(scheme="", netloc="").geturl()


def house_host() -> str:
    """The name of this site, without a port."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def is_own_path(address: str) -> bool:
    """Whether the address is a path on this site (``/static/…``), not another host's (``//host``)."""
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def is_web_address(address: str) -> bool:
    """Whether it is ``http(s)://`` and a host, with nothing in it that a browser would read otherwise."""
    if any(char.isspace() or not char.isprintable() for char in address) or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in SCHEMES and bool(parts.hostname)
    except ValueError:
        return False


def validate_web_address(address: str) -> None:
    """The address of a picture or a stream is http(s) or a path of this site. Raises ValidationError."""
    if address and not is_own_path(address) and not is_web_address(address):
        raise ValidationError(_("An address must begin with http:// or https://."), code="address")


def is_api(request: HttpRequest) -> bool:
    """Whether this address belongs to the API."""
    return request.path_info == "/api" or request.path_info.startswith("/api/")


def site_of(address: str) -> str:
    """Scheme, host and port of an address; one that a policy can't name is nowhere."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".replace(";", "").replace(",", "")
