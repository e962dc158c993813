"""Who is calling, as far as limits are concerned: address, network, account, device."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from cinema.rate_limits.limits import By

COOKIE_SECONDS = 400 * 24 * 3600  # browsers keep none for longer


def cookie_name() -> str:
    """What the cookie of a browser is called here."""
    return f"{settings.COOKIE_PREFIX}device"


@dataclass(frozen=True)
class Caller:
    """What is known of a caller; what is not known is empty and no limit counts it.

    Somebody's IPv6 address is a whole /64, of which they may use any; a network is a /24, or a /48 of IPv6.
    """

    address: str = ""
    network: str = ""
    account: str = ""
    device: str = ""

    @classmethod
    def at(cls, address: str, *, account: int | None = None, device: str = "") -> "Caller":
        """A caller at an address, under an account, at a device."""
        known = "" if account is None else str(account)
        try:
            ip = ip_address(address.partition("%")[0])
        except ValueError:
            return cls(address, address, known, device)
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        narrow, wide = (64, 48) if isinstance(ip, IPv6Address) else (32, 24)
        return cls(_within(ip, narrow), _within(ip, wide), known, device)

    def sealed(self) -> "Caller":
        """The same caller, told from others but not to be recognised: fit to be kept for longer than a moment."""
        return Caller(*(part and salted_hmac("cinema.caller", part).hexdigest()[:16] for part in self._parts))

    def as_text(self) -> str:
        """For a column of the database; empty for nobody."""
        return "|".join(self._parts) if any(self._parts) else ""

    @classmethod
    def from_text(cls, text: str) -> "Caller":
        """The caller that ``as_text`` wrote."""
        return cls(*text.split("|")) if text else NOBODY

    @property
    def _parts(self) -> tuple[str, str, str, str]:
        return self.address, self.network, self.account, self.device

    def by(self, kind: By) -> str:
        """The part of the caller that a limit counts for."""
        return getattr(self, kind)


NOBODY = Caller()  # the house itself, which no limit holds: demo, commands, the counter


def caller_of(request: HttpRequest, account: int | None = None) -> Caller:
    """Who sent a request; behind a proxy of ours its middleware has put the sender's own address in place."""
    user: Any = getattr(request, "user", None)
    if account is None and user is not None and user.is_authenticated:
        account = user.pk
    device = device_of(request.COOKIES.get(cookie_name(), ""))
    return Caller.at(request.META.get("REMOTE_ADDR", ""), account=account, device=device)


def new_device() -> str:
    """What a browser without a device cookie is given as one."""
    return _signer().sign(secrets.token_urlsafe(12))


def device_of(cookie: str) -> str:
    """The device of a cookie that this house has signed; empty for any other."""
    try:
        return _signer().unsign(cookie)
    except BadSignature:
        return ""


def known_since(cookie: str) -> datetime | None:
    """From which moment a cookie of this house has been out, to the end of its second; None for any other."""
    if not device_of(cookie):
        return None
    _device, stamp, _signature = cookie.rsplit(":", 2)
    return datetime.fromtimestamp(b62_decode(stamp) + 1, UTC)


def cookie_settings() -> dict[str, Any]:
    """How the device cookie is set: for this site's own pages, unseen by scripts."""
    return {"max_age": COOKIE_SECONDS, "httponly": True, "samesite": "Lax", "secure": settings.HTTPS}


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="cinema.device.since")


def _within(ip: Any, bits: int) -> str:
    return str(ip) if bits == 32 else str(ip_network((ip, bits), strict=False))
