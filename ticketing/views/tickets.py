"""What a customer shows at the door: the QR code, and the showtime for the calendar."""

from datetime import UTC
from io import BytesIO

import segno
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ticketing.models import Order, Ticket
from ticketing.orders import own_order

STAMP = "%Y%m%dT%H%M%SZ"


@login_required
@cache_control(private=True, max_age=3600)
@require_safe
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The ticket's code as a picture, for its owner only."""
    ticket = get_object_or_404(Ticket.objects.filter(order__customer=request.user), code=code.replace("\x00", ""))
    picture = BytesIO()
    segno.make(ticket.code, error="m", micro=False).save(picture, kind="svg", scale=8, border=2, light="#fff")
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@login_required
@require_safe
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """A paid order as an entry for the customer's calendar."""
    order = own_order(order_id=pk, user=request.user)
    if order.status != Order.Status.PAID:
        raise Http404
    showtime = order.showtime
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//cinema//tickets//EN",
        "BEGIN:VEVENT",
        f"UID:order-{order.pk}@{request.get_host()}",
        f"DTSTAMP:{timezone.now().astimezone(UTC).strftime(STAMP)}",
        f"DTSTART:{showtime.starts_at.astimezone(UTC).strftime(STAMP)}",
        f"DTEND:{showtime.ends_at.astimezone(UTC).strftime(STAMP)}",
        f"SUMMARY:{_escaped(showtime.movie.local_title)}",
        f"LOCATION:{_escaped(showtime.hall.name)}",
        f"DESCRIPTION:{_escaped(_('Seats: %(seats)s') % {'seats': ', '.join(order.labels)})}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    response = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="order-{order.pk}.ics"'
    return response


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n").replace("\r", "")
