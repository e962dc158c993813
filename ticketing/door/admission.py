"""Letting people in: a ticket admits once."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.clock import local
from cinema.errors import Conflict
from ticketing.sale.models import Ticket
from ticketing.sale.tickets import TicketNotFound


class TicketRefused(Conflict):
    """The ticket doesn't admit: used, refunded, or for another showtime. ``ticket`` is the one shown."""

    code = "ticket_refused"

    def __init__(self, message: object, ticket: Ticket) -> None:
        self.ticket = ticket
        super().__init__(message)


class TicketUsed(TicketRefused):
    """Somebody was admitted with it already."""

    code = "ticket_used"


class TicketRefunded(TicketRefused):
    """The money was given back."""

    code = "ticket_refunded"


class WrongShowtime(TicketRefused):
    """It is for another showtime than the one at this door."""

    code = "wrong_showtime"


class NotAtThisTime(TicketRefused):
    """Its showtime is over, called off, or many hours away."""

    code = "not_at_this_time"


@dataclass(frozen=True)
class Admission:
    """A ticket that let someone in, just now."""

    ticket: Ticket
    at: datetime


def find_ticket(*, code: str, user: User | None = None) -> Ticket:
    """The ticket with its order, seat, film and hall; with a ``user`` only their own. Raises TicketNotFound."""
    tickets = Ticket.objects.select_related(
        "order__customer", "line__seat", "showtime__movie", "showtime__hall", "admitted_by"
    )
    if user is not None:
        tickets = tickets.filter(order__customer=user)
    found = tickets.filter(code=code.strip().upper().replace("\x00", "")).first()
    if found is None:
        raise TicketNotFound
    return found


@transaction.atomic
def admit_ticket(*, code: str, by: User, now: datetime, showtime_id: int | None = None) -> Admission:
    """Admit one person with this ticket, once, at the door of ``showtime_id``; without one, while its showtime is near.

    Raises TicketNotFound, TicketUsed, TicketRefunded, WrongShowtime, NotAtThisTime.
    """
    ticket = find_ticket(code=code)
    if showtime_id is not None and ticket.showtime_id != showtime_id:
        raise WrongShowtime(_("This ticket is for another showtime."), ticket)
    if showtime_id is None and ticket.status == Ticket.Status.VALID and not ticket.showtime.is_at_door(now):
        when = f"{local(ticket.showtime.starts_at):%Y-%m-%d %H:%M}"
        raise NotAtThisTime(_("This ticket is for %(when)s, not for now.") % {"when": when}, ticket)
    valid = Ticket.objects.filter(pk=ticket.pk, status=Ticket.Status.VALID)
    if valid.update(status=Ticket.Status.USED, admitted_at=now, admitted_by=by):
        return Admission(ticket=find_ticket(code=code), at=now)
    ticket = find_ticket(code=code)
    if ticket.status == Ticket.Status.REFUNDED:
        raise TicketRefunded(_("This ticket was refunded."), ticket)
    raise TicketUsed(_("This ticket was already used."), ticket)
