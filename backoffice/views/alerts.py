"""What owners are told about money: everything that is open, and seeing to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from backoffice.acting import attempt
from backoffice.views.desk import for_staff, work_page
from ticketing.models import MoneyAlert
from ticketing.money.alerts import close_alert

SHOWN = 100
CLOSED_SHOWN = 20
MAY = "ticketing.receive_alerts"


@for_staff(MAY)
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """What nobody has seen to yet, and what was seen to last."""
    known = MoneyAlert.objects.select_related("person", "closed_by")
    context = {
        "open": known.open()[:SHOWN],
        "closed": known.exclude(closed_at=None).order_by("-closed_at")[:CLOSED_SHOWN],
    }
    return work_page(request, "backoffice/alerts.html", context, tool="alerts")


@for_staff(MAY)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has seen to it."""
    attempt(request, lambda: close_alert(alert_id=pk, by=request.user, now=timezone.now()), _("Seen to."))
    return redirect("admin:alerts")
