"""What becomes of an order: sold, cancelled. (Giving money back is in ``refunds``, being paid in ``payments``.)"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import CinemaError, Conflict, NotFound
from cinema.jobs import enqueue
from ticketing.journal import TillShift
from ticketing.programme.models import Showtime
from ticketing.sale.attesting import Tender, method_of, post_sale
from ticketing.sale.claims import SeatsTaken, announce_freed, announce_seats, release_seats, take_seats
from ticketing.sale.hold_budget import hold_was_given_up, hold_was_paid
from ticketing.sale.holds import CustomerBanned, SalesClosed
from ticketing.sale.ledger import record_released, record_sold
from ticketing.sale.models import Claim, Order, OrderLine, Ticket
from ticketing.sale.notifications import tell_cancelled

CLOSED_AT_ONCE = 1000


class OrderNotFound(NotFound):
    """No order has this id, or it is someone else's."""

    code = "order_not_found"
    message = _("There is no such order.")


class WrongOrderStatus(Conflict):
    """The order is past (or not yet at) the point where this can be done."""

    code = "wrong_order_status"
    message = _("This cannot be done in the order's present state.")


class OtherSumDue(Conflict):
    """The payment is not what the order still lacks; another part of it was paid or let go of meanwhile."""

    code = "other_sum_due"
    message = _("Another sum is to be paid for this order by now. Please look again.")


def own_order(*, order_id: int, user: User) -> Order:
    """This user's order with all its details. Raises OrderNotFound, for someone else's too."""
    order = Order.objects.of(user).with_details().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order


def order_to_pay(*, order_id: int, user: User) -> Order:
    """This user's order without its seats and tickets, which paying asks for itself. Raises OrderNotFound."""
    order = Order.objects.of(user).with_showtime().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order


def any_order(*, order_id: int) -> Order:
    """Whosever order it is, with all its details; for staff. Raises OrderNotFound."""
    order = Order.objects.with_details().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order


@transaction.atomic
def cancel_order(*, order: Order, now: datetime, by: User | None = None, by_house: bool = False) -> Order:
    """Give up an unpaid order and free its seats at once; its customer is told if someone else did it.

    That is somebody else than ``by`` its customer, or the house itself (a seat of it went away).

    Raises WrongOrderStatus.
    """
    pending = Order.objects.pending().filter(pk=order.pk)
    closed = {"status": Order.Status.CANCELLED, "closed_at": now, "held_from": ""}
    has_parts = not pending.filter(tendered_amount=0).update(**closed)
    if has_parts:  # somebody has paid part of it, or it isn't pending
        if not pending.update(**closed):
            raise WrongOrderStatus
        enqueue("release_parts", key=str(order.pk), run_at=now, order_id=order.pk)
    if not order.is_expired(now):
        tell_cancelled(order=order, by=by, by_house=by_house, has_parts=has_parts, now=now)
    freed = release_seats(order=order)
    if freed:
        record_released(order=order, seat_ids=freed, now=now, actor=by)
        announce_freed(showtime_id=order.showtime_id, seat_ids=freed)
        hold_was_given_up(order=order, seats=len(freed), now=now)
    order.status, order.closed_at = Order.Status.CANCELLED, now
    return order


def sell_order(
    *, order: Order, tenders: Sequence[Tender], now: datetime, by: User | None = None, till: TillShift | None = None
) -> list[Ticket]:
    """Turn a pending order and its seats into tickets, for payments that are certain and come to its sum.

    Those whose money came earlier count in the order already; the new ones must be exactly what it lacks.
    Also late: an order whose hold ran out gets its seats if nobody took them meanwhile. Must run inside a transaction
    that rolls back on an error, and the payment isn't to be taken then.
    Raises WrongOrderStatus, OtherSumDue, CustomerBanned, SeatsTaken, SalesClosed, ShowtimeChanged.
    """
    due = sum(tender.amount for tender in tenders if not tender.is_posted)
    pending = Order.objects.pending().filter(pk=order.pk)
    allowed = pending.exclude(customer__in=User.objects.banned(now))
    paid = {"status": Order.Status.PAID, "paid_at": now, "held_from": "", "tendered_amount": F("total_amount")}
    if not allowed.filter(tendered_amount=F("total_amount") - due).update(**paid):
        raise _why_not(order, due)
    showtime = Showtime.objects.select_related("movie", "hall").get(pk=order.showtime_id)
    if not showtime.is_on_sale(now):
        raise SalesClosed
    lines = list(OrderLine.objects.filter(order=order).select_related("seat"))
    gone = [
        line.label
        for line in lines
        if line.seat.removed_at or not line.seat.is_available or line.seat.hall_id != showtime.hall_id
    ]
    if gone:
        raise SeatsTaken(labels=gone)
    seat_ids = [line.seat_id for line in lines]
    take_seats(order=order, seat_ids=seat_ids, now=now, held_until=None)
    tickets = Ticket.objects.bulk_create(_ticket(order, line, showtime, method_of(tenders), now) for line in lines)
    record_sold(order=order, tickets=tickets, now=now, actor=by)
    post_sale(order=order, tickets=tickets, tenders=tenders, now=now, by=by, till=till)
    announce_seats(
        showtime_id=showtime.pk,
        seat_ids=seat_ids,
        status=Claim.Status.SOLD,
        sales_version=showtime.sales_version,
    )
    hold_was_paid(order=order, seats=len(lines))
    order.status, order.paid_at, order.tendered_amount = Order.Status.PAID, now, order.total_amount
    return tickets


def close_unpaid_orders(*, now: datetime) -> int:
    """Cancel for good what can't be paid any more since sales have closed; returns how many orders.

    Their holds ran out with the sales at the latest, so no claim has to be touched and nobody has to be told.
    """
    closed_before = now - timedelta(minutes=settings.SALES_CLOSE_MINUTES)
    over = Order.objects.expired(now).filter(showtime__starts_at__lte=closed_before)
    ids = list(over.order_by("pk").values_list("pk", flat=True)[:CLOSED_AT_ONCE])
    still_pending = Order.objects.pending().filter(pk__in=ids)
    return still_pending.update(status=Order.Status.CANCELLED, closed_at=now, held_from="")


def _why_not(order: Order, due: int) -> type[CinemaError]:
    found = Order.objects.pending().filter(pk=order.pk).first()
    if found is None:
        return WrongOrderStatus
    return OtherSumDue if found.rest_amount != due else CustomerBanned


def _ticket(order: Order, line: OrderLine, showtime: Showtime, method: str, now: datetime) -> Ticket:
    return Ticket(
        order=order,
        line=line,
        currency=line.currency,
        showtime=showtime,
        seat_id=line.seat_id,
        price=line.price,
        price_type=line.price_type,
        channel=order.channel,
        provider=method,
        issued_at=now,
    )
