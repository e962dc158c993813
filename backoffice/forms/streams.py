"""What a film's stream page sends."""

from django import forms
from django.utils.translation import gettext_lazy as _

ACCEPTED = ".zip,.mp4,.m4v,.mov,.webm,.mkv"


class StreamFileForm(forms.Form):
    """A file, from a page without script."""

    file = forms.FileField(
        label=_("File"), max_length=200, widget=forms.FileInput(attrs={"accept": ACCEPTED, "data-upload-file": ""})
    )


class BeginForm(forms.Form):
    """What the script says of a file before it sends the first piece."""

    name = forms.CharField(max_length=1000)
    size = forms.IntegerField(min_value=1, max_value=1 << 50)
