"""Gift cards at the counter: sold, or given away by whoever may; the code is shown once."""

import uuid

import segno
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backoffice.acting import attempt
from backoffice.forms.gift_cards import GiftCardForm
from backoffice.views.desk import for_staff, work_page
from backoffice.views.shifts import drawer_of
from cinema.errors import CinemaError
from ticketing.models import GiftCard
from ticketing.money.gift_cards import Issued, issue_gift_card, set_gift_card_state


def gift_cards(request: HttpRequest) -> HttpResponse:
    """For those who sell at the counter, or may give cards away; others are refused."""
    return admin.site.admin_view(_page)(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def _page(request: HttpRequest) -> HttpResponse:
    if not (request.user.has_perm("ticketing.sell_at_counter") or request.user.has_perm("ticketing.issue_gift_card")):
        raise PermissionDenied
    form = GiftCardForm(
        request.POST if request.method == "POST" else None, by=request.user, initial={"key": uuid.uuid4().hex}
    )
    issued: Issued | None = None
    if request.method == "POST" and form.is_valid():
        try:
            issued = issue_gift_card(by=request.user, now=timezone.now(), **form.cleaned_data)
        except CinemaError as refusal:
            field = refusal.details.get("field")
            form.add_error(field if field in form.fields else None, str(refusal))
    failed = form.is_bound and issued is None
    context = {
        "form": GiftCardForm(by=request.user, initial={"key": uuid.uuid4().hex}) if issued else form,
        "issued": issued,
        "picture": segno.make(issued.code, micro=False).svg_data_uri(scale=4, border=2, light="#fff") if issued else "",
        "latest": GiftCard.objects.filter(issued_by=request.user)[:8],
        **drawer_of(request.user),
    }
    template = "backoffice/counter/gift_cards.html"
    return work_page(request, template, context, tool="counter", status=400 if failed else 200)


@for_staff("ticketing.block_gift_card")
@require_POST
def set_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Block a card, or let it pay again."""
    state = request.POST.get("state", "")
    if state not in GiftCard.State.values:
        messages.error(request, str(_("There is no such state.")))
        return redirect("admin:ticketing_giftcard_change", pk)
    said = _("The card is blocked.") if state == GiftCard.State.BLOCKED else _("The card pays again.")
    facts = {"card_id": pk, "state": state, "by": request.user, "reason": request.POST.get("reason", "")}
    attempt(request, lambda: set_gift_card_state(now=timezone.now(), **facts), said)
    if not request.user.has_perm("ticketing.view_giftcard"):
        return redirect("admin:index")
    return redirect("admin:ticketing_giftcard_change", pk)
