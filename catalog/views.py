"""The wall of films: what is showing, what is coming, and the search."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.models import Genre, Movie

FILMS_A_PAGE = 24


@require_safe
def films(request: HttpRequest) -> HttpResponse:
    """Films on show, by status, genre and keyword; a parameter that makes no sense is as good as none."""
    shown = request.GET.get("show", "")
    keyword = request.GET.get("q", "").strip()[:100]
    genres = list(Genre.objects.filter(movies__in=Movie.objects.on_show()).distinct())
    genre = next((one for one in genres if str(one.pk) == request.GET.get("genre", "")), None)
    movies = Movie.objects.on_show().matching(keyword).prefetch_related("genres")
    if shown == "soon":
        movies = movies.upcoming()
    elif shown == "now":
        movies = movies.released()
    if genre:
        movies = movies.filter(genres=genre)
    page = Paginator(movies, FILMS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "shown": shown, "keyword": keyword, "genres": genres, "genre": genre}
    return render(request, "catalog/films.html", context)
