"""Countries and languages of films as TMDb and programmers write them, in English, so that Chinese pages can say them.

Nothing imports this: it is here for ``makemessages``. What is not in it is shown as it was written.
"""

from django.utils.translation import pgettext_lazy as _

COUNTRIES = [
    _("country", "Canada"),
    _("country", "China"),
    _("country", "France"),
    _("country", "Germany"),
    _("country", "Hong Kong"),
    _("country", "India"),
    _("country", "Italy"),
    _("country", "Japan"),
    _("country", "Netherlands"),
    _("country", "South Korea"),
    _("country", "Soviet Union"),
    _("country", "Spain"),
    _("country", "Taiwan"),
    _("country", "United Kingdom"),
    _("country", "United States"),
]
LANGUAGES = [
    _("language", "Cantonese"),
    _("language", "English"),
    _("language", "French"),
    _("language", "German"),
    _("language", "Italian"),
    _("language", "Japanese"),
    _("language", "Korean"),
    _("language", "Mandarin"),
    _("language", "No dialogue"),
    _("language", "Russian"),
    _("language", "Silent"),
    _("language", "Spanish"),
]
