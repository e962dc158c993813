"""How seats are named on the wire, and how they are shown."""

import json
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from cinema.api.dialects import BOOKING, V1_DIALECT
from cinema.api.fields import MAX_ID, MoneyOut
from cinema.api.renaming import in_dialect
from cinema.kept import Kept
from ticketing.models import Seat
from ticketing.prices.tariffs import Tariff
from ticketing.sale.seatmap import STATUS_NAMES, PlacedSeat, SeatMap, SeatState

MAX_REFERENCES = 100
HALLS_KEPT = 64  # with their prices in a dialect each
REFERENCE = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "minLength": 1, "maxLength": 20}]}


@extend_schema_field({"type": "array", "items": REFERENCE, "maxItems": MAX_REFERENCES})
class SeatReferences(serializers.Field):
    """Seat ids or labels: a list, or as a form has it: a text of JSON, or ``A1,A2``, or the field several times."""

    def get_value(self, dictionary: Any) -> Any:
        """All values of a form's field, one or several."""
        if hasattr(dictionary, "getlist"):
            values = dictionary.getlist(self.field_name)
            return values[0] if len(values) == 1 else values or serializers.empty
        return super().get_value(dictionary)

    def to_internal_value(self, data: Any) -> list[int | str]:
        """The references. Raises ValidationError."""
        references = _split(data) if isinstance(data, str) else data
        if not isinstance(references, list) or len(references) > MAX_REFERENCES:
            raise serializers.ValidationError(_("This must be a list of seat ids or labels."))
        for reference in references:
            number = isinstance(reference, int) and not isinstance(reference, bool) and 0 < reference <= MAX_ID
            text = isinstance(reference, str) and 0 < len(reference) <= 20 and reference.isprintable()
            if not (number or text):
                raise serializers.ValidationError(_("This must be a list of seat ids or labels."))
        return references

    def to_representation(self, value: list[int | str]) -> list[int | str]:
        """As they are."""
        return value


def _split(text: str) -> Any:
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None
    return [part.strip() for part in text.split(",") if part.strip()]


class SeatOut(serializers.Serializer):
    """A seat of a showtime."""

    seat_id = serializers.IntegerField(source="seat.pk")
    row_label = serializers.CharField(source="seat.row_label")
    col_number = serializers.IntegerField(source="seat.col_number")
    label = serializers.CharField(source="seat.label")
    x = serializers.IntegerField(source="seat.x")
    y = serializers.IntegerField(source="seat.y")
    kind = serializers.ChoiceField(source="seat.kind", choices=Seat.Kind.choices)
    status = serializers.ChoiceField(choices=list(STATUS_NAMES))
    price = MoneyOut()
    is_mine = serializers.BooleanField()


OF_BOOKING = ("seat_id", "row_label", "col_number", "label", "status", "price")
BookingSeat = in_dialect(
    BOOKING, SeatOut, name="BookingSeat", says="A seat of a showtime in the booking dialect.", only=OF_BOOKING
)
V1Seat = in_dialect(V1_DIALECT, SeatOut, name="V1Seat", says="A seat of a showtime in v1.")


class WrittenSeats:
    """The seats of a hall at its prices as a serializer writes them, each for every state it was asked in so far.

    Kept by all that stands in it, as the markup of the pages is: another seat or price is another key.
    """

    def __init__(self, shape: type[serializers.Serializer], grid: tuple[PlacedSeat, ...], tariff: Tariff) -> None:
        self.shape, self.grid, self.tariff = shape, grid, tariff
        self.seats: list[dict[tuple[str, bool], bytes]] = [{} for _seat in grid]

    def write(self, states: SeatMap) -> bytes:
        """The list, as JSON."""
        now = enumerate(zip(self.seats, zip(states.statuses, states.are_mine, strict=True), strict=True))
        return b"[" + b",".join(known.get(state) or self._write(place, state) for place, (known, state) in now) + b"]"

    def _write(self, place: int, state: tuple[str, bool]) -> bytes:
        seat, (status, is_mine) = self.grid[place], state
        shown = SeatState(seat=seat, status=status, price=self.tariff.price(seat), is_mine=is_mine)
        written = self.seats[place][state] = JSONRenderer().render(self.shape(shown).data)
        return written


_written: Kept[WrittenSeats] = Kept(HALLS_KEPT)


def seats_as_json(states: SeatMap, shape: type[serializers.Serializer]) -> bytes:
    """All seats of the map in a dialect's shape, as JSON."""
    key = shape, states.grid, states.tariff.key, settings.CURRENCY
    return _written.get(key, lambda: WrittenSeats(shape, states.grid, states.tariff)).write(states)


class BookingSeats(serializers.Serializer):
    """All seats of a showtime."""

    seats = BookingSeat(many=True)
    selected_count = serializers.IntegerField()
    available_count = serializers.IntegerField()


class PriceTypeOut(serializers.Serializer):
    """A price type on offer, and what it adds to or takes off the seat's price."""

    priceType = serializers.CharField()
    difference = MoneyOut()


class V1Seats(serializers.Serializer):
    """All seats of a showtime, the number of the last change they show, and the price types on offer."""

    seq = serializers.IntegerField()
    seats = V1Seat(many=True)
    availableCount = serializers.IntegerField()
    priceTypes = PriceTypeOut(many=True)
