"""When a hold has run out: the same seats again if they are still free, else the nearest equal ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cinema.rate_limits import Caller
from cinema.rate_limits.callers import NOBODY
from ticketing.sale.best_seats import NotEnoughSeats, best_available, free_seats
from ticketing.sale.holds import hold_seats
from ticketing.sale.models import Order, OrderLine
from ticketing.sale.orders import WrongOrderStatus
from ticketing.venue.models import Seat


@dataclass(frozen=True)
class Offer:
    """Seats that can be had now in place of an order's; none if the hall has no such number side by side."""

    seats: list[Seat]
    is_same: bool

    @property
    def labels(self) -> list[str]:
        """The seats as printed."""
        return [seat.label for seat in self.seats]


def offer_for(*, order: Order, now: datetime) -> Offer:
    """What to offer for an order whose hold has run out; nothing once sales have closed."""
    if not order.showtime.is_on_sale(now):
        return Offer(seats=[], is_same=False)
    wanted = [line.seat for line in order.lines.all()]
    _seats, free = free_seats(showtime=order.showtime, now=now)
    if {seat.pk for seat in wanted} <= free:
        return Offer(seats=wanted, is_same=True)
    for kinds in ({seat.kind for seat in wanted}, set()):
        try:
            found = best_available(showtime=order.showtime, count=len(wanted), now=now, near=wanted, kinds=kinds)
            return Offer(seats=found, is_same=False)
        except NotEnoughSeats:
            continue
    return Offer(seats=[], is_same=False)


def hold_again(*, order: Order, seat_ids: Sequence[int], now: datetime, caller: Caller = NOBODY) -> Order:
    """Hold these seats in place of an order's whose hold has run out, with its price types in the same sequence.

    The old order is closed. Its claims are left as they are: free for anyone, and letting go of some seats before
    taking others would be out of step with those who take both. Raises WrongOrderStatus and what ``hold_seats``
    raises; then nothing has happened.
    """
    types = list(OrderLine.objects.filter(order=order).values_list("price_type", flat=True))
    price_types = {str(seat_id): kind for seat_id, kind in zip(seat_ids, types, strict=False)}
    return hold_seats(
        showtime_id=order.showtime_id,
        seats=seat_ids,
        customer=order.customer,
        now=now,
        price_types=price_types,
        caller=caller,
        first=partial(_close_run_out, order, now),
    )


def _close_run_out(order: Order, now: datetime) -> None:
    run_out = Order.objects.expired(now).filter(pk=order.pk)
    if not run_out.update(status=Order.Status.CANCELLED, closed_at=now, held_from=""):
        raise WrongOrderStatus
