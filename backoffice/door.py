"""The door: which showtime people are let in to, what a scanned ticket says, and who is in already."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from cinema.errors import NotFound
from ticketing.door.admission import (
    NotAtThisTime,
    TicketRefunded,
    TicketRefused,
    TicketUsed,
    WrongShowtime,
    admit_ticket,
)
from ticketing.models import Showtime, Ticket
from ticketing.sale.tickets import TicketNotFound

ADMITTED, USED, WRONG, REFUNDED, UNKNOWN = "admitted", "used", "wrong", "refunded", "unknown"
NOT_NOW = "not_now"
OUTCOMES: dict[type[Exception], str] = {
    TicketUsed: USED,
    WrongShowtime: WRONG,
    TicketRefunded: REFUNDED,
    NotAtThisTime: NOT_NOW,
}
DOORS_OPEN_BEFORE = timedelta(minutes=30)


class DoorNotFound(NotFound):
    """No such showtime, or one that nobody is let in to."""

    code = "door_not_found"


@dataclass(frozen=True)
class Verdict:
    """What a scan came to. ``ticket`` is None where the code is unknown."""

    outcome: str
    message: object
    code: str
    ticket: Ticket | None = None

    @property
    def lets_in(self) -> bool:
        """Whether the person may go in."""
        return self.outcome == ADMITTED


@dataclass(frozen=True)
class Tally:
    """How many are in, of how many that have a ticket."""

    sold: int
    admitted: int

    @property
    def outside(self) -> int:
        """How many are still to come."""
        return self.sold - self.admitted


def showtimes_at_door(*, now: datetime) -> QuerySet[Showtime]:
    """The showtimes a door may be set to: not over yet, starting within the next hours, earliest first."""
    return Showtime.objects.at_door(now).with_place()


def next_showtime(*, now: datetime) -> Showtime | None:
    """The one whose people are at the door: the next to start, or the one that began last if none is near."""
    doors = list(showtimes_at_door(now=now))
    coming = [showtime for showtime in doors if showtime.starts_at >= now]
    begun = [showtime for showtime in doors if showtime.starts_at < now]
    if coming and (not begun or coming[0].starts_at - now <= DOORS_OPEN_BEFORE):
        return coming[0]
    return begun[-1] if begun else None


def door_of(*, showtime_id: int) -> Showtime:
    """The showtime with film and hall; over or not, since its list is still read. Raises DoorNotFound."""
    found = Showtime.objects.exclude(status=Showtime.Status.DRAFT).with_place().filter(pk=showtime_id).first()
    if found is None:
        raise DoorNotFound
    return found


def scan(*, text: str, showtime: Showtime, by: User, now: datetime) -> Verdict:
    """Let one person in with what a scanner or a hand typed, or say why not."""
    code = clean_code(text)
    try:
        admission = admit_ticket(code=code, by=by, now=now, showtime_id=showtime.pk)
    except TicketRefused as refusal:
        return Verdict(OUTCOMES[type(refusal)], refusal.message, code, refusal.ticket)
    except TicketNotFound as refusal:
        return Verdict(UNKNOWN, refusal.message, code)
    return Verdict(ADMITTED, "", code, admission.ticket)


def clean_code(text: str) -> str:
    """The code as printed, whatever a scanner or an input method made of it: full-width letters, spaces, dashes."""
    plain = unicodedata.normalize("NFKC", text[:200]).upper()
    return "".join(sign for sign in plain if sign.isascii() and sign.isalnum())[:32]


def tally_of(showtime: Showtime) -> Tally:
    """How many of the showtime's people are in: one query."""
    counts = Ticket.objects.filter(showtime=showtime).aggregate(
        sold=Count("status", filter=~Q(status=Ticket.Status.REFUNDED)),
        admitted=Count("status", filter=Q(status=Ticket.Status.USED)),
    )
    return Tally(**counts)


def admissions(*, showtime: Showtime, search: str = "", state: str = "") -> QuerySet[Ticket]:
    """Everyone with a ticket for the showtime, row by row; ``search`` by seat, name, phone or order number.

    ``state`` may be ``in`` or ``out``.
    """
    found = Ticket.objects.standing().filter(showtime=showtime)
    found = found.select_related("line", "seat", "order__customer", "admitted_by").order_by("seat__y", "seat__x")
    if state in {"in", "out"}:
        found = found.filter(status=Ticket.Status.USED if state == "in" else Ticket.Status.VALID)
    if word := search.strip().replace("\x00", ""):
        people = ("nickname", "username", "phone", "email")
        named = Q(line__label__iexact=word)
        for field in people:
            named |= Q(**{f"order__customer__{field}__icontains": word})
        number = word.rpartition("-")[2]
        if number.isascii() and number.isdigit() and len(number) < 19:
            named |= Q(order_id=int(number))
        found = found.filter(named)
    return found


def last_admitted(showtime: Showtime, count: int = 6) -> QuerySet[Ticket]:
    """Those who came in last."""
    used = Ticket.objects.filter(showtime=showtime, status=Ticket.Status.USED).select_related("line")
    return used.order_by("-admitted_at")[:count]
