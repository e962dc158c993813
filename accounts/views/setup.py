"""A house that nobody has claimed: the page that says how that is done, and all else kept shut until it is."""

from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.administrators import HouseUnclaimed, is_claimed
from accounts.api.claiming import register_administrator
from accounts.forms import FirstAdministratorForm
from cinema.addresses import is_api
from cinema.api.refusals import refusal_response
from cinema.errors import CinemaError

SERVED_UNCLAIMED = {"healthz", "readyz", "theme", "admin-register", "accounts:setup"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Claim a house that has no administrator, with the console's code; afterwards there is no such page."""
    if is_claimed():
        raise Http404
    form = FirstAdministratorForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return setup_page(request, form, status=400 if form.errors else 200)
    try:
        register_administrator(request, **{"setup_code": "", **form.cleaned_data}, by=None)
    except CinemaError as refusal:
        field = "setup_code" if refusal.http_status == 403 else refusal.details.get("field")
        form.add_error(field if field in form.fields else None, str(refusal))
        return setup_page(request, form, status=refusal.http_status)
    messages.success(request, _("The cinema is yours. Log in to open the back office."))
    return redirect("account_login")


def setup_page(request: HttpRequest, form: FirstAdministratorForm, *, status: int = 200) -> HttpResponse:
    """The page that says how the house is claimed."""
    response = render(request, "accounts/setup.html", {"form": form}, status=status)
    response["Cache-Control"] = "no-store"
    return response


class ServeOnceClaimed:
    """Middleware of production (CLAIM_FIRST): until there is an administrator, only what leads to one is served."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.CLAIM_FIRST:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.claimed = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve, or say how the house is claimed. Once it is, nobody asks the database again."""
        if self.claimed:
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            match = None
        if match is not None and match.view_name in SERVED_UNCLAIMED:
            return self.get_response(request)  # before the database is asked: /healthz doesn't depend on it
        self.claimed = is_claimed()
        if self.claimed:
            return self.get_response(request)
        if is_api(request):
            return refusal_response(request, HouseUnclaimed(), view=getattr(match, "func", None))
        return setup_page(request, FirstAdministratorForm(), status=HouseUnclaimed.http_status)


class SocketsOnceClaimed:
    """The same for websockets: no upgrade before there is an administrator."""

    def __init__(self, sockets: Callable[..., Awaitable[None]]) -> None:
        self.sockets = sockets
        self.claimed = not settings.CLAIM_FIRST

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        """Pass the upgrade on, or refuse it."""
        self.claimed = self.claimed or await database_sync_to_async(is_claimed)()
        if self.claimed:
            await self.sockets(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close"})
