"""A person's own account pages."""

from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.account.views import EmailView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import int_to_base36
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.credentials import LinkUsedUp, disown
from accounts.email_addresses import give_email, reset_address
from accounts.forms import ProfileForm
from accounts.mail_links import read_not_me
from accounts.models import SecurityEvent, Session
from accounts.profile import update_profile
from accounts.reset_links import ResetLinks
from accounts.sessions import SessionNotFound, end_session, log_out_everywhere
from cinema.errors import CinemaError
from cinema.pages import only_post

EVENTS_SHOWN = 50


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Nickname, phone and picture."""
    user = request.user
    kept = {"nickname": user.nickname, "phone": str(user.phone or ""), "avatar_url": user.avatar_url}
    kept["language"] = user.language
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid():
        try:
            update_profile(user=user, **form.cleaned_data)
        except CinemaError as refusal:
            field = refusal.details.get("field")
            form.add_error(field if field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@never_cache
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Where one is logged in, and what happened to the account."""
    now = timezone.now()
    events = SecurityEvent.objects.about(request.user).select_related("by").newest_first()[:EVENTS_SHOWN]
    context = {
        "sessions": Session.objects.of(request.user).alive(now).last_used_first(),
        "current": request.session.session_id,
        "events": events,
    }
    return render(request, "accounts/security.html", context)


@only_post("accounts:security")
@login_required
def end(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Log one device out; where it is this one, that is a log-out."""
    if session_id == request.session.session_id:
        logout(request)
        return redirect("site:home")
    try:
        end_session(user=request.user, session_id=session_id)
    except SessionNotFound as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The device is logged out."))
    return redirect("accounts:security")


@only_post("accounts:profile")
@login_required
def everywhere(request: HttpRequest) -> HttpResponse:
    """Log out here and on every other device."""
    log_out_everywhere(user=request.user)
    logout(request)
    messages.success(request, _("You are logged out on all devices."))
    return redirect("site:home")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("token", "key")
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """“This wasn't me”: asked once more, then everything ends and a new password is chosen at once.

    Asked, since mail programs open links by themselves.
    """
    now = timezone.now()
    told = read_not_me(token, now=now)
    if told is None:
        return render(request, "accounts/not_me.html", {"used_up": True}, status=400)
    if request.method != "POST":
        return render(request, "accounts/not_me.html")
    try:
        user = disown(told=told, now=now)
    except LinkUsedUp:
        return render(request, "accounts/not_me.html", {"used_up": True}, status=400)
    logout(request)
    if not user.is_active:
        return render(request, "accounts/not_me.html", {"contested": True}, status=409)
    if not user.email:
        return redirect("account_reset_password")
    key = ResetLinks(reset_address(user=user, email=user.email)).make_token(user)
    return redirect("account_reset_password_from_key", uidb36=int_to_base36(user.pk), key=key)


@method_decorator([login_required, never_cache], name="dispatch")
class EmailAddresses(EmailView):
    """allauth's page of one's addresses; one that isn't confirmed yet never becomes the account's before it is."""

    def _action_primary(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        address = self._get_email_address(request)
        if address is None or address.verified:
            return super()._action_primary(request, *args, **kwargs)
        return self._ask_to_confirm(request, address)

    def _ask_to_confirm(self, request: HttpRequest, address: EmailAddress) -> HttpResponse | None:
        try:
            give_email(user=request.user, email=address.email, now=timezone.now())
        except CinemaError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.info(request, _("It becomes your address once you have confirmed it by the link in the mail."))
        return None
