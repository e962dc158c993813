"""The hall as the pages of seats show it. What hangs on grid, prices and language is drawn once and kept.

A hall's markup is kept by all that stands in it, never for a time: another seat, price or language is another key, so
nothing kept can be out of date and nothing has to be thrown away when something changes. Who has which seat is asked
each time; each seat's piece of the page is kept for every state it was shown in.
"""

import json
from collections.abc import Collection

from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cinema.kept import Kept
from ticketing.models import Seat, Showtime
from ticketing.prices.tariffs import Tariff
from ticketing.sale.plan import seat_name, sections, status_words
from ticketing.sale.seatmap import AVAILABLE, PlacedSeat, SeatMap

WIDE_HALL = 18  # columns; from here on seats are drawn smaller so that the hall fits
HALLS_KEPT = 64  # with their prices in a language each; half a megabyte for three hundred seats in all their states
HERE = "\x00"  # stands for a seat in the markup of the hall around it
Drawing = tuple[str, bool, bool]  # status or "mine", whether it is chosen, whether seats are sold


class HallMarkup:
    """A hall at its prices, in one language: what stands around the seats, and the seats as they were shown so far."""

    def __init__(self, grid: tuple[PlacedSeat, ...], tariff: Tariff) -> None:
        self.grid, self.tariff, self.words = grid, tariff, status_words()
        around = get_template("components/plan.html").render({"sections": sections(grid), "here": HERE})
        self.around = around.encode().split(HERE.encode())
        self.seats: list[dict[Drawing, bytes]] = [{} for _seat in grid]
        self.template = get_template("components/seat.html")
        self.is_wide = len({seat.x for seat in grid}) > WIDE_HALL
        present = {seat.kind for seat in grid}
        self.kinds = [
            {"kind": kind, "name": str(Seat.Kind(kind).label), "price": tariff.price(Seat(kind=kind))}
            for kind in Seat.Kind.values
            if kind in present
        ]

    def draw(self, drawings: list[Drawing]) -> SafeString:
        """The hall with each seat drawn so."""
        pieces = [self.around[0]]
        for place, (known, drawing) in enumerate(zip(self.seats, drawings, strict=True)):
            pieces.append(known.get(drawing) or self._draw_seat(place, drawing))
            pieces.append(self.around[place + 1])
        return mark_safe(b"".join(pieces).decode())  # noqa: S308  templates have escaped it

    def _draw_seat(self, place: int, drawing: Drawing) -> bytes:
        seat, (status, is_chosen, on_sale) = self.grid[place], drawing
        prices = {kind: self.tariff.price(seat, kind) for kind in self.tariff.price_types}
        context = {
            "seat": seat,
            "status": status,
            "status_word": "" if status == AVAILABLE else self.words[status],
            "name": seat_name(seat, self.tariff.price(seat)),
            "prices": json.dumps(prices, separators=(",", ":")),
            "is_free": status == AVAILABLE,
            "is_chosen": is_chosen,
            "on_sale": on_sale,
        }
        drawn = self.seats[place][drawing] = self.template.render(context).rstrip("\n").encode()
        return drawn


_markups: Kept[HallMarkup] = Kept(HALLS_KEPT)


def drawn(showtime: Showtime, states: SeatMap, *, chosen: Collection[int], on_sale: bool) -> dict:
    """What the page of a seat map shows, the customers' and the counter's alike."""
    key = states.grid, states.tariff.key, get_language(), settings.CURRENCY
    markup = _markups.get(key, lambda: HallMarkup(states.grid, states.tariff))
    drawings = [
        ("mine" if is_mine else status, status == AVAILABLE and seat.pk in chosen, on_sale)
        for seat, status, is_mine in zip(states.grid, states.statuses, states.are_mine, strict=True)
    ]
    return {
        "showtime": showtime,
        "movie": showtime.movie,
        "plan": markup.draw(drawings) if states.grid else "",
        "seat_map": states,
        "on_sale": on_sale,
        "is_wide": markup.is_wide,
        "kinds": markup.kinds,
        "free_count": states.count(AVAILABLE),
        "words": markup.words,
        "most": settings.MAX_SEATS_PER_ORDER,
    }
