"""The form of a hall."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.acting import GuardedForm
from ticketing.halls import MOST_SEATS
from ticketing.models import Hall


class HallForm(GuardedForm):
    """A hall; a new one is laid out with so many seats, to be drawn properly in the grid editor."""

    total_seats = forms.IntegerField(
        label=_("number of seats"), min_value=0, max_value=MOST_SEATS, initial=112, required=False
    )

    class Meta:
        model = Hall
        fields = ["name", "hall_type", "status", "turnaround_minutes", "orphan_rule"]
