"""Through which door, from which address and in which request something is done, for whoever writes it down.

Set once by whatever receives a request, a frame or a command, and read by the domain functions that record who did
what. It travels in a context variable, so that no function between has to hand it on and none can forget to.
"""

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cinema.rate_limits.callers import Caller

COMMAND, PAGE, OFFICE, SOCKET = "command", "page", "office", "socket"
access_log = logging.getLogger("cinema.access")
REQUEST_ID = re.compile(r"[\w.-]{8,64}", re.ASCII)


@dataclass(frozen=True)
class Origin:
    """Where an act comes from. ``door`` is a dialect's name, page, office, socket or command."""

    door: str = COMMAND
    address: str | None = None
    device: str = ""
    request_id: str = ""

    @property
    def network(self) -> str | None:
        """The address as limits count it: an IPv4 address, or the /64 an IPv6 address lies in."""
        return network_of(self.address)


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039  it is frozen


def current_origin() -> Origin:
    """Where what is being done now comes from."""
    return _current.get()


@contextmanager
def acting_from(origin: Origin) -> Iterator[Origin]:
    """What is done inside comes from there."""
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


def act_from_now_on(origin: Origin) -> None:
    """All that the task at hand still does comes from there; for a socket, which is one task."""
    _current.set(origin)


def origin_of(request: HttpRequest) -> Origin:
    """Where a request comes from; its door is known once its view is."""
    return Origin(
        door=PAGE,
        address=valid_address(request.META.get("REMOTE_ADDR", "")),
        device=request.headers.get("user-agent", "").replace("\x00", "")[:300],
        request_id=request_id(request.headers.get("x-request-id", "")),
    )


def request_id(told: str) -> str:
    """The id that the proxy has given, else a new one: what clients say themselves is no id of ours."""
    return told if settings.BEHIND_PROXY and REQUEST_ID.fullmatch(told) else uuid.uuid4().hex


def _log(request: HttpRequest, response: HttpResponse, begun: float) -> None:
    """A request by its route, since addresses may hold codes, tokens and words somebody searched for."""
    match = request.resolver_match
    facts = {
        "method": request.method,
        "route": match.route if match else "",
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - begun) * 1000),
    }
    access_log.info("request", extra={"facts": facts})


def valid_address(text: str) -> str | None:
    """The address if it is one; a socket file of a proxy has none."""
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None


def network_of(address: str | None) -> str | None:
    """Where failed log-ins are counted: an IPv4 address itself, or the /64 an IPv6 address lies in."""
    return None if address is None else Caller.at(address).address.partition("/")[0]


class RememberOrigin:
    """Says where each request comes from, and answers its id in ``X-Request-ID``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request with its origin known."""
        begun = time.perf_counter()
        with acting_from(origin_of(request)) as origin:
            response = self.get_response(request)
            if settings.LOG_FORMAT == "json":
                _log(request, response, begun)
        response.headers["X-Request-ID"] = origin.request_id
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> None:
        """Name the door: the dialect of the API, the back office or the customers' pages."""
        dialect = getattr(getattr(view, "cls", None), "dialect", None)
        app = request.resolver_match.app_name if request.resolver_match else ""
        door = dialect.name if dialect is not None else OFFICE if app == "admin" else PAGE
        act_from_now_on(replace(current_origin(), door=door))
