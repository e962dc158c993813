"""The wall of films: what is showing, what is coming, and the search."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.cards import film_card
from catalog.models import Genre, Movie
from cinema.changes import version
from cinema.days import day_of
from cinema.kept import Kept

FILMS_PER_PAGE = 24


@dataclass(frozen=True)
class Wall:
    """A page of films, the genres there are to choose from, and the one that was chosen."""

    page: Page
    genres: list[Genre]
    genre: Genre | None


_walls: Kept[Wall] = Kept(64)


@require_safe
def films(request: HttpRequest) -> HttpResponse:
    """Films on show, by status, genre and keyword; a parameter that makes no sense is as good as none."""
    state = version()
    asked = [request.GET.get(name, "") for name in ("show", "genre", "page")]
    keyword = request.GET.get("q", "").strip()[:100]
    # Everybody looks for something else, so what was found for a word is not kept.
    wall = _wall(keyword, *asked) if keyword else _walls.get((state, *asked), lambda: _wall("", *asked))
    today = day_of(timezone.now())
    context = {
        "page": wall.page,
        "cards": [film_card(state, movie, today) for movie in wall.page],
        "shown": asked[0],
        "keyword": keyword,
        "genres": wall.genres,
        "genre": wall.genre,
    }
    return render(request, "catalog/films.html", context)


def _wall(keyword: str, shown: str, genre_id: str, number: str) -> Wall:
    genres = list(Genre.objects.filter(movies__in=Movie.objects.on_show()).distinct())
    genre = next((one for one in genres if str(one.pk) == genre_id), None)
    movies = Movie.objects.on_show().matching(keyword).prefetch_related("genres")
    if shown == "soon":
        movies = movies.upcoming()
    elif shown == "now":
        movies = movies.released()
    if genre:
        movies = movies.filter(genres=genre)
    page = Paginator(movies, FILMS_PER_PAGE).get_page(number)
    page.object_list = list(page.object_list)
    return Wall(page, genres, genre)
