"""The forms of a shift: opening it, cash in and out, counting the drawer."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.money import units
from cinema.money_fields import MoneyFormField
from ticketing.models import CashMovement, Till

MAX_CASH = 9_999_999  # in major units


class CashField(MoneyFormField):
    """A sum in a drawer."""

    def __init__(self, *, min_value: int = 0, **options: object) -> None:
        super().__init__(min_value=min_value, max_value=MAX_CASH * units(), **options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}


class OpenShiftForm(forms.Form):
    """At which till, and what change lies in it."""

    till = forms.ModelChoiceField(label=_("Till"), queryset=Till.objects.none(), empty_label=None)
    float_amount = CashField(label=_("Float"), help_text=_("The change that lies in the drawer, counted."))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["till"].queryset = Till.objects.in_use().exclude(shifts__closed_at=None, shifts__isnull=False)


class CashForm(forms.Form):
    """Cash put into the drawer or taken out of it without a sale; its key makes a double click move it once."""

    kind = forms.ChoiceField(label=_("What"), choices=CashMovement.Kind.choices)
    amount = CashField(label=_("Amount"), min_value=1)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput, initial=lambda: uuid.uuid4().hex)


class CountForm(forms.Form):
    """What is in the drawer, counted by hand."""

    counted = CashField(label=_("Counted"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
