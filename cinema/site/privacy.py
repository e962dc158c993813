"""The page on which people take what the house knows of them with them, or have it erased."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cinema.errors import CinemaError
from cinema.pages import only_post
from cinema.site.personal_data import erase_account, export_of


@login_required
@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    """What can be done with it."""
    return render(request, "accounts/personal_data.html")


@only_post("site:personal_data")
@reauthentication_required
def export(request: HttpRequest) -> HttpResponse:
    """A file with all of it, for whoever has shown lately who they are."""
    answer = JsonResponse(export_of(user=request.user), json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = 'attachment; filename="personal-data.json"'
    return answer


@only_post("site:personal_data")
@reauthentication_required
def erase(request: HttpRequest) -> HttpResponse:
    """Erase the account, once its name has been typed; it can't be undone."""
    if request.POST.get("username", "").strip() != request.user.username:
        messages.error(request, _("Nothing was erased: the username was not typed as it is."))
        return redirect("site:personal_data")
    try:
        erase_account(user=request.user, now=timezone.now())
    except CinemaError as refusal:
        messages.error(request, str(refusal))
        return redirect("site:personal_data")
    logout(request)
    messages.success(request, _("Your account has been erased."))
    return redirect("site:home")
