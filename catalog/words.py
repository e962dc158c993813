"""Countries and languages of films as TMDb and programmers write them, in English, so that Chinese pages can say them.

Nothing imports this: it is here for ``makemessages``. What is not in it is shown as it was written.
"""

from django.utils.translation import pgettext_lazy

COUNTRIES = [
    pgettext_lazy("country", "Canada"),
    pgettext_lazy("country", "China"),
    pgettext_lazy("country", "France"),
    pgettext_lazy("country", "Germany"),
    pgettext_lazy("country", "Hong Kong"),
    pgettext_lazy("country", "India"),
    pgettext_lazy("country", "Italy"),
    pgettext_lazy("country", "Japan"),
    pgettext_lazy("country", "Netherlands"),
    pgettext_lazy("country", "South Korea"),
    pgettext_lazy("country", "Soviet Union"),
    pgettext_lazy("country", "Spain"),
    pgettext_lazy("country", "Taiwan"),
    pgettext_lazy("country", "United Kingdom"),
    pgettext_lazy("country", "United States"),
]
LANGUAGES = [
    pgettext_lazy("language", "Cantonese"),
    pgettext_lazy("language", "English"),
    pgettext_lazy("language", "French"),
    pgettext_lazy("language", "German"),
    pgettext_lazy("language", "Italian"),
    pgettext_lazy("language", "Japanese"),
    pgettext_lazy("language", "Korean"),
    pgettext_lazy("language", "Mandarin"),
    pgettext_lazy("language", "No dialogue"),
    pgettext_lazy("language", "Russian"),
    pgettext_lazy("language", "Silent"),
    pgettext_lazy("language", "Spanish"),
]
