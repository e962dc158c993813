"""Refunds that wait for a second person: looked at, approved or rejected."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from backoffice.acting import attempt
from backoffice.views.desk import for_staff, work_page
from ticketing.models import Refund, Ticket
from ticketing.money.approvals import approve_refund, reject_refund

DECIDED_SHOWN = 20
MAY = "ticketing.approve_refund"


@for_staff(MAY)
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, and what was decided last."""
    refunds = Refund.objects.select_related("payment__order__showtime__movie", "operator", "decided_by")
    waiting = list(refunds.asked().order_by("asked_at"))
    tickets = Ticket.objects.select_related("line").in_bulk([pk for refund in waiting for pk in refund.asked_tickets])
    seats: dict[int, list[Ticket]] = defaultdict(list)
    for refund in waiting:
        seats[refund.pk] = [tickets[pk] for pk in refund.asked_tickets if pk in tickets]
    context = {
        "waiting": [(refund, seats[refund.pk], refund.operator_id == request.user.pk) for refund in waiting],
        "decided": refunds.exclude(decided_by=None).order_by("-pk")[:DECIDED_SHOWN],
    }
    return work_page(request, "backoffice/approvals.html", context, tool="approvals")


@for_staff(MAY)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve one, or reject it."""
    decision = request.POST.get("decision", "")
    approves = request.POST.get("act") == "approve"
    doing = approve_refund if approves else reject_refund
    said = _("The refund is approved.") if approves else _("The refund is rejected; the tickets stay valid.")
    attempt(request, lambda: doing(refund_id=pk, now=timezone.now(), by=request.user, decision=decision), said)
    return redirect("admin:approvals")
