"""How seats are named on the wire, and how they are shown."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cinema.api.fields import HIGHEST_ID, MoneyOut
from ticketing.models import Seat
from ticketing.sale.seatmap import STATUS_NAMES

MOST_REFERENCES = 100
REFERENCE = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "minLength": 1, "maxLength": 20}]}


@extend_schema_field({"type": "array", "items": REFERENCE, "maxItems": MOST_REFERENCES})
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
        if not isinstance(references, list) or len(references) > MOST_REFERENCES:
            raise serializers.ValidationError(_("This must be a list of seat ids or labels."))
        for reference in references:
            number = isinstance(reference, int) and not isinstance(reference, bool) and 0 < reference <= HIGHEST_ID
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


class BookingSeat(serializers.Serializer):
    """A seat of a showtime in the booking dialect."""

    seat_id = serializers.IntegerField(source="seat.pk")
    row = serializers.CharField(source="seat.row_label")
    col = serializers.IntegerField(source="seat.col_number")
    label = serializers.CharField(source="seat.label")
    status = serializers.ChoiceField(choices=list(STATUS_NAMES))
    price = MoneyOut()


class BookingSeats(serializers.Serializer):
    """All seats of a showtime."""

    seats = BookingSeat(many=True)
    selected_count = serializers.IntegerField()
    available_count = serializers.IntegerField()


class V1Seat(serializers.Serializer):
    """A seat of a showtime in v1."""

    seatId = serializers.IntegerField(source="seat.pk")
    rowLabel = serializers.CharField(source="seat.row_label")
    colNumber = serializers.IntegerField(source="seat.col_number")
    label = serializers.CharField(source="seat.label")
    x = serializers.IntegerField(source="seat.x")
    y = serializers.IntegerField(source="seat.y")
    kind = serializers.ChoiceField(source="seat.kind", choices=Seat.Kind.choices)
    status = serializers.ChoiceField(choices=list(STATUS_NAMES))
    price = MoneyOut()
    isMine = serializers.BooleanField(source="is_mine")


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
