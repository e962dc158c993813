"""Addresses of pictures and films: what may be linked."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def is_own_path(address: str) -> bool:
    """Whether the address is a path on this site (``/static/…``), not another host's (``//host``)."""
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def _is_web_address(address: str, schemes: set[str]) -> bool:
    if any(char.isspace() or not char.isprintable() for char in address) or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in schemes and bool(parts.hostname)
    except ValueError:
        return False


def validate_web_address(address: str) -> None:
    """A picture's address is http(s) or a path of this site. Raises ValidationError."""
    if address and not is_own_path(address) and not _is_web_address(address, {"http", "https"}):
        raise ValidationError(_("An address must begin with http:// or https://."), code="address")


def validate_stream_address(address: str) -> None:
    """A stream's address is https or a path of this site. Raises ValidationError."""
    if address and not is_own_path(address) and not _is_web_address(address, {"https"}):
        raise ValidationError(_("A stream must begin with https:// or lie on this site."), code="address")
