"""The three halls of the demo cinema and what a seat costs in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cinema.money import to_minor
from ticketing.models import Hall, PriceCard, PriceRule, PriceType, Seat
from ticketing.sale.hall_changes import replace_grid
from ticketing.venue.grids import SeatPlan
from ticketing.venue.halls import add_hall

ROWS = "ABCDEFGHJKLMN"  # no I: it looks like a 1 on a ticket

# Price cards by name: what each seat kind costs more, what each price type costs less.
PRICE_CARDS: dict[str, dict[str, int]] = {
    "平日票价": {"couple": 10, "child": -15, "student": -10, "senior": -15},
    "周末票价": {"couple": 15, "child": -15, "student": -10, "senior": -10},
    "IMAX 票价": {"vip": 30, "child": -20, "student": -15, "senior": -20},
    "VIP 厅票价": {"couple": 30, "senior": -20},
    "短片票价": {"vip": 5, "couple": 5, "child": -5, "student": -5, "senior": -5},
}


@dataclass(frozen=True)
class House:
    """A hall as it is built, and its prices before and after two o'clock, on weekdays and at the weekend."""

    name: str
    name_en: str
    hall_type: str
    preshow: int
    turnaround: int
    grid: tuple[SeatPlan, ...]
    matinee: int
    weekday: int
    weekend: int
    short: int
    focus: tuple[float, float]
    orphan_rule: str = Hall.OrphanRule.OFF
    card: str = ""


def _curved(widths: tuple[int, ...], middle: int) -> Iterator[tuple[str, int, int]]:
    """Row, number and place from the screen: a middle block between two aisles, wings that widen to the back."""
    wing = (max(widths) - middle) // 2
    for y, width in enumerate(widths):
        side = (width - middle) // 2
        numbers = [
            *range(wing - side + 1, wing + 1),
            *range(wing + 2, wing + 2 + middle),
            *range(wing + 3 + middle, wing + 3 + middle + side),
        ]
        for number in numbers:
            yield ROWS[y], number, y


def _standard_hall() -> tuple[SeatPlan, ...]:
    special = {("A", 6): Seat.Kind.WHEELCHAIR, ("A", 7): Seat.Kind.COMPANION}
    special |= {("A", 13): Seat.Kind.WHEELCHAIR, ("A", 12): Seat.Kind.COMPANION}
    special |= {("K", number): Seat.Kind.COUPLE for number in range(6, 14)}
    return tuple(
        SeatPlan(row, number, number, y, special.get((row, number), Seat.Kind.STANDARD), (row, number) != ("K", 1))
        for row, number, y in _curved((8, 10, 12, 12, 12, 12, 12, 12, 14, 16), middle=8)
    )


def _imax_hall() -> tuple[SeatPlan, ...]:
    special = {("A", 5): Seat.Kind.WHEELCHAIR, ("A", 6): Seat.Kind.COMPANION}
    special |= {("A", 22): Seat.Kind.WHEELCHAIR, ("A", 21): Seat.Kind.COMPANION}
    special |= {(row, number): Seat.Kind.VIP for row in "HJK" for number in range(8, 20)}
    return tuple(
        SeatPlan(row, number, number, y, special.get((row, number), Seat.Kind.STANDARD), (row, number) != ("N", 26))
        for row, number, y in _curved((16, 18, 20, 20, 20, 20, 20, 20, 20, 20, 20, 22, 24), middle=12)
    )


def _vip_hall() -> tuple[SeatPlan, ...]:
    """Pairs of armchairs with room around each; sofas for two at the back."""
    special = {("A", 1): Seat.Kind.WHEELCHAIR, ("A", 2): Seat.Kind.COMPANION}
    return tuple(
        SeatPlan(ROWS[y], number, number, y, special.get((ROWS[y], number), kind))
        for y, kind in enumerate([Seat.Kind.VIP] * 4 + [Seat.Kind.COUPLE] * 2)
        for number in range(1, 15)
        if number % 3
    )


HALLS: dict[str, House] = {
    "standard": House(
        "1号厅",
        "Hall 1",
        Hall.Type.STANDARD,
        10,
        15,
        _standard_hall(),
        matinee=35,
        weekday=48,
        weekend=58,
        short=15,
        focus=(9.5, 6),
    ),
    "imax": House(
        "IMAX厅",
        "IMAX",
        Hall.Type.IMAX,
        10,
        20,
        _imax_hall(),
        matinee=78,
        weekday=98,
        weekend=118,
        short=25,
        focus=(13.5, 8),
        card="IMAX 票价",
    ),
    "vip": House(
        "VIP厅",
        "VIP Lounge",
        Hall.Type.VIP,
        0,
        20,
        _vip_hall(),
        matinee=108,
        weekday=128,
        weekend=148,
        short=38,
        focus=(7.5, 3),
        orphan_rule=Hall.OrphanRule.STRICT,
        card="VIP 厅票价",
    ),
}


def build_halls(*, now: datetime) -> dict[str, Hall]:
    """Open the three halls, by their keys."""
    halls = {}
    for key, house in HALLS.items():
        hall = add_hall(name=house.name, total_seats=0, hall_type=house.hall_type, now=now)
        hall.name_en, hall.turnaround_minutes = house.name_en, house.turnaround
        hall.preshow_minutes = house.preshow
        hall.orphan_rule = house.orphan_rule
        hall.focal_x, hall.focal_y = house.focus
        hall.save()
        halls[key] = replace_grid(hall_id=hall.pk, grid=house.grid, now=now)
    return halls


def print_price_cards() -> dict[str, PriceCard]:
    """The price cards, by name; those that are there already stay as they are."""
    cards = {}
    for name, amounts in PRICE_CARDS.items():
        cards[name], new = PriceCard.objects.get_or_create(name=name)
        for case, amount in amounts.items() if new else ():
            field = "price_type" if case in PriceType.values else "seat_kind"
            PriceRule.objects.create(card=cards[name], amount=to_minor(amount), **{field: case})
    return cards
