"""The privacy notice and the terms: the house's own words, or ours where it has written none yet."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import get_language

from accounts.models import HouseText, User
from cinema.pages import house_name

TEXTS = Path(__file__).with_name("texts")
HOUSE = "{house}"


@dataclass(frozen=True)
class ReadText:
    """A text as readers get it. ``since`` is None for ours, which no house has written."""

    text: str
    since: datetime | None


def house_text(kind: str) -> ReadText:
    """The newest version of a text in the reader's language."""
    is_english = (get_language() or "").startswith("en")
    newest = HouseText.objects.filter(kind=kind).first()
    if newest is None:
        return ReadText(default_text(kind, "en" if is_english else "zh").replace(HOUSE, house_name()), None)
    return ReadText(newest.text_en if is_english else newest.text, newest.at)


def default_text(kind: str, language: str) -> str:
    """Our own words, with ``{house}`` where its name stands."""
    return (TEXTS / f"{kind}.{language}.md").read_text(encoding="utf-8")


@transaction.atomic
def publish_text(*, text: HouseText, by: User, now: datetime) -> HouseText:
    """Have a new version hold from now on; the ones before stay to be read by staff."""
    text.at, text.by = now, by
    text.save(force_insert=True)
    return text
