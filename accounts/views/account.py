"""A person's own account page."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import ProfileForm
from accounts.profile import update_profile
from accounts.tokens import log_out_everywhere
from cinema.errors import CinemaError
from cinema.pages import only_post


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


@only_post("accounts:profile")
@login_required
def everywhere(request: HttpRequest) -> HttpResponse:
    """Log out here and on every other device."""
    log_out_everywhere(user=request.user)
    logout(request)
    messages.success(request, _("You are logged out on all devices."))
    return redirect("site:home")
