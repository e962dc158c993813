"""Halls and their seat grids: laying out, changing, closing, retiring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError, QuerySet
from django.utils.translation import gettext_lazy as _

from cinema.errors import Conflict, InvalidInput, NotFound
from cinema.realtime import publish_on_commit, showtime_topic
from ticketing.claims import touch_sales
from ticketing.models import Claim, Hall, Order, Seat, Showtime
from ticketing.models.halls import seat_label

MOST_SEATS = 2000
ROW_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class HallNotFound(NotFound):
    """No hall has this id."""

    code = "hall_not_found"
    message = _("There is no such hall.")
    v1_code = 20002


class HallNameTaken(Conflict):
    """Another hall has the name."""

    code = "hall_name_taken"
    message = _("Another hall already has this name.")


class SeatsSold(Conflict):
    """Seats of showtimes to come would vanish; ``details['labels']`` names them."""

    code = "seats_sold"
    message = _("Seats that were sold for coming showtimes cannot be taken away.")
    v1_code = 20004


class GridChanged(Conflict):
    """Somebody else has changed the grid since it was read."""

    code = "grid_changed"
    message = _("Someone else has changed this seat grid in the meantime.")


class HallInUse(Conflict):
    """Paid screenings in the hall are still to come."""

    code = "hall_in_use"
    message = _("Tickets for coming showtimes in this hall have been sold.")


class BadGrid(InvalidInput):
    """The grid makes no sense: two seats in one place, too many, or a label too long."""

    code = "bad_grid"


@dataclass(frozen=True)
class SeatPlan:
    """A seat as planned: where it is, what is printed on it, what kind it is, whether it is for sale."""

    row_label: str
    col_number: int
    x: int
    y: int
    kind: str = Seat.Kind.STANDARD
    is_available: bool = True


def row_label(place: int) -> str:
    """The label of the row at this place from the screen: A … Z, AA, AB …"""
    label = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        label = ROW_LETTERS[letter] + label
    return label


def default_grid(total: int) -> list[SeatPlan]:
    """A plain grid of so many seats: rows of at most 20, the last row centred."""
    if not 0 <= total <= MOST_SEATS:
        raise BadGrid(_("A hall has from 0 to 2000 seats."), field="total_seats")
    width = min(20, max(1, ceil((total * 1.6) ** 0.5)))
    plans = []
    for y in range(ceil(total / width)):
        count = min(width, total - y * width)
        indent = (width - count) // 2
        for number in range(1, count + 1):
            plans.append(SeatPlan(row_label(y), number, x=indent + number, y=y))
    return plans


def grid_from_labels(seats: Sequence[tuple[str, int, bool]]) -> list[SeatPlan]:
    """A grid from row labels, seat numbers and whether each is for sale; missing numbers are aisles.

    Rows stand in the order A … Z, AA …, numbers before letters. Raises BadGrid.
    """
    rows = sorted({row for row, _number, _sale in seats}, key=lambda row: (len(row), row))
    place = {row: y for y, row in enumerate(rows)}
    return [SeatPlan(row, number, x=number, y=place[row], is_available=sale) for row, number, sale in seats]


@transaction.atomic
def add_hall(
    *,
    name: str,
    total_seats: int,
    hall_type: str,
    status: int = Hall.Status.OPEN,
    preshow_minutes: int = 0,
    now: datetime,
) -> Hall:
    """Open a hall with a default grid. Raises HallNameTaken, BadGrid."""
    grid = default_grid(total_seats)
    hall = _saved(Hall(name=name, hall_type=hall_type, status=status, preshow_minutes=preshow_minutes))
    _lay(hall, grid, now)
    return hall


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
    _saved(hall)
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


@transaction.atomic
def replace_grid(*, hall_id: int, grid: Sequence[SeatPlan], now: datetime, version: int | None = None) -> Hall:
    """Make the hall's grid what is planned; seats that keep row and number keep their identity.

    With a ``version`` the grid must still be the one that was read.
    Raises HallNotFound, BadGrid, GridChanged, SeatsSold.
    """
    hall = locked_hall(hall_id=hall_id)
    _refuse_bad_grid(grid)
    if version is not None and version != hall.grid_version:
        raise GridChanged
    coming = _coming(hall, now)
    touch_sales(showtimes=coming)
    _lay(hall, grid, now, showtimes=coming)
    Hall.objects.filter(pk=hall.pk).update(grid_version=F("grid_version") + 1)
    hall.refresh_from_db()
    for showtime_id in coming:
        Showtime.objects.filter(pk=showtime_id).update(seat_seq=F("seat_seq") + 1)
        publish_on_commit(showtime_topic(showtime_id), {"reload": True})
    return hall


def has_sold_seats(*, hall: Hall, now: datetime) -> bool:
    """Whether anyone has a ticket for a showtime in this hall that isn't over."""
    return Claim.objects.filter(showtime__in=_coming(hall, now), status=Claim.Status.SOLD).exists()


@transaction.atomic
def set_focal_point(*, hall_id: int, x: float | None, y: float | None) -> Hall:
    """Say where the best seats lie, in grid units; without both it is worked out. Raises HallNotFound."""
    hall = locked_hall(hall_id=hall_id)
    hall.focal_x, hall.focal_y = (None, None) if x is None or y is None else (x, y)
    hall.save(update_fields=["focal_x", "focal_y"])
    return hall


def any_hall(*, hall_id: int) -> Hall:
    """Any hall that wasn't retired. Raises HallNotFound."""
    hall = Hall.objects.visible().filter(pk=hall_id).first()
    if hall is None:
        raise HallNotFound
    return hall


def locked_hall(*, hall_id: int) -> Hall:
    """The hall, locked until the transaction ends. Raises HallNotFound."""
    hall = Hall.objects.select_for_update(no_key=True).filter(pk=hall_id, hidden=False).first()
    if hall is None:
        raise HallNotFound
    return hall


def _coming(hall: Hall, now: datetime) -> list[int]:
    return list(Showtime.objects.standing().filter(hall=hall, ends_at__gt=now).values_list("pk", flat=True))


def _saved(hall: Hall) -> Hall:
    if Hall.objects.exclude(pk=hall.pk).filter(name=hall.name).exists():
        raise HallNameTaken(field="name")
    try:
        with transaction.atomic():
            hall.save()
    except IntegrityError:
        raise HallNameTaken(field="name") from None
    return hall


def _refuse_bad_grid(grid: Sequence[SeatPlan]) -> None:
    if len(grid) > MOST_SEATS:
        raise BadGrid(_("A hall has from 0 to 2000 seats."), field="seats")
    if len({seat_label(plan.row_label, plan.col_number).upper() for plan in grid}) != len(grid):
        raise BadGrid(_("Two seats have the same row and number."), field="seats")
    if len({(plan.x, plan.y) for plan in grid}) != len(grid):
        raise BadGrid(_("Two seats are in the same place."), field="seats")
    for plan in grid:
        if plan.row_label != plan.row_label.strip() or not (
            1 <= len(plan.row_label) <= 10 and 1 <= plan.col_number <= 999
        ):
            raise BadGrid(_("A row has a label of 1 to 10 characters, a seat a number from 1 to 999."), field="seats")
        if not (0 <= plan.x <= 999 and 0 <= plan.y <= 999 and plan.kind in Seat.Kind.values):
            raise BadGrid(_("A seat is outside the grid or of an unknown kind."), field="seats")


def _refuse_if_sold(claims: QuerySet[Claim]) -> None:
    sold = claims.filter(status=Claim.Status.SOLD).select_related("seat")
    if labels := sorted({claim.seat.label for claim in sold}):
        raise SeatsSold(labels=labels)


def _lay(hall: Hall, grid: Sequence[SeatPlan], now: datetime, showtimes: Sequence[int] = ()) -> None:
    planned = {(plan.row_label, plan.col_number): plan for plan in grid}
    present = {(seat.row_label, seat.col_number): seat for seat in hall.seats.present()}
    leaving = [seat for key, seat in present.items() if key not in planned]
    _refuse_if_sold(Claim.objects.filter(showtime__in=showtimes, seat__in=leaving))
    # Out of the way first: two seats that swap places would meet under the constraint otherwise.
    hall.seats.present().update(removed_at=now)
    staying = [present[key] for key in planned if key in present]
    for seat in staying:
        plan = planned[seat.row_label, seat.col_number]
        seat.x, seat.y, seat.kind, seat.is_available = plan.x, plan.y, plan.kind, plan.is_available
        seat.removed_at = None
    Seat.objects.bulk_update(staying, ["x", "y", "kind", "is_available", "removed_at"], batch_size=200)
    Seat.objects.bulk_create(Seat(hall=hall, **vars(plan)) for key, plan in planned.items() if key not in present)
