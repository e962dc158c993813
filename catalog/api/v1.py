"""The customers' half of /api/v1: films, genres, people."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from catalog.api.films import ActorOut, GenreOut, MovieOut, MovieRecord, ShownQuery
from catalog.films import movie_on_show
from catalog.models import Genre, Movie, Person
from cinema.api.endpoints import ANYONE, V1ViewSet, endpoint
from cinema.api.paging import PageQuery


class ActorQuery(PageQuery):
    """Which people."""

    keyword = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")


class V1Movies(V1ViewSet):
    """Films on show."""

    tag = "movies"

    @endpoint(says=_("Fetched."), asks=ShownQuery, gives=MovieRecord, paged=True, needs=ANYONE, etag=True)
    def list(self, request: Request) -> QuerySet[Movie]:
        """List films on show."""
        movies = Movie.objects.on_show().matching(self.asked.get("keyword", ""))
        if "status" in self.asked:
            movies = movies.filter(status=self.asked["status"])
        return movies.filter(genres=self.asked["genreId"]) if "genreId" in self.asked else movies

    @endpoint(says=_("Fetched."), gives=MovieOut, needs=ANYONE, etag=True)
    def retrieve(self, request: Request, movie_id: int) -> Movie:
        """Show a film."""
        return movie_on_show(movie_id=movie_id)


class V1Genres(V1ViewSet):
    """Genres."""

    tag = "movies"

    @endpoint(says=_("Fetched."), asks=PageQuery, gives=GenreOut, paged=True, needs=ANYONE, etag=True)
    def list(self, request: Request) -> QuerySet[Genre]:
        """List genres."""
        return Genre.objects.all()


class V1Actors(V1ViewSet):
    """People of the films."""

    tag = "movies"

    @endpoint(says=_("Fetched."), asks=ActorQuery, gives=ActorOut, paged=True, needs=ANYONE, etag=True)
    def list(self, request: Request) -> QuerySet[Person]:
        """List people."""
        return Person.objects.named(self.asked["keyword"])
