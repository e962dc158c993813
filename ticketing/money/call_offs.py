"""Calling a showtime off."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from cinema.errors import CinemaError
from cinema.realtime import publish_on_commit, showtime_topic
from ticketing.money.refunds import refund_order
from ticketing.programme.models import Showtime
from ticketing.programme.showtimes import locked_showtime, touch_sales
from ticketing.sale.models import Order
from ticketing.sale.orders import cancel_order


def cancel_showtime(*, showtime_id: int, now: datetime, by: User, reason: str = "") -> list[Order]:
    """Call a showtime off: no more sales, unpaid orders cancelled, paid ones refunded; answers the orders affected.

    Sales stop first and for good, so that running it again after an interruption finishes the refunds.
    Raises ShowtimeNotFound.
    """
    with transaction.atomic():
        touch_sales(showtimes=[showtime_id])
        showtime = locked_showtime(showtime_id)
        showtime.status = Showtime.Status.CANCELLED
        showtime.save(update_fields=["status"])
    affected = []
    for order in Order.objects.filter(showtime=showtime, status__in=[Order.Status.PENDING, Order.Status.PAID]):
        try:
            if order.status == Order.Status.PENDING:
                cancel_order(order=order, now=now, by=by)
            else:
                refund_order(order=order, now=now, by=by, reason=reason)
            affected.append(order)
        except CinemaError:
            # Its customer was quicker to cancel or refund it.
            continue
    publish_on_commit(showtime_topic(showtime.pk), {"reload": True})
    return affected
