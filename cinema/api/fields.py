"""Fields as the documents write them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cinema.addresses import absolute, is_own_path
from cinema.clock import NoSuchTime, local, moment_of
from cinema.money import as_number, decimals, to_minor, units

MAX_ID = 10**18 - 1
YEARS = range(1900, 2200)


class IdField(serializers.IntegerField):
    """The id of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": MAX_ID, **options})


@extend_schema_field({"type": "number", "multipleOf": 1 / units()})
class MoneyOut(serializers.Field):
    """An amount as a JSON number of major units, with at most the currency's decimals."""

    def to_representation(self, value: int) -> int | float:
        """Inside it is a whole number of minor units."""
        return as_number(value)


class MoneyIn(serializers.DecimalField):
    """A price from 0 to 100000 with at most the currency's decimals."""

    def __init__(self, **options: Any) -> None:
        limits = {"min_value": Decimal(0), "max_value": Decimal(100_000), "max_digits": 8 + decimals()}
        super().__init__(decimal_places=decimals(), coerce_to_string=False, **limits, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The minor units. Raises ValidationError."""
        amount = super().run_validation(data)
        return to_minor(amount) if isinstance(amount, Decimal) else amount


@extend_schema_field({"type": "number", "multipleOf": 0.01})
class PercentOut(serializers.Field):
    """Per cent with two places at most."""

    def to_representation(self, value: Decimal) -> float:
        """Every number of two places comes out of a float as it went in."""
        return round(float(value), 2)


@extend_schema_field({"type": "string", "examples": ["2024-12-01 19:30:00"]})
class HouseTime(serializers.DateTimeField):
    """``YYYY-MM-DD HH:MM:SS`` in the cinema's time zone; read with an offset behind it too.

    A time that the clocks skip is refused, one that they show twice is the first unless the offset says otherwise.
    """

    def __init__(self, **options: Any) -> None:
        formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S%z"]
        super().__init__(format="%Y-%m-%d %H:%M:%S", input_formats=formats, **options)

    def to_internal_value(self, value: Any) -> datetime:
        """The moment. Raises ValidationError for one no cinema plans for."""
        moment = super().to_internal_value(value)
        refuse_year(moment)
        return moment

    def enforce_timezone(self, value: datetime) -> datetime:
        """The moment in UTC. Raises ValidationError for a time that the clocks skip."""
        try:
            return moment_of(value)
        except OverflowError:
            self.fail("overflow")
        except NoSuchTime as refusal:
            raise serializers.ValidationError(refusal.message, code=refusal.code) from None

    def to_representation(self, value: Any) -> Any:
        """By the house's clock."""
        return None if value is None else f"{local(value):%Y-%m-%d %H:%M:%S}"


class Day(serializers.DateField):
    """``YYYY-MM-DD``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **options)

    def to_internal_value(self, value: Any) -> date:
        """The day. Raises ValidationError for one no cinema plans for."""
        day = super().to_internal_value(value)
        refuse_year(day)
        return day


@extend_schema_field({"type": "string", "format": "date-time", "examples": ["2024-08-15T12:34:56Z"]})
class UtcTime(serializers.Field):
    """ISO 8601 in UTC with ``Z``."""

    def to_representation(self, value: datetime) -> str:
        """Whole seconds, as the document has them."""
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Text(serializers.CharField):
    """A text that may be empty or null; null is read as empty and never written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_blank": True, "allow_null": True, "required": False, **options})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        """Null is the empty text."""
        return super().validate_empty_values("" if data is None else data)


class WebAddress(Text):
    """``http(s)://…`` or empty; the domain has the last word on what it may be."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 255, **options})

    def to_internal_value(self, data: Any) -> str:
        """The address. Raises ValidationError for a path: only the house links to its own files."""
        address = super().to_internal_value(data)
        if is_own_path(address):
            raise serializers.ValidationError(_("An address must begin with http:// or https://."))
        return address


@extend_schema_field({"type": "string"})
class AddressOut(serializers.Field):
    """An address anyone can open: paths of this site are made absolute."""

    def to_representation(self, value: str) -> str:
        """The address, or the empty text."""
        return absolute(value, self.context.get("request"))


@extend_schema_field({"type": ["string", "null"]})
class AddressOrNull(AddressOut):
    """The same, null where there is none."""

    def to_representation(self, value: str) -> str | None:  # type: ignore[override]
        """The address, or null."""
        return super().to_representation(value) or None


@extend_schema_field({"type": ["object", "string"], "description": "An object, or the same as a string of JSON."})
class JsonObject(serializers.Field):
    """An object, or a text that holds one as JSON."""

    def to_internal_value(self, data: Any) -> dict:
        """The object. Raises ValidationError."""
        if isinstance(data, str):
            try:
                data = json.loads(data, parse_constant=_refuse_constant)
            except (ValueError, RecursionError):
                raise serializers.ValidationError(_("This is not valid JSON.")) from None
        if not isinstance(data, dict):
            raise serializers.ValidationError(_("This must be a JSON object."))
        return data

    def to_representation(self, value: dict) -> dict:
        """As it is."""
        return value


class Whole(serializers.Serializer):
    """An inner object that is given whole or not at all, also where of the outer one only what changes is given."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """What it holds. Raises ValidationError."""
        if self.root is self or not getattr(self.root, "partial", False):
            return super().run_validation(data)
        alone = type(self)(data=data, context=self.context)
        alone.is_valid(raise_exception=True)
        return alone.validated_data


def refuse_unless_valid(serializer: serializers.BaseSerializer, *, within: str) -> dict[str, Any]:
    """What an inner object holds. Raises ValidationError that names the field around it too."""
    if not serializer.is_valid():
        raise serializers.ValidationError({within: serializer.errors})
    return serializer.validated_data


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def refuse_year(day: date) -> None:
    """Raises ValidationError for a year that can't be meant."""
    if day.year not in YEARS:
        raise serializers.ValidationError(_("This date is too far away."))
