"""Halls: opening, finding, locking them, and laying out their seats."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cinema.errors import Conflict, NotFound
from ticketing.venue.grids import SeatPlan, default_grid
from ticketing.venue.models import Hall, Seat


class HallNotFound(NotFound):
    """No hall has this id."""

    code = "hall_not_found"
    message = _("There is no such hall.")


class HallNameTaken(Conflict):
    """Another hall has the name."""

    code = "hall_name_taken"
    message = _("Another hall already has this name.")


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
    hall = save_hall(Hall(name=name, hall_type=hall_type, status=status, preshow_minutes=preshow_minutes))
    lay_grid(hall=hall, grid=grid, now=now)
    return hall


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


def save_hall(hall: Hall) -> Hall:
    """Write the hall. Raises HallNameTaken."""
    if Hall.objects.exclude(pk=hall.pk).filter(name=hall.name).exists():
        raise HallNameTaken(field="name")
    try:
        with transaction.atomic():
            hall.save()
    except IntegrityError:
        raise HallNameTaken(field="name") from None
    return hall


def leaving_seats(*, hall: Hall, grid: Sequence[SeatPlan]) -> list[Seat]:
    """The hall's seats that this grid no longer has."""
    planned = {(plan.row_label, plan.col_number) for plan in grid}
    return [seat for seat in hall.seats.present() if (seat.row_label, seat.col_number) not in planned]


def lay_grid(*, hall: Hall, grid: Sequence[SeatPlan], now: datetime) -> None:
    """Make the hall's seats those of the grid; seats that keep row and number keep their identity."""
    planned = {(plan.row_label, plan.col_number): plan for plan in grid}
    present = {(seat.row_label, seat.col_number): seat for seat in hall.seats.present()}
    # Out of the way first: two seats that swap places would meet under the constraint otherwise.
    hall.seats.present().update(removed_at=now)
    staying = [present[key] for key in planned if key in present]
    for seat in staying:
        plan = planned[seat.row_label, seat.col_number]
        seat.x, seat.y, seat.kind, seat.is_available = plan.x, plan.y, plan.kind, plan.is_available
        seat.removed_at = None
    Seat.objects.bulk_update(staying, ["x", "y", "kind", "is_available", "removed_at"], batch_size=200)
    Seat.objects.bulk_create(Seat(hall=hall, **vars(plan)) for key, plan in planned.items() if key not in present)
