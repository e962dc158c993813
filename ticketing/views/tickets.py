"""What a customer shows at the door: the QR code, and the showtime for the calendar."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ticketing.models import Order, Ticket
from ticketing.sale.orders import own_order
from ticketing.sale.ticket_documents import calendar_entry, qr_picture


@login_required
@cache_control(private=True, max_age=3600)
@require_safe
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The ticket's code as a picture, for its owner only."""
    ticket = get_object_or_404(Ticket.objects.filter(order__customer=request.user), code=code.replace("\x00", ""))
    return HttpResponse(qr_picture(ticket, "svg"), content_type="image/svg+xml")


@login_required
@require_safe
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """A paid order as an entry for the customer's calendar."""
    order = own_order(order_id=pk, user=request.user)
    if order.status != Order.Status.PAID:
        raise Http404
    entry = calendar_entry(order=order, now=timezone.now())
    response = HttpResponse(entry, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="order-{order.pk}.ics"'
    return response
