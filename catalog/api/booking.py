"""booking-api.md: films."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from catalog.api.films import BookingMovie, MovieFacts, split_facts
from catalog.api.samples import DUNE_BOOKED
from catalog.films import remove_movie, save_movie, update_movie
from catalog.models import Movie
from cinema.api.endpoints import ANYONE, STAFF, BookingViewSet, endpoint
from cinema.api.fields import IdField, JsonObject, refuse_unless_valid
from cinema.api.paging import OptionalPage, page_or_all


class MovieSearch(OptionalPage):
    """What to look for, and which page."""

    keyword = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")


class WhichMovie(serializers.Serializer):
    """The film an edit or a deletion is about."""

    movie_id = IdField()


class ManageMovie(serializers.Serializer):
    """What to do with a film."""

    action = serializers.ChoiceField(choices=["add", "edit", "delete"])
    movie_info = JsonObject()


class NewMovieId(serializers.Serializer):
    """The id of a film that was added."""

    movie_id = serializers.IntegerField(source="pk")


class BookingMovies(BookingViewSet):
    """Films."""

    tag = "movies"

    @endpoint(
        says=_("Fetched."), asks=MovieSearch, gives=BookingMovie, many=True, key="movies", needs=ANYONE, etag=True
    )
    def search(self, request: Request) -> "Iterable[Movie]":
        """Find films by title, original title, cast or genre: all of them, or a page where one is asked for."""
        return page_or_all(Movie.objects.on_show().matching(self.asked["keyword"]).with_cast(), self.asked)


class BookingMovieDesk(BookingViewSet):
    """Films, for staff."""

    tag = "staff"

    @endpoint(
        says=_("Done."),
        takes=ManageMovie,
        gives=NewMovieId,
        gives_some=True,
        needs=STAFF,
        refuses=(404, 409),
        sample={"movie_id": 1},
        sample_body={"action": "add", "movie_info": DUNE_BOOKED},
    )
    def manage(self, request: Request) -> Movie | None:
        """Add, edit or delete a film.

        `movie_info` is an object, or a string of JSON, with v1's fields in snake_case; `edit` (only what changes) and
        `delete` carry `movie_id` in it; `add` answers the new id.
        """
        action, info = self.given["action"], self.given["movie_info"]
        self.require(
            {"add": "catalog.add_movie", "edit": "catalog.change_movie", "delete": "catalog.delete_movie"}[action]
        )
        if action == "add":
            return save_movie(movie=Movie(), now=self.now, **_facts(info))
        movie_id = refuse_unless_valid(WhichMovie(data=info), within="movie_info")["movie_id"]
        if action == "delete":
            remove_movie(movie_id=movie_id, now=self.now)
        else:
            update_movie(movie_id=movie_id, now=self.now, **_facts(info, partial=True))
        return None


def _facts(info: dict, *, partial: bool = False) -> dict:
    return split_facts(refuse_unless_valid(MovieFacts(data=info, partial=partial), within="movie_info"))
