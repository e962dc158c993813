"""The privacy notice and the terms: read as they are, replaced by a new version, never changed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.house_texts import HOUSE, default_text, publish_text
from accounts.models import HouseText
from backoffice.acting import Acting
from cinema.pages import house_name

BEGIN = _("Begin with the text that holds now:")
MARKS = _("“## ” begins a heading, “- ” an item of a list, **so** is bold, [so](https://…) a link; no HTML.")


@admin.register(HouseText)
class HouseTextAdmin(Acting):
    """Versions of the house's texts; a new one begins with the words that hold now."""

    list_display = ["kind", "at", "by"]
    list_filter = ["kind"]
    list_select_related = ["by"]
    fields = ["kind", "text", "text_en"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """Texts in fields that show more than a few lines."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in ("text", "text_en"):
            field.help_text = MARKS
            field.widget.attrs["rows"] = 24
        if field is not None and db_field.name == "kind":
            links = [(kind.value, kind.label) for kind in HouseText.Kind]
            field.help_text = format_html("{} {}", BEGIN, format_html_join(" · ", '<a href="?kind={}">{}</a>', links))
        return field

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The text that is to be replaced: of the kind in the address, else the privacy notice."""
        kind = request.GET.get("kind", "")
        kind = kind if kind in HouseText.Kind.values else HouseText.Kind.PRIVACY
        newest = HouseText.objects.filter(kind=kind).first()
        if newest is not None:
            return {"kind": kind, "text": newest.text, "text_en": newest.text_en}
        texts = {name: default_text(kind, code) for name, code in (("text", "zh"), ("text_en", "en"))}
        return {"kind": kind, **{name: text.replace(HOUSE, house_name()) for name, text in texts.items()}}

    def has_change_permission(self, request: HttpRequest, obj: HouseText | None = None) -> bool:
        """Never: people were told what it says."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HouseText | None = None) -> bool:
        """Never."""
        return False

    def save_model(self, request: HttpRequest, obj: HouseText, form: Any, change: bool) -> None:
        """Have it hold from now on."""
        publish_text(text=obj, by=request.user, now=timezone.now())
