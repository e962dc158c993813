"""A film on the wall, drawn once for as long as it says the same."""

from datetime import date

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalog.models import Movie
from cinema.changes import Version
from cinema.kept import Kept

_cards: Kept[SafeString] = Kept(512)  # of a kilobyte each


def film_card(version: Version, movie: Movie, today: date) -> SafeString:
    """The film's card; ``today`` since it says when the film opens only until then."""
    key = version, get_language(), today, movie.pk
    return _cards.get(key, lambda: mark_safe(get_template("components/film_card.html").render({"movie": movie})))  # noqa: S308  it has escaped it
