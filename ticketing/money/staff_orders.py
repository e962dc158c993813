"""What staff does to an order by naming the status it shall have."""

from datetime import datetime

from accounts.models import User
from ticketing.money.in_house import pay_in_house
from ticketing.money.refunds import refund_by_staff
from ticketing.sale.models import Order
from ticketing.sale.orders import WrongOrderStatus, cancel_order

Status = Order.Status


def set_order_status(*, order: Order, status: str, by: User, now: datetime) -> Order:
    """Pending becomes paid (booked to the office, on the caller's word) or cancelled; paid becomes refunded.

    Raises WrongOrderStatus for any other step, and what paying, cancelling and refunding raise.
    """
    match order.status, status:
        case Status.PENDING, Status.PAID:
            pay_in_house(order=order, provider="office", now=now, by=by)
        case Status.PENDING, Status.CANCELLED:
            cancel_order(order=order, now=now, by=by)
        case Status.PAID, Status.REFUNDED:
            refund_by_staff(order=order, now=now, by=by)
        case _:
            raise WrongOrderStatus
    order.refresh_from_db(fields=["status", "paid_at", "closed_at", "refunded_amount"])
    return order


def undo_order(*, order: Order, by: User, now: datetime) -> Order:
    """Cancel a pending order, refund a paid one. Raises WrongOrderStatus for any other."""
    wanted = Status.REFUNDED if order.status == Status.PAID else Status.CANCELLED
    return set_order_status(order=order, status=wanted, by=by, now=now)
