"""A seat that can't be sat on: taking it off sale, and finding its ticket holders another one."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import Conflict
from ticketing.programme.models import Showtime
from ticketing.sale.attesting import post_moves
from ticketing.sale.best_seats import NotEnoughSeats, best_available
from ticketing.sale.claims import SeatsTaken, announce_freed, announce_seats, release_seats, seats_on_sale, take_seats
from ticketing.sale.hall_changes import replace_grid
from ticketing.sale.ledger import record_moved
from ticketing.sale.models import Order, OrderLine, Ticket
from ticketing.sale.notifications import tell_new_seat
from ticketing.sale.tickets import TicketNotFound
from ticketing.venue.grids import SeatPlan
from ticketing.venue.halls import locked_hall
from ticketing.venue.models import Hall, Seat


class TicketStays(Conflict):
    """The ticket was used or given back, its showtime is over or called off: there is nothing to move."""

    code = "ticket_stays"
    message = _("This ticket can no longer be moved to another seat.")


@transaction.atomic
def set_for_sale(*, seat: Seat, is_available: bool, now: datetime) -> Hall:
    """Take a seat off sale or put it on sale again, for every showtime of its hall; tickets already sold stay.

    Raises HallNotFound.
    """
    # Locked before it is read: of two who change a seat each, the second keeps what the first one did.
    hall = locked_hall(hall_id=seat.hall_id)
    plans = []
    for row in hall.seats.present():
        on_sale = is_available if row.pk == seat.pk else row.is_available
        plans.append(SeatPlan(row.row_label, row.col_number, row.x, row.y, row.kind, on_sale))
    return replace_grid(hall_id=hall.pk, grid=plans, now=now)


def tickets_on(*, seat: Seat, now: datetime) -> list[Ticket]:
    """The tickets for this seat that somebody still wants to sit on, soonest first."""
    tickets = Ticket.objects.filter(seat=seat, status=Ticket.Status.VALID, showtime__ends_at__gt=now)
    tickets = tickets.exclude(showtime__status=Showtime.Status.CANCELLED).order_by("showtime__starts_at", "id")
    return list(tickets.select_related("showtime__movie", "showtime__hall", "order__customer", "line", "seat"))


def nearest_free(*, ticket: Ticket, now: datetime) -> Seat | None:
    """The free seat of the same kind nearest to the ticket's own; of any kind if there is none."""
    for kinds in ({ticket.seat.kind}, set()):
        try:
            return best_available(showtime=ticket.showtime, count=1, now=now, near=[ticket.seat], kinds=kinds)[0]
        except NotEnoughSeats:
            continue
    return None


@transaction.atomic
def move_ticket(*, ticket_id: int, to: str, now: datetime, by: User, reason: str = "") -> Ticket:
    """Give a ticket another free seat of its showtime, named by its label, at the price that was paid.

    Code and QR code stay what they are, and the customer is told. Raises TicketNotFound, TicketStays, SeatsTaken,
    ShowtimeChanged.
    """
    places = "line", "seat", "showtime__hall", "showtime__movie"
    ticket = Ticket.objects.select_related("order__customer", *places).filter(pk=ticket_id).first()
    if ticket is None:
        raise TicketNotFound
    # The order's row is locked first, as refunds do, so that a ticket isn't moved and given back at once.
    order, old, showtime = ticket.order, ticket.seat, ticket.showtime
    paid = Order.objects.filter(pk=order.pk, status=Order.Status.PAID).update(status=Order.Status.PAID)
    standing = Ticket.objects.filter(pk=ticket.pk, status=Ticket.Status.VALID, seat=old)
    if not paid or showtime.ends_at <= now or not standing.exists():
        raise TicketStays
    seat = seats_on_sale(showtime, [to])[0]
    if OrderLine.objects.filter(order=order, seat=seat).exists():
        raise SeatsTaken(labels=[seat.label])
    take_seats(order=order, seat_ids=[seat.pk], now=now, held_until=None)
    release_seats(order=order, seat_ids=[old.pk])
    try:
        with transaction.atomic():
            OrderLine.objects.filter(pk=ticket.line_id).update(seat=seat, label=seat.label)
            standing.update(seat=seat)
    except IntegrityError:
        raise SeatsTaken(labels=[seat.label]) from None
    ticket.refresh_from_db()
    record_moved(moves=[(ticket, old)], now=now, actor=by, reason=reason[:200])
    post_moves(moves=[(ticket, old)], now=now, by=by, reason=reason)
    tell_new_seat(ticket=ticket, old=old.label, now=now)
    announce_seats(showtime_id=showtime.pk, seat_ids=[seat.pk], status="sold", sales_version=showtime.sales_version)
    announce_freed(showtime_id=showtime.pk, seat_ids=[old.pk])
    return ticket
