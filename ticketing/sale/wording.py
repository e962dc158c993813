"""What a customer reads on a page, where programs are told in a short sentence that never changes."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.errors import CinemaError
from ticketing.sale.best_seats import OrphanSeat
from ticketing.sale.claims import SeatsTaken
from ticketing.sale.models import Order
from ticketing.sale.orders import WrongOrderStatus
from ticketing.venue.models import Seat

STATES = {
    Order.Status.PENDING: gettext_lazy("This order has not been paid yet."),
    Order.Status.PAID: gettext_lazy("This order is paid already."),
    Order.Status.CANCELLED: gettext_lazy("This order was cancelled already."),
    Order.Status.REFUNDED: gettext_lazy("This order was refunded already."),
}


def in_plain_words(refusal: CinemaError, order: Order) -> str:
    """The refusal as the order's page says it: two tabs or a second click are no reason for alarm."""
    if not isinstance(refusal, WrongOrderStatus):
        return str(refusal)
    order.refresh_from_db(fields=["status"])
    return str(STATES[Order.Status(order.status)])


def single_words(labels: list[str]) -> str:
    """Which seats a choice would leave single, in a sentence."""
    return _("%(seats)s would be left as a single empty seat.") % {"seats": ", ".join(labels)}


def naming_the_single(refusal: OrphanSeat) -> OrphanSeat:
    """The same refusal with a sentence that names the seat nobody could sit beside."""
    labels: Any = refusal.details.get("labels", [])
    if not labels:
        return refusal
    return OrphanSeat(f"{single_words(labels)} {refusal.message}", **refusal.details)


def naming_the_seats(refusal: SeatsTaken) -> SeatsTaken:
    """The same refusal with a sentence that names the seats it is about."""
    numbers: Any = refusal.details.get("seat_ids", [])
    labels = [seat.label for seat in Seat.objects.filter(pk__in=numbers).order_by("y", "x")]
    if not labels:
        return refusal
    told = _("Somebody was quicker at %(seats)s. Please choose other seats.") % {"seats": ", ".join(labels)}
    return SeatsTaken(told, **refusal.details)
