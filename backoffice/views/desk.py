"""What the house's own working pages share: who may open them and what their frame shows."""

from collections.abc import Callable
from functools import wraps

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice.sections import tools_of

View = Callable[..., HttpResponse]


def for_staff(permission: str) -> Callable[[View], View]:
    """Open the page to staff with this permission: strangers log in first, others are refused."""

    def decorate(view: View) -> View:
        @wraps(view)
        def allowed(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        @wraps(view)
        def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            return admin.site.admin_view(allowed)(request, *args, **kwargs)

        return page

    return decorate


def work_page(request: HttpRequest, template: str, context: dict, *, tool: str, status: int = 200) -> HttpResponse:
    """A page in the frame of the house's tools; ``tool`` is the one that is open."""
    frame = {"tools": tools_of(request.user), "tool": tool}
    return render(request, template, {**frame, **context}, status=status)
