"""Pieces of the programme pages, drawn once for as long as they say the same.

Each is kept under all that it says: the version of films and showtimes, the language, and what is left of each
showtime.
"""

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cinema.changes import Version
from cinema.kept import Kept
from cinema.site.programme import Screening, counted
from ticketing.models import Showtime
from ticketing.programme.models import is_filling

_cards: Kept[SafeString] = Kept(1024)  # of two or three kilobytes each


def screening_card(version: Version, screening: Screening, taken: dict[int, int]) -> SafeString:
    """A film of the day and the times at which it plays, with what is left of each."""
    left = tuple((showtime.pk, _told(showtime, taken.get(showtime.pk, 0))) for showtime in screening.showtimes)

    def draw() -> SafeString:
        showtimes = [counted(showtime, said) for showtime, (_pk, said) in zip(screening.showtimes, left, strict=True)]
        context = {"screening": Screening(screening.movie, showtimes)}
        return mark_safe(get_template("components/screening.html").render(context))  # noqa: S308  it has escaped it

    return _cards.get((version, get_language(), left), draw)


def _told(showtime: Showtime, taken: int) -> int:
    """So many seats taken as the card tells apart: none as long as there are plenty."""
    return taken if is_filling(showtime.seat_count - taken, showtime.seat_count) else 0
