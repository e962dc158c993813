"""Fields for times by the house's clock."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cinema.clock import moment_of, read_time, written
from cinema.errors import InvalidInput

PLAIN_LENGTH = len("2026-05-01T19:30:00")


class LocalTimeInput(forms.DateTimeInput):
    """The browser's own picker; plain text where an offset stands behind the time, which no picker can show."""

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs={"type": "datetime-local", "step": 300, **(attrs or {})}, format="%Y-%m-%dT%H:%M")

    def format_value(self, value: Any) -> str | None:
        """The time, with its offset where it would be another without."""
        if isinstance(value, datetime) and value.tzinfo is not None:
            return written(value)
        return super().format_value(value)

    def get_context(self, name: str, value: Any, attrs: dict | None) -> dict:
        """The same, as text where the picker would drop the offset."""
        context = super().get_context(name, value, attrs)
        if len(context["widget"]["value"] or "") > PLAIN_LENGTH:
            context["widget"]["type"] = "text"
            context["widget"]["attrs"].pop("type", None)
        return context


class LocalTimeField(forms.DateTimeField):
    """A time by the house's clock: the first of two that are alike, unless an offset such as +01:00 says otherwise.

    One that the clock skips is refused.
    """

    widget = LocalTimeInput

    def prepare_value(self, value: Any) -> Any:
        """A moment stays one: the widget writes it."""
        return value

    def to_python(self, value: Any) -> datetime | None:
        """The moment, in UTC. Raises ValidationError."""
        if value in self.empty_values:
            return None
        try:
            return moment_of(value) if isinstance(value, datetime) else read_time(str(value))
        except InvalidInput as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another time was written than the one that stood there."""
        if isinstance(initial, datetime) and written(initial) == (data or "").strip():
            return False
        return super().has_changed(initial, data)
