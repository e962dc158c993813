"""Moving a showtime that people have tickets for: to another time, or to a hall where everyone finds an equal seat.

Tickets keep their codes, prices and, in another hall, row, number and kind of their seats. Whoever hasn't paid yet
loses the hold, for nobody pays for another showtime than they chose. Everyone is told, and may give the tickets back
until the showtime begins. ``look_ahead`` says beforehand whom a move concerns and what stands in its way.
"""

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Movie
from cinema.errors import CinemaError, Conflict, InvalidInput
from cinema.jobs import Job, enqueue_many
from cinema.realtime import publish_on_commit, showtime_topic
from ticketing.programme.models import Showtime
from ticketing.programme.scheduling import fit, place
from ticketing.programme.showtimes import ShowtimeChanged, ShowtimeNotFound, locked_showtime, newest_change, touch_sales
from ticketing.sale.attesting import post_moves
from ticketing.sale.ledger import record_moved, record_released
from ticketing.sale.models import Claim, Order, OrderLine, Ticket
from ticketing.sale.notifications import tell_cancelled, tell_moved
from ticketing.venue.models import Hall, Seat

ATTEMPTS = 10  # at each of which somebody buys in just that moment


class ShowtimeStays(Conflict):
    """It is over, called off or not yet published, or would stay where it is: nothing to move."""

    code = "showtime_stays"
    message = _("There is nothing to move: the showtime is over or called off, or this is its time and hall already.")


class NoEqualSeats(Conflict):
    """The other hall lacks seats that were sold; ``details['labels']`` names them."""

    code = "no_equal_seats"
    message = _("The other hall has no equal for every seat that was sold.")


class _SoldMeanwhile(ShowtimeChanged):
    """Somebody bought between the first look and the last lock: to be tried again."""


@dataclass(frozen=True)
class Outlook:
    """Whom a move concerns: orders that move along, unpaid ones it ends; and what stands in its way, if anything."""

    showtime: Showtime
    paid: list[Order]
    unpaid: list[Order]
    refusal: CinemaError | None

    @property
    def ticket_count(self) -> int:
        """How many tickets move along."""
        return sum(ticket.status != Ticket.Status.REFUNDED for order in self.paid for ticket in order.tickets.all())


def look_ahead(
    *, showtime_id: int, hall: Hall, starts_at: datetime, preshow_minutes: int | None = None, now: datetime
) -> Outlook:
    """What a move would do, without doing it; ``showtime`` is as it would be. Raises ShowtimeNotFound."""
    showtime = Showtime.objects.select_related("movie", "hall").filter(pk=showtime_id).first()
    if showtime is None:
        raise ShowtimeNotFound
    orders = Order.objects.filter(showtime=showtime).with_details().order_by("pk")
    refusal = None
    try:
        _refuse_to_move(showtime, hall, starts_at, preshow_minutes, now)
        if hall.pk != showtime.hall_id:
            _equals(hall, _standing_tickets(orders.paid()))
        _set_place(showtime, hall, starts_at, preshow_minutes)
        fit(showtime=showtime, hall=hall, movie=showtime.movie)
    except CinemaError as reason:
        _set_place(showtime, hall, starts_at, preshow_minutes)
        refusal = reason
    return Outlook(showtime, list(orders.paid()), list(orders.awaiting_payment(now)), refusal)


def move_showtime(
    *,
    showtime_id: int,
    hall: Hall,
    starts_at: datetime,
    preshow_minutes: int | None = None,
    seen: int | None = None,
    now: datetime,
    by: User,
    reason: str = "",
) -> Showtime:
    """Give a showtime another time or hall together with all its tickets. All of it happens or, by raising, nothing.

    With ``seen``, the number of its newest history entry as it was read, nobody may have changed it since. Raises
    ShowtimeNotFound, ShowtimeStays, NoEqualSeats, ShowtimesOverlap, HallClosed, MovieRemoved, InvalidInput,
    ShowtimeChanged.
    """
    for _attempt in range(ATTEMPTS):
        try:
            return _move(showtime_id, hall, starts_at, preshow_minutes, seen, now, by, reason)
        except _SoldMeanwhile:
            continue
    raise ShowtimeChanged


@transaction.atomic
def _move(
    showtime_id: int,
    hall: Hall,
    starts_at: datetime,
    preshow_minutes: int | None,
    seen: int | None,
    now: datetime,
    by: User,
    reason: str,
) -> Showtime:
    before = Showtime.objects.select_related("movie", "hall").filter(pk=showtime_id).first()
    if before is None:
        raise ShowtimeNotFound
    # Locked in the sequence that ``claims`` prescribes: halls, film, orders, claims, and the showtime last.
    list(Hall.objects.filter(pk__in={before.hall_id, hall.pk}).order_by("pk").select_for_update(no_key=True))
    list(Movie.objects.filter(pk=before.movie_id).select_for_update(no_key=True))
    orders = _locked_orders(showtime_id)
    _refuse_to_move(before, hall, starts_at, preshow_minutes, now)
    paid = [order for order in orders if order.status == Order.Status.PAID]
    _end_unpaid([order for order in orders if order.status != Order.Status.PAID], now, by)
    if hall.pk != before.hall_id:
        _change_seats(hall, _standing_tickets(paid), now, by, reason)
    touch_sales(showtimes=[showtime_id])
    showtime = locked_showtime(showtime_id)
    if _has_changed(showtime, before, seen):
        raise ShowtimeChanged
    # Sales that were under way when the orders were locked have come to their end by now, one way or the other.
    if set(_live(showtime_id).values_list("pk", flat=True)) != _ids(paid):
        raise _SoldMeanwhile
    _set_place(showtime, hall, starts_at, preshow_minutes)
    showtime.moved_at = now
    place(showtime)
    Showtime.objects.filter(pk=showtime.pk).update(seat_seq=F("seat_seq") + 1)
    _have_them_told(paid, before, showtime, reason, now)
    publish_on_commit(showtime_topic(showtime.pk), {"reload": True})
    return showtime


def _have_them_told(orders: list[Order], before: Showtime, after: Showtime, reason: str, now: datetime) -> None:
    """One job an order. Seats and times change in one go, for half a move would sell a seat in two halls."""
    facts = {"before": _where(before), "after": _where(after), "reason": reason[:200]}
    jobs = [(f"{after.pk}-{now.timestamp():.0f}-{order.pk}", {"order_id": order.pk, **facts}) for order in orders]
    enqueue_many("tell_moved_order", jobs, run_at=now)


def _where(showtime: Showtime) -> list:
    return [showtime.hall_id, showtime.starts_at.isoformat()]


def tell_moved_order(*, order_id: int, before: list, after: list, reason: str, now: datetime) -> None:
    """Tell one order's customer of the move, unless the order has been given back meanwhile."""
    order = Order.objects.with_details().get(pk=order_id)
    if order.status != Order.Status.PAID:
        return
    old, new = copy(order.showtime), copy(order.showtime)
    for showtime, (hall_id, starts_at) in ((old, before), (new, after)):
        showtime.hall, showtime.starts_at = Hall.objects.get(pk=hall_id), datetime.fromisoformat(starts_at)
    tell_moved(order=order, before=old, showtime=new, reason=reason, now=now)


def still_to_be_told(showtime: Showtime) -> int:
    """How many orders' customers have not been told yet that the showtime was moved."""
    jobs = Job.objects.filter(kind="tell_moved_order", key__startswith=f"{showtime.pk}-")
    return jobs.exclude(state__in=[Job.State.DONE, Job.State.GIVEN_UP]).count()


def _locked_orders(showtime_id: int) -> list[Order]:
    """All that is alive or still has a claim, with its claims; only what belongs to these orders may be touched."""
    wanted = Q(status__in=Order.Status.live()) | Q(claims__isnull=False)
    ids = list(Order.objects.filter(wanted, showtime=showtime_id).values_list("pk", flat=True).distinct())
    orders = list(Order.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
    list(Claim.objects.filter(order__in=ids).order_by("seat_id").select_for_update(no_key=True))
    return orders


def _live(showtime_id: int) -> Any:
    return Order.objects.live().filter(showtime=showtime_id)


def _ids(orders: Iterable[Order]) -> set[int]:
    return {order.pk for order in orders}


def _has_changed(showtime: Showtime, before: Showtime, seen: int | None) -> bool:
    names = ("movie_id", "hall_id", "starts_at", "preshow_minutes", "status")
    if any(getattr(showtime, name) != getattr(before, name) for name in names):
        return True
    return seen is not None and seen != newest_change(showtime)


def _refuse_to_move(
    showtime: Showtime, hall: Hall, starts_at: datetime, preshow_minutes: int | None, now: datetime
) -> None:
    here = (showtime.hall_id, showtime.starts_at, showtime.preshow_minutes)
    preshow = showtime.preshow_minutes if preshow_minutes is None else preshow_minutes
    over = showtime.status != Showtime.Status.PUBLISHED or showtime.ends_at <= now
    if over or here == (hall.pk, starts_at, preshow):
        raise ShowtimeStays
    if starts_at <= now:
        raise InvalidInput(_("This moment has passed already."), field="starts_at")


def _set_place(showtime: Showtime, hall: Hall, starts_at: datetime, preshow_minutes: int | None) -> None:
    showtime.hall, showtime.starts_at = hall, starts_at
    if preshow_minutes is not None:
        showtime.preshow_minutes = preshow_minutes


def _standing_tickets(orders: Collection[Order]) -> list[Ticket]:
    tickets = Ticket.objects.standing().filter(order__in=_ids(orders))
    return list(tickets.select_related("seat", "order", "line").order_by("pk"))


def _equals(hall: Hall, tickets: Collection[Ticket]) -> dict[int, Seat]:
    """The seat of the other hall that each ticket's seat becomes, by its id: same row, same number, same kind."""
    there = {(seat.label, seat.kind): seat for seat in hall.seats.present().filter(is_available=True)}
    seats = {ticket.seat_id: there.get((ticket.seat.label, ticket.seat.kind)) for ticket in tickets}
    if missing := sorted(ticket.seat.label for ticket in tickets if seats[ticket.seat_id] is None):
        raise NoEqualSeats(labels=missing)
    return {old: seat for old, seat in seats.items() if seat is not None}


def _end_unpaid(orders: list[Order], now: datetime, by: User) -> None:
    pending = [order for order in orders if order.status == Order.Status.PENDING]
    for order in pending:
        if order.expires_at > now:
            tell_cancelled(order=order, by=by, has_parts=order.tendered_amount > 0, now=now)
    Order.objects.filter(pk__in=_ids(pending)).update(status=Order.Status.CANCELLED, closed_at=now)
    with_parts = [(str(order.pk), {"order_id": order.pk}) for order in pending if order.tendered_amount]
    enqueue_many("release_parts", with_parts, run_at=now)
    # Holds that ran out long ago too: they lie on seats of a hall the showtime may come back to.
    held = Claim.objects.filter(order__in=_ids(orders), status=Claim.Status.HELD)
    for claim in held.select_related("order"):
        record_released(order=claim.order, seat_ids=[claim.seat_id], now=now, actor=by)
    held.delete()


def _change_seats(hall: Hall, tickets: list[Ticket], now: datetime, by: User, reason: str) -> None:
    seats, moves = _equals(hall, tickets), []
    claims = {claim.seat_id: claim for claim in Claim.objects.filter(order__in={ticket.order_id for ticket in tickets})}
    for ticket in tickets:
        old, new = ticket.seat, seats[ticket.seat_id]
        claims[old.pk].seat = ticket.line.seat = ticket.seat = new
        moves.append((ticket, old))
    Claim.objects.bulk_update([claims[old.pk] for _ticket, old in moves], ["seat"], batch_size=200)
    OrderLine.objects.bulk_update([ticket.line for ticket in tickets], ["seat"], batch_size=200)
    Ticket.objects.bulk_update(tickets, ["seat"], batch_size=200)
    record_moved(moves=moves, now=now, actor=by, reason=reason[:200])
    post_moves(moves=moves, now=now, by=by, reason=reason)
