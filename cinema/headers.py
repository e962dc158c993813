"""What answers say to browsers beyond their content: what a page may use, who may keep it, where it may fetch from."""

from collections.abc import Callable

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

from cinema.addresses import is_own_path, site_of

# The door's scanner uses the camera, passkeys are made and shown on pages of ours, the player fills the screen.
USED_HERE = ("camera", "fullscreen", "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock")
USED_NOWHERE = (
    *("accelerometer", "bluetooth", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer"),
    *("microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
)
PERMISSIONS = ", ".join([*(f"{name}=(self)" for name in USED_HERE), *(f"{name}=()" for name in USED_NOWHERE)])

View = Callable[..., HttpResponseBase]


class CarefulHeaders:
    """Says which powers of a browser pages use. The account's pages are kept nowhere and show our own pictures only."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.own_pictures_only = csp_replace({"img-src": [SELF, "data:"]})(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, then say it."""
        private = is_of_the_account(request)
        response = self.own_pictures_only(request) if private else self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if private:
            add_never_cache_headers(response)
        return response


def is_of_the_account(request: HttpRequest) -> bool:
    """Whether an address belongs to the pages on which people log in and see to their account."""
    parts = request.path_info.strip("/").split("/")
    return "account" in parts[:2]


def playing(*addresses: str) -> Callable[[View], View]:
    """For a page that plays these streams: it may fetch from where they lie, and from ``STREAM_ORIGINS``."""
    outside = sorted({site_of(address) for address in addresses if address and not is_own_path(address)})
    if not outside:
        return _as_it_is
    origins = [*outside, *settings.STREAM_ORIGINS]
    return csp_update({"connect-src": origins, "media-src": origins})


def _as_it_is(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    return view
