"""Calling a showtime off: sales end at once, then each order is given back by a job of its own."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from cinema.errors import CinemaError
from cinema.jobs import enqueue_many
from cinema.realtime import publish_on_commit, showtime_topic
from ticketing.money.models import CallOff
from ticketing.money.providers import IN_HOUSE
from ticketing.money.refund_models import Refund
from ticketing.money.refunds import refund_order
from ticketing.programme.models import Showtime
from ticketing.programme.showtimes import locked_showtime, touch_sales
from ticketing.sale.models import Order
from ticketing.sale.orders import cancel_order


@transaction.atomic
def call_off_showtime(*, showtime_id: int, now: datetime, by: User, reason: str = "") -> CallOff:
    """Call a showtime off: from this moment it sells and admits nobody. Its orders are given back one by one.

    Each order is a job, written in this transaction, so that an interruption leaves none behind. Calling it off again
    takes up what is left. Raises ShowtimeNotFound.
    """
    touch_sales(showtimes=[showtime_id])
    showtime = locked_showtime(showtime_id)
    if showtime.status != Showtime.Status.CANCELLED:
        showtime.status = Showtime.Status.CANCELLED
        showtime.save(update_fields=["status"])
    orders = list(Order.objects.live().filter(showtime=showtime).values_list("pk", flat=True))
    call_off, is_new = CallOff.objects.get_or_create(
        showtime=showtime, defaults={"by": by, "reason": reason[:200], "order_count": len(orders), "created_at": now}
    )
    jobs = [(str(order_id), {"order_id": order_id, "call_off_id": call_off.pk}) for order_id in orders]
    enqueue_many("call_off_order", jobs, run_at=now)
    if is_new:
        publish_on_commit(showtime_topic(showtime.pk), {"reload": True})
    return call_off


def call_off_order(*, order_id: int, call_off_id: int, now: datetime) -> None:
    """Cancel one unpaid order of a called-off showtime, or give a paid one back. Doing it again changes nothing."""
    call_off = CallOff.objects.select_related("by").get(pk=call_off_id)
    order = Order.objects.with_details().get(pk=order_id)
    try:
        if order.status == Order.Status.PENDING:
            cancel_order(order=order, now=now, by=call_off.by)
        elif order.status == Order.Status.PAID:
            refund_order(order=order, now=now, by=call_off.by, reason=call_off.reason, handed_out=False)
    except CinemaError:
        # Its customer was quicker to cancel or refund it; anything else is tried again.
        if Order.objects.live().filter(pk=order_id).exists():
            raise


@dataclass(frozen=True)
class Progress:
    """How far a call-off is, counted from what is true of orders and refunds now."""

    orders: int
    waiting: int
    on_the_way: int
    at_box_office: int
    failed: int
    paid_back: int

    @property
    def is_done(self) -> bool:
        """Whether every order is given back and all money is with its owner, or waits for them in the house."""
        return not (self.waiting or self.on_the_way or self.failed)


def progress_of(call_off: CallOff) -> Progress:
    """How far it is: two queries however many orders."""
    waiting = Order.objects.live().filter(showtime=call_off.showtime_id).count()
    refunds = Refund.objects.filter(payment__order__showtime=call_off.showtime_id, created_at__gte=call_off.created_at)
    found = list(refunds.values_list("status", "payment__provider"))
    owed = [(status, provider in IN_HOUSE) for status, provider in found if status != Refund.Status.DONE]
    failed = sum(status == Refund.Status.FAILED for status, _in_house in owed)
    at_box_office = sum(in_house and status != Refund.Status.FAILED for status, in_house in owed)
    return Progress(
        orders=call_off.order_count,
        waiting=waiting,
        on_the_way=len(owed) - failed - at_box_office,
        at_box_office=at_box_office,
        failed=failed,
        paid_back=len(found) - len(owed),
    )
