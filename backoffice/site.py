"""The back office as a site: who comes in, what stands in its navigation, which pages it has."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.mfa.adapter import get_adapter as mfa_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.sections import navigation
from backoffice.urls import work
from backoffice.views.dashboard import at_a_glance


class Office(AdminSite):
    """Django's admin, run as a cinema."""

    site_title = _("Back office")
    index_title = _("Dashboard")
    empty_value_display = "–"
    index_template = "backoffice/dashboard.html"

    @property
    def site_header(self) -> str:
        """The name in the page's head."""
        return str(_("Back office"))

    def get_urls(self) -> list:
        """The tools' pages beside Django's own."""
        return [*work, *super().get_urls()]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Staff log in where everyone does, so that passkeys, codes and lock-outs hold for them as well."""
        return secure_admin_login(super().login)(request, extra_context)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Staff change their password where everyone does: wrong ones count there, and the owner is told."""
        return redirect("account_change_password")

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        """Django's guard, and where the house wants it a second factor before anything else."""
        guarded = super().admin_view(view, cacheable)

        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if settings.STAFF_MFA and self.has_permission(request) and not mfa_adapter().is_mfa_enabled(request.user):
                messages.warning(request, _("Please set up a second factor first; the back office asks for it."))
                return redirect("mfa_index")
            return guarded(request, *args, **kwargs)

        return page

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The house at a glance instead of a list of tables."""
        glance = at_a_glance(user=request.user, now=timezone.now())
        return super().index(request, {**glance, **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """The navigation by what people do, not by where the models live."""
        apps = self._build_app_dict(request, app_label)
        if app_label is not None:
            return list(apps.values())
        models = {f"{label}.{model['object_name']}": model for label, app in apps.items() for model in app["models"]}
        return navigation(user=request.user, models=models)
