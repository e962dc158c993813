"""What an endpoint takes, asks, gives and needs, said once above its method and obeyed and documented from there.

The method itself gets what was read as ``self.given`` (the body) and ``self.asked`` (the query), makes one domain call
and answers bare data.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from hashlib import md5
from typing import Any

from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from rest_framework.exceptions import PermissionDenied
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.viewsets import ViewSet

from cinema.api.dialects import BOOKING, COMMUNITY, V1_DIALECT, Dialect
from cinema.api.language import language_of
from cinema.api.paging import page_of
from cinema.api.permissions import ANYONE, SIGNED_IN, STAFF

__all__ = [
    "ANYONE",
    "SIGNED_IN",
    "STAFF",
    "BookingViewSet",
    "CommunityViewSet",
    "DialectViewSet",
    "Endpoint",
    "V1ViewSet",
    "endpoint",
]


@dataclass(frozen=True)
class Endpoint:
    """An endpoint's terms. ``needs`` is ANYONE, SIGNED_IN, STAFF or the permission a member of staff must have."""

    says: object = ""
    takes: type[Serializer] | None = None
    partly: bool = False
    asks: type[Serializer] | None = None
    gives: type[Serializer] | None = None
    gives_some: bool = False  # some of the endpoint's actions give nothing
    key: str = ""
    many: bool = False
    paged: bool = False
    needs: str = SIGNED_IN
    refuses: tuple[int, ...] = ()
    etag: bool = False
    written: str = ""  # the field of the answer that the method gives as JSON already
    sample: Any = None
    sample_body: Any = None

    def read(self, view: "DialectViewSet", request: Request) -> None:
        """Put body and query on the view. Raises ValidationError, ParseError, UnsupportedMediaType."""
        if self.asks is not None:
            view.asked = _validated(self.asks(data=request.query_params, context={"request": request}))
        if self.takes is not None:
            taken = self.takes(data=request.data, partial=self.partly, context={"request": request})
            view.given = _validated(taken)

    def tell(self, view: "DialectViewSet", found: Any) -> Any:
        """What the method answered, as bare data for the envelope."""
        if self.gives is None or (self.gives_some and found is None):
            return None
        context = {"request": view.request, "now": view.now}
        if self.written:
            return self.gives({**found, self.written: []}, context=context).data
        if self.paged:
            total, rows = page_of(found, page=view.asked["page"], limit=view.asked["limit"])
            return {"total": total, "records": self.gives(rows, many=True, context=context).data}
        data = self.gives(found, many=self.many, context=context).data
        return {self.key: data} if self.key else data


def endpoint(**terms: Any) -> Callable[[Callable], Callable]:
    """Put an Endpoint's terms above a viewset's method."""
    agreed = Endpoint(**terms)

    def dress(method: Callable) -> Callable:
        @wraps(method)
        def handler(view: "DialectViewSet", request: Request, **path: Any) -> HttpResponse:
            agreed.read(view, request)
            found = method(view, request, **path)
            told = view.dialect.success(agreed.tell(view, found), agreed.says)
            return _with_written(request, told, agreed.written, found) if agreed.written else Response(told)

        handler.endpoint = agreed  # type: ignore[attr-defined]
        return handler

    return dress


class DialectViewSet(ViewSet):
    """A viewset that speaks one dialect; its methods carry ``@endpoint``."""

    dialect: Dialect
    tag = ""
    http_method_names = ["get", "head", "post", "put", "delete"]
    given: dict[str, Any]
    asked: dict[str, Any]
    now: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Choose the language before anything can be refused."""
        translation.activate(language_of(request))
        self.now = timezone.now()
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answers for one caller are not to be kept by others; lists and details of films carry an ETag."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.terms is not None and self.terms.etag and response.status_code == 200:
            return _conditional(request, response)
        if response.has_header("ETag"):
            return response
        patch_cache_control(response, private=True, no_store=True)
        return response

    def require(self, permission: str) -> None:
        """Ask for a permission beyond the endpoint's own terms. Raises PermissionDenied."""
        if not self.request.user.has_perm(permission):
            raise PermissionDenied

    @property
    def terms(self) -> Endpoint | None:
        """The terms of the action at hand; None for a method that isn't served here."""
        return getattr(getattr(self, self.action or "", None), "endpoint", None)


class BookingViewSet(DialectViewSet):
    """Speaks booking-api.md."""

    dialect = BOOKING


class CommunityViewSet(DialectViewSet):
    """Speaks community-api.md."""

    dialect = COMMUNITY


class V1ViewSet(DialectViewSet):
    """Speaks admin-api.md and its other half."""

    dialect = V1_DIALECT


def _with_written(request: Request, told: Any, name: str, found: dict[str, Any]) -> HttpResponse:
    """The answer with one field put in as it was written; whoever has it already is told so (304).

    It is for one caller, who may keep it but has to ask whether it is still so.
    """
    whole = (
        JSONRenderer().render(told).replace(b'"%s":[]' % name.encode(), b'"%s":%s' % (name.encode(), found[name]), 1)
    )
    etag = quote_etag(md5(whole, usedforsecurity=False).hexdigest())
    response = HttpResponse(whole, content_type="application/json", headers={"ETag": etag})
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Authorization", "Accept-Language"])
    return get_conditional_response(request._request, etag=etag, response=response)


def _conditional(request: Request, response: Response) -> Response:
    patch_cache_control(response, public=True, no_cache=True)
    rendered = response.render()
    etag = quote_etag(md5(rendered.content, usedforsecurity=False).hexdigest())
    rendered.headers["ETag"] = etag
    return get_conditional_response(request._request, etag=etag, response=rendered)


def _validated(serializer: BaseSerializer) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data
