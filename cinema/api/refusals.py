"""Every failure in its dialect's envelope: the one exception handler, and what answers when no view does."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from cinema.addresses import is_api
from cinema.api.dialects import Dialect, dialect_of_path
from cinema.api.language import language_of
from cinema.errors import CinemaError

SYSTEM_ERROR = 50000


def answer_refusal(exc: Exception, context: dict) -> Response | None:
    """The dialect's envelope for a refusal; None for a fault of ours, which goes on to ``server_error``."""
    dialect: Dialect = context["view"].dialect
    told = _told(exc, dialect)
    if told is None:
        return None
    status, code, message, headers = told
    set_rollback()
    return Response(dialect.failure(status=status, code=code, message=message), status=status, headers=headers)


def _told(exc: Exception, dialect: Dialect) -> tuple[int, int, object, dict[str, str]] | None:
    """Status, table-10 number, sentence and headers of a refusal."""
    if isinstance(exc, CinemaError):
        return exc.http_status, exc.v1_code, _sentence(exc, dialect), _headers(exc.http_status, exc.details.get("wait"))
    if isinstance(exc, Http404 | exceptions.NotFound):
        return 404, 0, _("There is no such address."), {}
    if isinstance(exc, PermissionDenied | exceptions.PermissionDenied):
        return 403, 0, _("You may not do this."), {}
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return 401, 0, _("Please log in."), _headers(401)
    if isinstance(exc, exceptions.Throttled):
        return 429, 0, _("Too many requests. Please wait a moment."), _headers(429, exc.wait)
    if isinstance(exc, exceptions.ValidationError):
        return 400, 0, " ".join(complaints(exc.detail)), {}
    if isinstance(exc, exceptions.APIException):
        return exc.status_code, 0, exc.detail, {}
    if isinstance(exc, SuspiciousOperation):
        return 400, 0, _("The request is not valid."), {}
    return None


def _sentence(exc: CinemaError, dialect: Dialect) -> str:
    message = str(exc.message) or _("The request is not valid.")
    field = exc.details.get("field")
    return (
        f"{dialect.field(str(field))}: {message}" if field and not exc.v1_code and exc.http_status == 400 else message
    )


def _headers(status: int, wait: Any = None) -> dict[str, str]:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return {**headers, "Retry-After": str(max(1, int(wait)))} if wait is not None else headers


def complaints(detail: Any, place: str = "") -> Iterator[str]:
    """What is wrong with the input, each as ``field: sentence``."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            step = "" if name == "non_field_errors" else str(name)
            yield from complaints(inner, ".".join(part for part in (place, step) if part))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            deeper = isinstance(inner, dict | list)
            if inner:
                yield from complaints(inner, f"{place}.{number}" if deeper else place)
    else:
        yield f"{place}: {detail}" if place else str(detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: below ``/api/`` the dialect's envelope with nothing of the fault's inside."""
    if not is_api(request):
        return defaults.server_error(request)
    return _plain(request, 500, SYSTEM_ERROR)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400, likewise."""
    return _plain(request, 400, 0) if is_api(request) else defaults.bad_request(request, exception)


def refusal_response(request: HttpRequest, exc: CinemaError, *, view: Any = None) -> JsonResponse:
    """A refusal in its dialect's envelope, for a middleware that answers before any view is called."""
    dialect = getattr(getattr(view, "cls", None), "dialect", None) or dialect_of_path(request.path_info)
    with translation.override(language_of(request)):
        told = dialect.failure(status=exc.http_status, code=exc.v1_code, message=_sentence(exc, dialect))
    return JsonResponse(told, status=exc.http_status, json_dumps_params={"ensure_ascii": False})


def _plain(request: HttpRequest, status: int, code: int) -> JsonResponse:
    view = getattr(getattr(request.resolver_match, "func", None), "cls", None)
    dialect = getattr(view, "dialect", None) or dialect_of_path(request.path_info)
    with translation.override(language_of(request)):
        message = _("System error") if status == 500 else _("The request is not valid.")
        told = dialect.failure(status=status, code=code, message=message)
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})
