"""Money in models and forms: a whole number of minor units, and the currency beside it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from cinema.money import as_text, decimals, house_currency, to_major, to_minor


class MoneyFormField(forms.DecimalField):
    """An amount as people write it, in major units; its value is in minor ones, as are its limits and initial value."""

    def __init__(self, *, min_value: int | None = None, max_value: int | None = None, **options: Any) -> None:
        limits = [None if limit is None else to_major(limit) for limit in (min_value, max_value)]
        places = {"max_digits": 17, "decimal_places": decimals()}
        super().__init__(min_value=limits[0], max_value=limits[1], **{**options, **places})

    def prepare_value(self, value: Any) -> Any:
        """A number of minor units as people read it; what they typed as they typed it."""
        return as_text(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """The minor units, or None. Raises ValidationError."""
        amount = super().clean(value)
        return None if amount is None else to_minor(amount)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another amount was written than the one that stood there."""
        try:
            amount: Decimal | None = self.to_python(data)
        except ValidationError:
            return True
        return amount != (None if initial is None else to_major(initial))


class MoneyField(models.BigIntegerField):
    """Whole minor units."""

    def formfield(self, **options: Any) -> Any:
        """Written in major units."""
        return super().formfield(**{**options, "form_class": MoneyFormField})


class CurrencyField(models.CharField):
    """The currency that a row's money is in."""

    def __init__(self, verbose_name: Any = None, **options: Any) -> None:
        super().__init__(verbose_name, **{"max_length": 3, "default": house_currency, "editable": False, **options})
