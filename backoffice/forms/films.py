"""The form of a film: pictures can be linked or uploaded."""

import uuid
from typing import Any

from django import forms
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from backoffice.acting import GuardedForm
from catalog.models import Movie

LARGEST_PICTURE = 8 * 1024 * 1024
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


class PictureField(forms.ImageField):
    """A photograph of a kind browsers show, not too large."""

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        """Refuse what is too large or of another kind."""
        picture = super().clean(data, initial)
        if picture and picture.size > LARGEST_PICTURE:
            raise forms.ValidationError(_("A picture has at most 8 MB."))
        if picture and picture.image.format not in SUFFIXES:
            raise forms.ValidationError(_("A picture is a JPEG, PNG or WebP file."))
        return picture


class MovieForm(GuardedForm):
    """A film with its pictures."""

    poster_file = PictureField(label=_("upload a poster"), required=False)
    backdrop_file = PictureField(label=_("upload a backdrop"), required=False)

    class Meta:
        model = Movie
        fields = "__all__"
        widgets = {
            "synopsis": forms.Textarea(attrs={"rows": 5}),
            "synopsis_en": forms.Textarea(attrs={"rows": 5}),
        }

    def save(self, commit: bool = True) -> Movie:
        """Keep what was uploaded and link to it."""
        for kind in ("poster", "backdrop"):
            if picture := self.cleaned_data.get(f"{kind}_file"):
                setattr(self.instance, f"{kind}_url", kept_picture(picture, folder=f"{kind}s"))
        return super().save(commit)


def kept_picture(picture: UploadedFile, *, folder: str) -> str:
    """Store a picture under a name nobody chose; answers its address."""
    name = f"{folder}/{uuid.uuid4().hex}.{SUFFIXES[picture.image.format]}"
    return default_storage.url(default_storage.save(name, picture))
