"""``{{ showtime.language_version|one_language }}`` and ``<p lang="{{ comment.content|language_of }}">``."""

import json

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from cinema.wording import language_of, one_language

register = template.Library()
ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}
register.filter("one_language", one_language)
register.filter("language_of", language_of)


@register.filter
def ld_json(data: list) -> str:
    """Data for search engines; no browser runs it, and no text in it can end its element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308
