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
from cinema.api.dialects import V1_NUMBERS, Dialect, Failure, dialect_of_path
from cinema.api.language import language_of
from cinema.errors import CinemaError

DETAILS_OF_HTTP = {"field", "wait"}  # said by ``field`` and by Retry-After


def answer_refusal(exc: Exception, context: dict) -> Response | None:
    """The dialect's envelope for a refusal; None for a fault of ours, which goes on to ``server_error``."""
    view = context["view"]
    dialect: Dialect = view.dialect
    failure = failure_of(exc, view) if isinstance(exc, CinemaError) else _failure_of_framework(exc)
    if failure is None:
        return None
    set_rollback()
    wait = exc.details.get("wait") if isinstance(exc, CinemaError) else getattr(exc, "wait", None)
    headers = _headers(failure.status, wait)
    return Response(dialect.failure(failure), status=failure.status, headers=headers)


def _failure_of_framework(exc: Exception) -> Failure | None:
    """What is to be said of a refusal by Django or the REST framework."""
    if isinstance(exc, Http404 | exceptions.NotFound):
        return Failure(404, _("There is no such address."), "not_found")
    if isinstance(exc, PermissionDenied | exceptions.PermissionDenied):
        return Failure(403, _("You may not do this."), "forbidden")
    if isinstance(exc, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return Failure(401, _("Please log in."), "login_required")
    if isinstance(exc, exceptions.Throttled):
        return Failure(429, _("Too many requests. Please wait a moment."), "too_many_requests")
    if isinstance(exc, exceptions.ValidationError):
        found = list(complaints(exc.detail))
        return Failure(400, " ".join(said for _place, said in found), "invalid", field=found[0][0] if found else "")
    if isinstance(exc, exceptions.APIException):
        return Failure(exc.status_code, exc.detail, _code_of(exc))
    if isinstance(exc, SuspiciousOperation):
        return Failure(400, _("The request is not valid."), "malformed")
    return None


def failure_of(exc: CinemaError, view: Any) -> Failure:
    """A refusal by the domain; its sentence begins with the field, unless admin-api.md has a number for it."""
    message, field = str(exc.message) or _("The request is not valid."), _field_on_wire(exc, view)
    if field and exc.http_status == 400 and exc.code not in V1_NUMBERS:
        message = f"{field}: {message}"
    params = {name: fact for name, fact in exc.details.items() if name not in DETAILS_OF_HTTP}
    return Failure(exc.http_status, message, exc.code, field=field, params=params)


def _field_on_wire(exc: CinemaError, view: Any) -> str:
    """What the caller called the field at fault: the domain's ``name`` is ``hallName`` for whoever adds a hall."""
    field, terms = str(exc.details.get("field") or ""), getattr(view, "terms", None)
    takes = terms.takes().fields.items() if field and terms is not None and terms.takes is not None else ()
    named = next((name for name, known in takes if known.source == field), "")
    return named or (view.dialect.field(field) if field else "")


def _code_of(exc: exceptions.APIException) -> str:
    known = {400: "malformed", 405: "method_not_allowed", 415: "unsupported_media_type"}
    return known.get(exc.status_code, exc.default_code)


def _headers(status: int, wait: Any = None) -> dict[str, str]:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return {**headers, "Retry-After": str(max(1, int(wait)))} if wait is not None else headers


def complaints(detail: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """What is wrong with the input: each time the field and ``field: sentence``."""
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
        yield place, f"{place}: {detail}" if place else str(detail)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: below ``/api/`` the dialect's envelope with nothing of the fault's inside."""
    if not is_api(request):
        return defaults.server_error(request)
    return _plain(request, 500, "system_error")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400, likewise."""
    return _plain(request, 400, "malformed") if is_api(request) else defaults.bad_request(request, exception)


def refusal_response(request: HttpRequest, exc: CinemaError, *, view: Any = None) -> JsonResponse:
    """A refusal in its dialect's envelope, for a middleware that answers before any view is called."""
    dialect = getattr(getattr(view, "cls", None), "dialect", None) or dialect_of_path(request.path_info)
    with translation.override(language_of(request)):
        told = dialect.failure(Failure(exc.http_status, str(exc.message), exc.code))
    return JsonResponse(told, status=exc.http_status, json_dumps_params={"ensure_ascii": False})


def _plain(request: HttpRequest, status: int, code: str) -> JsonResponse:
    view = getattr(getattr(request.resolver_match, "func", None), "cls", None)
    dialect = getattr(view, "dialect", None) or dialect_of_path(request.path_info)
    with translation.override(language_of(request)):
        message = _("System error") if status == 500 else _("The request is not valid.")
        told = dialect.failure(Failure(status, message, code))
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})
