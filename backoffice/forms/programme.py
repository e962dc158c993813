"""The forms of the programme."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.acting import GuardedForm
from backoffice.forms.times import LocalTimeField
from ticketing.models import Hall, Showtime
from ticketing.venue.models import MAX_PRESHOW_MINUTES

PLANNABLE = [choice for choice in Showtime.Status.choices if choice[0] != Showtime.Status.CANCELLED]


class ShowtimeForm(GuardedForm):
    """A showtime to plan or change; it is called off by its own page, never by a menu."""

    starts_at = LocalTimeField(label=_("starts"))

    class Meta:
        model = Showtime
        fields = [
            "movie",
            "hall",
            "starts_at",
            "preshow_minutes",
            "price",
            "price_card",
            "format",
            "language_version",
            "status",
        ]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if "hall" in self.fields:
            self.fields["hall"].queryset = Hall.objects.visible()
        if "status" in self.fields:
            self.fields["status"].choices = PLANNABLE
        if "preshow_minutes" in self.fields:
            self.fields["preshow_minutes"].required = False
            if not self.instance.pk:
                self.fields["preshow_minutes"].initial = self.initial["preshow_minutes"] = None
                self.fields["preshow_minutes"].help_text = _("The hall's own unless given.")

    def clean_preshow_minutes(self) -> int | None:
        """Left empty, a showtime that is there keeps its own."""
        given = self.cleaned_data["preshow_minutes"]
        return self.instance.preshow_minutes if given is None and self.instance.pk else given


class MoveForm(forms.Form):
    """Where a showtime goes that people have tickets for."""

    hall = forms.ModelChoiceField(label=_("hall"), queryset=Hall.objects.visible())
    starts_at = LocalTimeField(label=_("starts"))
    preshow_minutes = forms.IntegerField(
        label=_("advertising and trailers in minutes"), min_value=0, max_value=MAX_PRESHOW_MINUTES
    )


class MoveDoneForm(MoveForm):
    """The same once more, with the reason, and the change it was looked at from."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("reason"), max_length=200)


class ReasonForm(forms.Form):
    """Why something is done that people will ask about."""

    reason = forms.CharField(label=_("reason"), max_length=200, help_text=_("The customers read it."))
