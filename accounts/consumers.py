"""Sockets that know who is speaking: by token, by the site's cookie, or nobody."""

import asyncio
import base64
import binascii
import json
import time
from http.cookies import CookieError, SimpleCookie
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.bans import is_banned
from accounts.models import User
from accounts.page_sessions import user_of_session
from accounts.tokens import BadToken, Bearer, bearer_of
from cinema.origin import SOCKET, Origin, act_from_now_on, request_id, valid_address
from cinema.rate_limits import Caller, SlotLimit, policy
from cinema.rate_limits.callers import cookie_name, device_of, known_since
from cinema.realtime import BusLost, Hub, user_topic
from cinema.realtime.socket import Close, Socket

BEARER = "bearer."


class IdentifiedSocket(Socket):
    """A socket with a caller. ``user`` is None for a guest."""

    handlers: ClassVar[dict[str, str]] = {"auth": "on_auth"}

    async def opened(self) -> None:
        """Find out who is calling, in the protocol's order."""
        self.slots: list[str] = []
        self.user: User | None = None
        self.bearer: Bearer | None = None
        self.session_id: UUID | None = None
        self.expiry: asyncio.TimerHandle | None = None
        cookie = self._cookie(cookie_name())
        self.address, self.device = self._address(), device_of(cookie)
        self.known_since = known_since(cookie) or timezone.now()
        given = request_id(self.header("x-request-id"))
        origin = Origin(SOCKET, valid_address(self.address), self.header("user-agent")[:300], given)
        act_from_now_on(origin)
        token = self._token_of_upgrade()
        known = Caller.at(self.address, device=self.device)
        if settings.RATE_LIMITS and not await self._take_slots(policy.SOCKETS, known):
            return
        try:
            if token is not None:
                await self._speak_for(await self.ask(bearer_of, token=token, now=timezone.now()))
                await self._ask_again(token)
            elif session_key := self._session_of_own_page():
                await self._speak_for_page(session_key)
        except BadToken as refusal:
            close = Close.TOKEN_EXPIRED if token and is_past(token) else Close.UNAUTHORISED
            await self.refuse("unauthorised", refusal.message, close)
        except BusLost:
            await self.refuse("bus_lost", _("The connection was interrupted."), Close.BUS_LOST)

    async def left(self) -> None:
        """Give up the caller's place."""
        if self.expiry is not None:
            self.expiry.cancel()
        await Hub.current().slots.leave(self.slots, self.id)
        if self.user is not None:
            await Hub.current().unsubscribe(user_topic(self.user.pk), self)

    @property
    def caller(self) -> Caller:
        """Whom limits count: without the pages' cookie an open socket is a device of its own."""
        account = None if self.user is None else self.user.pk
        return Caller.at(self.address, account=account, device=self.device or f"socket-{self.id}")

    async def on_auth(self, frame: dict) -> None:
        """``auth {token}``: from now on this account speaks. Raises BadToken."""
        token = frame.get("token")
        if not isinstance(token, str):
            raise BadToken
        try:
            bearer = await self.ask(bearer_of, token=token, now=timezone.now())
        except BadToken as refusal:
            if is_past(token):
                await self.refuse("token_expired", refusal.message, Close.TOKEN_EXPIRED)
                return
            raise
        if self.user is not None and self.user.pk != bearer.user.pk:
            raise BadToken(_("Someone else is speaking on this socket already."))
        await self._speak_for(bearer)
        if await self._ask_again(token):
            await self.identified()

    async def identified(self) -> None:
        """The caller has become known after the socket was opened."""

    def on_event(self, topic: str, event: dict) -> None:
        """News of the account: a ban or a revoked token ends the socket."""
        kind = event.get("kind")
        if kind == "banned":
            self._end("banned", _("This account has been banned."), Close.BANNED)
        elif kind == "tokens_revoked" or (kind == "session_ended" and event["session_id"] == str(self.session_id)):
            # A page may come back with its cookie, for what that is worth by then; a dead token may not.
            close = Close.TOKEN_EXPIRED if self.bearer is None else Close.UNAUTHORISED
            self._end("unauthorised", _("Please log in again."), close)

    def on_bus_lost(self) -> None:
        """Without the bus a ban could not be heard: come back later."""
        self._end("bus_lost", _("The connection was interrupted."), Close.BUS_LOST)

    def _end(self, code: str, message: object, close: Close) -> None:
        asyncio.ensure_future(self.refuse(code, message, close))  # noqa: RUF006 - it ends this very socket

    async def _ask_again(self, token: str) -> bool:
        """Whether the token is still good now that news of its account is heard; else the socket ends.

        A ban or a log-out between the first look and the subscription must not slip through.
        """
        try:
            await self.ask(bearer_of, token=token, now=timezone.now())
        except BadToken as refusal:
            await self._shut_out(refusal.message, Close.UNAUTHORISED)
            return False
        return True

    async def _shut_out(self, message: object, close: Close) -> None:
        if self.user is not None and await self.ask(is_banned, user_id=self.user.pk, now=timezone.now()):
            await self.refuse("banned", _("This account has been banned."), Close.BANNED)
        else:
            await self.refuse("unauthorised", message, close)

    async def _speak_for_page(self, session_key: str) -> None:
        found = await self.ask(user_of_session, session_key=session_key, now=timezone.now())
        if found is None:
            return
        user, self.session_id = found
        await self._welcome(user)
        # Once more, now that news of the account is heard: a log-out in between must not slip through.
        if await self.ask(user_of_session, session_key=session_key, now=timezone.now()) is None:
            await self._shut_out(_("Please log in again."), Close.TOKEN_EXPIRED)

    async def _speak_for(self, bearer: Bearer) -> None:
        self.bearer, self.session_id = bearer, bearer.session_id
        if self.expiry is not None:
            self.expiry.cancel()
        self.expiry = asyncio.get_running_loop().call_later(
            max(0.0, bearer.expires_at.timestamp() - time.time()),
            lambda: self._end("token_expired", _("Please log in again."), Close.TOKEN_EXPIRED),
        )
        await self._welcome(bearer.user)

    async def _welcome(self, user: User) -> None:
        if self.user is not None:
            return
        if not await self._take_slots(policy.SOCKETS_OF_ACCOUNT, Caller(account=str(user.pk))):
            return
        self.user = user
        await Hub.current().subscribe(user_topic(user.pk), self)

    async def _take_slots(self, limits: tuple[SlotLimit, ...], caller: Caller) -> bool:
        taken = await Hub.current().slots.enter(limits, caller, self.id, type(self).__name__)
        if taken is None:
            await self.refuse("too_many_sockets", _("Too many open connections."), Close.FLOODING)
            return False
        self.slots += taken
        return True

    def _token_of_upgrade(self) -> str | None:
        scheme, _space, token = self.header("authorization").partition(" ")
        if scheme.lower() == "bearer":
            return token.strip()
        for offered in self.scope.get("subprotocols", ()):
            if offered.startswith(BEARER):
                return _decoded(offered.removeprefix(BEARER))
        return None

    def _address(self) -> str:
        """Where the caller is; behind a proxy of our own it is the last address it has added."""
        if settings.BEHIND_PROXY and (told := self.header("x-forwarded-for").split(",")[-1].strip()):
            return told
        return (self.scope.get("client") or ("", 0))[0]

    def _cookie(self, name: str) -> str:
        try:
            morsel = SimpleCookie(self.header("cookie")).get(name)
        except CookieError:
            return ""
        return morsel.value if morsel is not None else ""

    def _session_of_own_page(self) -> str | None:
        """The session cookie, from a page of an allowed origin only: others' pages send it too."""
        origin = self.header("origin")
        if not self._is_own(origin) and origin not in settings.CSRF_TRUSTED_ORIGINS:
            return None
        return self._cookie(settings.SESSION_COOKIE_NAME) or None

    def _is_own(self, origin: str) -> bool:
        """Whether a page's origin is this site's: scheme, name and port. ``http`` could be anybody's on the way."""
        host, scheme = self.header("host"), "https" if self.scope.get("scheme") in {"wss", "https"} else "http"
        if settings.BEHIND_PROXY:
            host = self.header("x-forwarded-host") or host
            scheme = self.header("x-forwarded-proto") or scheme
        own = f"{'https' if settings.HTTPS else scheme}://{host}"
        is_ours = bool(host) and validate_host(split_domain_port(host)[0], hosts())
        return is_ours and whole_origin(origin) is not None and whole_origin(origin) == whole_origin(own)


def whole_origin(text: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin; None for what is none."""
    try:
        parts = urlsplit(text)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None


def is_past(token: str) -> bool:
    """Whether a token says of itself that it has run out; only for choosing the close code."""
    try:
        return json.loads(_decoded(token.split(".")[1]))["exp"] <= time.time()
    except (ValueError, IndexError, KeyError, TypeError):
        return False


def hosts() -> list[str]:
    """The names this site answers to; in development those of this machine, as Django has it."""
    return settings.ALLOWED_HOSTS or [".localhost", "127.0.0.1", "[::1]"]


def _decoded(text: str) -> str:
    try:
        return base64.urlsafe_b64decode(_padded(text)).decode("ascii")
    except (ValueError, binascii.Error):
        return ""


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)
