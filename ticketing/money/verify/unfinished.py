"""What is half done for too long, or failed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from ticketing.money.models import Payment, ProviderEvent
from ticketing.money.providers import IN_HOUSE
from ticketing.money.refund_models import Refund
from ticketing.programme.models import Showtime
from ticketing.sale.models import Order

LATE = timedelta(minutes=15)  # in which whatever is told a provider, or owed to a customer, should be done


def name_unfinished(now: datetime) -> Iterator[str]:
    """What is half done for too long, or failed: money not captured, let go of or paid back, call-offs not finished."""
    late = now - LATE
    stuck = Payment.objects.unsettled().filter(Q(decided_at__lt=late) | Q(failed_at__isnull=False))
    for payment in stuck.order_by("pk"):
        why = f" ({payment.last_error})" if payment.last_error else ""
        yield f"Payment {payment.reference} is {payment.status} since {payment.decided_at}{why}."
    parts = Payment.objects.standing().filter(order__status__in=["pending", "cancelled"], order__expires_at__lt=late)
    for payment in parts.order_by("pk"):
        yield f"Payment {payment.reference} is kept for order {payment.order_id}, which wasn't paid in full."
    owed = Refund.objects.owed().exclude(payment__provider__in=IN_HOUSE)
    for refund in owed.filter(Q(created_at__lt=late) | Q(failed_at__isnull=False)).order_by("pk"):
        why = f" ({refund.last_error})" if refund.last_error else ""
        yield f"Refund {refund.reference} is {refund.status} since {refund.created_at}{why}."
    live = Order.objects.live().filter(showtime__status=Showtime.Status.CANCELLED)
    for order_id in live.exclude(showtime__call_off__created_at__gte=late).order_by("pk").values_list("pk", flat=True):
        yield f"Order {order_id} stands although its showtime was called off."
    for event in ProviderEvent.objects.filter(handled_at=None, received_at__lt=late).order_by("pk"):
        yield f"What {event.provider} said at {event.received_at} has not been acted on."
