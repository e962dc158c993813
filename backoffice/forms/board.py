"""The forms of the schedule board: each works by itself, dragging only fills them in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.forms.times import LocalTimeField
from catalog.models import Movie
from cinema.clock import wall_clock
from cinema.money import units
from cinema.money_fields import MoneyFormField
from ticketing.models import Hall, PriceCard, Showtime
from ticketing.programme.scheduling import MAX_PRICE
from ticketing.sale.planning import MAX_DAYS
from ticketing.venue.models import MAX_PRESHOW_MINUTES


def day_field(label: object) -> forms.DateField:
    """A day, by the browser's own picker."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class Place(forms.Form):
    """A film to be shown in a hall, and for how much."""

    movie = forms.ModelChoiceField(label=_("film"), queryset=Movie.objects.on_show())
    hall = forms.ModelChoiceField(label=_("hall"), queryset=Hall.objects.visible())
    starts_at = LocalTimeField(label=_("starts"))
    preshow_minutes = forms.IntegerField(
        label=_("advertising and trailers in minutes"),
        min_value=0,
        max_value=MAX_PRESHOW_MINUTES,
        required=False,
        help_text=_("The hall's own unless given."),
    )
    price = MoneyFormField(label=_("price"), min_value=0, max_value=MAX_PRICE * units(), initial=50 * units())
    price_card = forms.ModelChoiceField(label=_("price card"), queryset=PriceCard.objects.all(), required=False)
    format = forms.ChoiceField(label=_("format"), choices=Showtime.Format)
    language_version = forms.CharField(label=_("language version"), max_length=50, required=False)


class Fill(Place):
    """A film to be shown over and over, in turn with others, from the first start to the last."""

    second = forms.ModelChoiceField(label=_("then"), queryset=Movie.objects.on_show(), required=False)
    third = forms.ModelChoiceField(label=_("and then"), queryset=Movie.objects.on_show(), required=False)
    field_order = ["movie", "second", "third"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        films = list(iter(self.fields["movie"].choices))  # read once for all three, and not counted
        for name in ("movie", "second", "third"):
            self.fields[name].choices = films

    last_start = LocalTimeField(label=_("last start"))


class Move(forms.Form):
    """A showtime to be put elsewhere."""

    showtime = forms.ModelChoiceField(queryset=Showtime.objects.standing())
    hall = forms.ModelChoiceField(label=_("hall"), queryset=Hall.objects.visible())
    starts_at = LocalTimeField(label=_("starts"))
    seen = forms.IntegerField(required=False)

    def clean(self) -> dict[str, Any]:
        """Put into another hall at the time it has, it keeps that, also where the clock shows it twice."""
        facts = super().clean() or self.cleaned_data
        if "showtime" in facts and "starts_at" in facts:
            stands_at = facts["showtime"].starts_at
            if wall_clock(stands_at) == wall_clock(facts["starts_at"]):
                facts["starts_at"] = stands_at
        return facts


class Copy(forms.Form):
    """Days to be planned again from another day on."""

    first = day_field(_("from day"))
    days = forms.IntegerField(label=_("days"), min_value=1, max_value=MAX_DAYS)
    to = day_field(_("to day"))


class Publish(forms.Form):
    """Days whose drafts go on sale."""

    first = day_field(_("from day"))
    days = forms.IntegerField(label=_("days"), min_value=1, max_value=MAX_DAYS)
