"""The forms of the seat-grid editor."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.grids import LARGEST_SIDE, Numbering, Shape
from ticketing.models import Hall


class GridForm(forms.Form):
    """A grid as drawn, with the version it was drawn on."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    plan = forms.CharField(
        label=_("The grid as text"),
        required=False,
        strip=False,
        max_length=LARGEST_SIDE * (LARGEST_SIDE + 20),
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "data-plan-text": ""}),
    )
    numbering = forms.ChoiceField(label=_("Numbering"), choices=Numbering, initial=Numbering.KEEP)
    focal_x = forms.FloatField(label=_("Best seats: across"), required=False, min_value=0, max_value=LARGEST_SIDE)
    focal_y = forms.FloatField(label=_("Best seats: row"), required=False, min_value=0, max_value=LARGEST_SIDE)


class ShapeForm(forms.Form):
    """A shape to start from."""

    shape = forms.ChoiceField(label=_("Shape"), choices=Shape)
    rows = forms.IntegerField(label=_("Rows"), min_value=1, max_value=60, initial=8)
    cols = forms.IntegerField(label=_("Seats a row"), min_value=1, max_value=100, initial=14)


class CopyForm(forms.Form):
    """Another hall to copy."""

    copy = forms.ModelChoiceField(label=_("Copy the grid of"), queryset=Hall.objects.none())

    def __init__(self, *args: object, hall: Hall, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["copy"].queryset = Hall.objects.visible().exclude(pk=hall.pk)
