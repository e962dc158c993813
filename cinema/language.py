"""Which of the house's languages somebody wants to be spoken to in."""

from django.conf import settings
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header


def language_for(wishes: str) -> str:
    """The first language of an ``Accept-Language`` that the house speaks; Chinese where there is none."""
    for wanted, _quality in parse_accept_lang_header(wishes.lower()):
        if wanted == "*":
            break
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
