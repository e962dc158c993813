"""Changing a hall that sells: its grid, its status, its end. What was sold for showtimes to come stands."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext_lazy as _

from cinema.errors import Conflict
from cinema.realtime import publish_on_commit, showtime_topic
from ticketing.programme.models import Showtime
from ticketing.programme.showtimes import ShowtimeChanged, touch_sales
from ticketing.sale.models import Claim, ClaimQuerySet, Order
from ticketing.sale.orders import cancel_order
from ticketing.venue.grids import GridChanged, SeatPlan, default_grid, validate_grid
from ticketing.venue.halls import lay_grid, leaving_seats, locked_hall, save_hall
from ticketing.venue.models import Hall, Seat

ATTEMPTS = 10  # at each of which somebody holds a seat in just that moment


class SeatsSold(Conflict):
    """Seats of showtimes to come would vanish; ``details['labels']`` names them."""

    code = "seats_sold"
    message = _("Seats that were sold for coming showtimes cannot be taken away.")


class _HeldMeanwhile(ShowtimeChanged):
    """Somebody held a seat that goes away between the first look and the last lock: to be tried again."""


class HallInUse(Conflict):
    """Paid screenings in the hall are still to come."""

    code = "hall_in_use"
    message = _("Tickets for coming showtimes in this hall have been sold.")


@transaction.atomic
def update_hall(
    *,
    hall_id: int,
    now: datetime,
    name: str | None = None,
    hall_type: str | None = None,
    status: int | None = None,
    total_seats: int | None = None,
    preshow_minutes: int | None = None,
) -> Hall:
    """Change what is given; a new time for advertising and trailers holds for showtimes planned from now on.

    Another number of seats lays the grid out anew, unless seats are sold for what is to come.

    Raises HallNotFound, HallNameTaken, SeatsSold, BadGrid.
    """
    hall = locked_hall(hall_id=hall_id)
    hall.name = hall.name if name is None else name
    hall.hall_type = hall.hall_type if hall_type is None else hall_type
    hall.preshow_minutes = hall.preshow_minutes if preshow_minutes is None else preshow_minutes
    if status is not None and status != hall.status:
        set_hall_status(hall_id=hall_id, status=status, now=now)
        hall.status = status
    save_hall(hall)
    if total_seats is not None and total_seats != hall.seats.present().count():
        coming = _coming(hall, now)
        touch_sales(showtimes=coming)
        _refuse_if_sold(Claim.objects.filter(showtime__in=coming))
        replace_grid(hall_id=hall_id, grid=default_grid(total_seats), now=now)
    return hall


@transaction.atomic
def set_hall_status(*, hall_id: int, status: int, now: datetime) -> Hall:
    """Close a hall (it sells nothing and takes no showtimes; sold tickets stay) or open it again.

    Raises HallNotFound.
    """
    hall = locked_hall(hall_id=hall_id)
    hall.status = status
    hall.save(update_fields=["status"])
    touch_sales(showtimes=_coming(hall, now))
    return hall


@transaction.atomic
def remove_hall(*, hall_id: int, now: datetime) -> bool:
    """Take a hall away; answers whether it was erased (else it is kept, closed and hidden, with its history).

    Raises HallNotFound, HallInUse while paid screenings are still to come.
    """
    hall = locked_hall(hall_id=hall_id)
    touch_sales(showtimes=_coming(hall, now))
    if Order.objects.paid().filter(showtime__hall=hall, showtime__starts_at__gt=now).exists():
        raise HallInUse
    try:
        with transaction.atomic():
            hall.delete()
    except ProtectedError:
        hall.status, hall.hidden = Hall.Status.BANNED, True
        hall.save(update_fields=["status", "hidden"])
        return False
    return True


def replace_grid(*, hall_id: int, grid: Sequence[SeatPlan], now: datetime, version: int | None = None) -> Hall:
    """Make the hall's grid what is planned; seats that keep row and number keep their identity.

    Unpaid orders that hold a seat which goes away end at once, and their owners are told. With a ``version`` the grid
    must still be the one that was read. Raises HallNotFound, BadGrid, GridChanged, SeatsSold.
    """
    for _attempt in range(ATTEMPTS):
        try:
            return _replace_grid(hall_id, grid, now, version)
        except _HeldMeanwhile:
            continue
    raise GridChanged


@transaction.atomic
def _replace_grid(hall_id: int, grid: Sequence[SeatPlan], now: datetime, version: int | None) -> Hall:
    hall = locked_hall(hall_id=hall_id)
    validate_grid(grid)
    if version is not None and version != hall.grid_version:
        raise GridChanged
    coming = _coming(hall, now)
    leaving = leaving_seats(hall=hall, grid=grid)
    if leaving:
        _end_orders_holding(leaving, coming, now)
    touch_sales(showtimes=coming)
    claims = Claim.objects.filter(showtime__in=coming, seat__in=leaving)
    _refuse_if_sold(claims)
    # Holds that were under way when the orders were ended have come to their end by now, one way or the other.
    if leaving and claims.filter(held_until__gt=now).exists():
        raise _HeldMeanwhile
    lay_grid(hall=hall, grid=grid, now=now)
    Hall.objects.filter(pk=hall.pk).update(grid_version=F("grid_version") + 1)
    hall.refresh_from_db()
    for showtime_id in coming:
        Showtime.objects.filter(pk=showtime_id).update(seat_seq=F("seat_seq") + 1)
        publish_on_commit(showtime_topic(showtime_id), {"reload": True})
    return hall


def has_sold_seats(*, hall: Hall, now: datetime) -> bool:
    """Whether anyone has a ticket for a showtime in this hall that isn't over."""
    return Claim.objects.sold().filter(showtime__in=_coming(hall, now)).exists()


def _end_orders_holding(seats: Sequence[Seat], showtimes: Sequence[int], now: datetime) -> None:
    # Locked in the sequence that ``claims`` prescribes: all the orders, their claims, and the showtimes last.
    holding = Claim.objects.live(now).filter(showtime__in=showtimes, seat__in=seats, status=Claim.Status.HELD)
    ids = sorted(set(holding.values_list("order_id", flat=True)))
    list(Order.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
    list(Claim.objects.filter(order__in=ids).order_by("showtime_id", "seat_id").select_for_update(no_key=True))
    for order in Order.objects.filter(pk__in=ids, status=Order.Status.PENDING).with_details().order_by("pk"):
        cancel_order(order=order, now=now, by_house=True)


def _coming(hall: Hall, now: datetime) -> list[int]:
    return list(Showtime.objects.standing().filter(hall=hall, ends_at__gt=now).values_list("pk", flat=True))


def _refuse_if_sold(claims: ClaimQuerySet) -> None:
    sold = claims.sold().select_related("seat")
    if labels := sorted({claim.seat.label for claim in sold}):
        raise SeatsSold(labels=labels)
