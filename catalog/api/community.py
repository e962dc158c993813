"""community-api.md: films."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from catalog.api.films import LocalMovieFields
from catalog.api.samples import COMMUNITY_MOVIE
from catalog.films import movie_on_show
from catalog.models import Movie
from cinema.api.dialects import COMMUNITY
from cinema.api.endpoints import ANYONE, CommunityViewSet, endpoint
from cinema.api.fields import AddressOrNull
from cinema.api.paging import OptionalPage, page_or_all
from cinema.api.renaming import in_dialect

_InCommunity: Any = in_dialect(
    COMMUNITY,
    LocalMovieFields,
    name="CommunityMovie",
    only=("movie_id", "title", "synopsis"),
    called={"movie_id": "id", "synopsis": "description"},
)


class CommunityMovie(_InCommunity):
    """A film in the community dialect."""

    thumbnail_url = AddressOrNull(source="poster_url")
    video_url = AddressOrNull(source="stream_url")


class MoviesQuery(OptionalPage):
    """A page if one is asked for, and what to look for."""

    keyword = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")


class CommunityMovies(CommunityViewSet):
    """Films on show."""

    tag = "movies"

    @endpoint(
        asks=MoviesQuery,
        gives=CommunityMovie,
        many=True,
        key="movies",
        needs=ANYONE,
        etag=True,
        sample={"movies": [COMMUNITY_MOVIE]},
    )
    def list(self, request: Request) -> "Iterable[Movie]":
        """List films: all of them, or a page where `page` or `limit` is given."""
        return page_or_all(Movie.objects.on_show().matching(self.asked["keyword"]), self.asked)

    @endpoint(gives=CommunityMovie, key="movie", needs=ANYONE, etag=True, sample={"movie": COMMUNITY_MOVIE})
    def retrieve(self, request: Request, movie_id: int) -> Movie:
        """Show a film."""
        return movie_on_show(movie_id=movie_id)
