"""Letting people in: a ticket admits once, and an admission made by mistake is taken back."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.clock import local
from cinema.errors import Conflict, InvalidInput
from ticketing.journal import Entry, Kind, post
from ticketing.programme.models import Showtime
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
    """Its showtime is over, called off, or so far away that admission hasn't opened."""

    code = "not_at_this_time"


class NotAdmitted(TicketRefused):
    """There is no admission to take back: nobody was let in with the ticket, or somebody has taken it back already."""

    code = "not_admitted"


class NoReasonGiven(InvalidInput):
    """An admission is taken back only with a reason."""

    code = "no_reason_given"
    message = _("Please say why.")


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
    """Admit one person with this ticket, once, while its showtime admits; only at the door of ``showtime_id`` if given.

    Raises TicketNotFound, TicketUsed, TicketRefunded, WrongShowtime, NotAtThisTime.
    """
    ticket = find_ticket(code=code)
    if showtime_id is not None and ticket.showtime_id != showtime_id:
        raise WrongShowtime(_("This ticket is for another showtime."), ticket)
    if ticket.status == Ticket.Status.VALID and not ticket.showtime.admits(now):
        raise NotAtThisTime(_why_not(ticket.showtime, now), ticket)
    # The showtime is asked again here: it may be called off between the look above and this write. Without a join: of
    # one Django makes "id IN (SELECT …)", and PostgreSQL does not look into that again for whoever waited for the row,
    # so that two scanners at once admitted twice.
    published = Showtime.objects.filter(status=Showtime.Status.PUBLISHED)
    valid = Ticket.objects.filter(pk=ticket.pk, status=Ticket.Status.VALID, showtime__in=published)
    if valid.update(status=Ticket.Status.USED, admitted_at=now, admitted_by=by):
        _post(Kind.ADMISSION, ticket, by, now)
        return Admission(ticket=find_ticket(code=code), at=now)
    ticket = find_ticket(code=code)
    if ticket.status == Ticket.Status.REFUNDED:
        raise TicketRefunded(_("This ticket was refunded."), ticket)
    if ticket.status == Ticket.Status.VALID:
        raise NotAtThisTime(_why_not(ticket.showtime, now), ticket)
    raise TicketUsed(_("This ticket was already used."), ticket)


def _why_not(showtime: Showtime, now: datetime) -> str:
    if showtime.status != Showtime.Status.PUBLISHED:
        return str(_("This showtime was called off. Nobody is let in."))
    if now >= showtime.ends_at:
        return str(_("This showtime was over at %(when)s.")) % {"when": _house_time(showtime.ends_at)}
    facts = {"start": _house_time(showtime.starts_at), "opens": _house_time(showtime.admission_opens_at)}
    return str(_("This ticket is for %(start)s. Admission opens at %(opens)s.")) % facts


def _house_time(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}"


@transaction.atomic
def undo_admission(*, code: str, by: User, reason: str, now: datetime) -> Ticket:
    """Take an admission back, so that the ticket admits again; who did it and why stands in the journal.

    Raises NoReasonGiven, TicketNotFound, NotAdmitted, TicketRefunded.
    """
    if not (reason := reason.strip()):
        raise NoReasonGiven(field="reason")
    ticket = find_ticket(code=code)
    # By the moment of the admission too: two people taking the same one back don't undo the one that came between.
    used = Ticket.objects.filter(pk=ticket.pk, status=Ticket.Status.USED, admitted_at=ticket.admitted_at)
    if not used.update(status=Ticket.Status.VALID, admitted_at=None, admitted_by=None):
        if ticket.status == Ticket.Status.REFUNDED:
            raise TicketRefunded(_("This ticket was refunded."), ticket)
        raise NotAdmitted(_("Nobody is in with this ticket."), ticket)
    _post(Kind.ADMISSION_UNDONE, ticket, by, now, reason)
    return find_ticket(code=code)


def _post(kind: str, ticket: Ticket, by: User, now: datetime, reason: str = "") -> None:
    post(
        Entry(
            kind=kind,
            at=now,
            currency=ticket.currency,
            order_id=ticket.order_id,
            operator=by,
            reason=reason,
            facts={"ticket": ticket.pk},
        )
    )
