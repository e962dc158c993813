"""The form of a hall."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.acting import GuardedForm
from ticketing.models import Hall
from ticketing.venue.grids import MAX_SEATS


class HallForm(GuardedForm):
    """A hall; a new one is laid out with so many seats, to be drawn properly in the grid editor."""

    total_seats = forms.IntegerField(
        label=_("number of seats"), min_value=0, max_value=MAX_SEATS, initial=112, required=False
    )

    class Meta:
        model = Hall
        fields = ["name", "name_en", "hall_type", "status", "preshow_minutes", "turnaround_minutes", "orphan_rule"]


class BrokenForm(forms.Form):
    """Which seat, and what is done about it."""

    ACTS = (("block", _("Take it off sale")), ("open", _("Put it on sale again")), ("move", _("Move the ticket")))

    act = forms.ChoiceField(choices=ACTS)
    ticket = forms.IntegerField(required=False)
    to = forms.CharField(required=False, max_length=16)
