"""admin-api.md: films; and genres and people, which it mentions."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from catalog.api.films import (
    ActorIn,
    ActorOut,
    GenreIn,
    GenreOut,
    MovieIn,
    MovieOut,
    MovieQuery,
    MovieRecord,
    split_facts,
)
from catalog.api.samples import DUNE
from catalog.api.v1 import ActorQuery
from catalog.films import any_movie, remove_movie, save_movie, update_movie
from catalog.models import Genre, Movie, Person
from catalog.names import genre_by_id, person_by_id, remove_name, save_name
from cinema.api.endpoints import V1ViewSet, endpoint
from cinema.api.paging import PageQuery


class V1MovieDesk(V1ViewSet):
    """Films, for staff."""

    tag = "films, for staff"

    @endpoint(says=_("Fetched."), asks=MovieQuery, gives=MovieRecord, paged=True, needs="catalog.view_movie")
    def list(self, request: Request) -> QuerySet[Movie]:
        """List films, those taken down too."""
        movies = Movie.objects.matching(self.asked.get("keyword", ""))
        return movies.filter(status=self.asked["status"]) if "status" in self.asked else movies

    @endpoint(says=_("Fetched."), gives=MovieOut, needs="catalog.view_movie")
    def retrieve(self, request: Request, movie_id: int) -> Movie:
        """Show any film."""
        return any_movie(movie_id=movie_id)

    @endpoint(says=_("Added."), takes=MovieIn, needs="catalog.add_movie", refuses=(409,), sample_body=DUNE)
    def create(self, request: Request) -> None:
        """Add a film."""
        save_movie(movie=Movie(), now=self.now, **split_facts(self.given))

    @endpoint(
        says=_("Updated."), takes=MovieIn, partly=True, needs="catalog.change_movie", refuses=(409,), sample_body=DUNE
    )
    def update(self, request: Request, movie_id: int) -> None:
        """Update a film; what is absent stays."""
        update_movie(movie_id=movie_id, now=self.now, **split_facts(self.given))

    @endpoint(says=_("Deleted."), needs="catalog.delete_movie", refuses=(409,))
    def destroy(self, request: Request, movie_id: int) -> None:
        """Delete a film; one with sales history is taken down instead."""
        remove_movie(movie_id=movie_id, now=self.now)


class V1GenreDesk(V1ViewSet):
    """Genres, for staff."""

    tag = "films, for staff"

    @endpoint(says=_("Fetched."), asks=PageQuery, gives=GenreOut, paged=True, needs="catalog.view_genre")
    def list(self, request: Request) -> QuerySet[Genre]:
        """List genres."""
        return Genre.objects.all()

    @endpoint(says=_("Added."), takes=GenreIn, gives=GenreOut, needs="catalog.add_genre", refuses=(409,))
    def create(self, request: Request) -> Genre:
        """Add a genre."""
        return save_name(row=Genre(), facts=self.given)

    @endpoint(says=_("Updated."), takes=GenreIn, partly=True, needs="catalog.change_genre", refuses=(409,))
    def update(self, request: Request, genre_id: int) -> None:
        """Update a genre."""
        save_name(row=genre_by_id(genre_id=genre_id), facts=self.given)

    @endpoint(says=_("Deleted."), needs="catalog.delete_genre")
    def destroy(self, request: Request, genre_id: int) -> None:
        """Delete a genre; films simply lose it."""
        remove_name(row=genre_by_id(genre_id=genre_id))


class V1ActorDesk(V1ViewSet):
    """People of the films, for staff."""

    tag = "films, for staff"

    @endpoint(says=_("Fetched."), asks=ActorQuery, gives=ActorOut, paged=True, needs="catalog.view_person")
    def list(self, request: Request) -> QuerySet[Person]:
        """List people."""
        return Person.objects.named(self.asked["keyword"])

    @endpoint(says=_("Added."), takes=ActorIn, gives=ActorOut, needs="catalog.add_person")
    def create(self, request: Request) -> Person:
        """Add a person."""
        return save_name(row=Person(), facts=self.given)

    @endpoint(says=_("Updated."), takes=ActorIn, partly=True, needs="catalog.change_person")
    def update(self, request: Request, actor_id: int) -> None:
        """Update a person."""
        save_name(row=person_by_id(person_id=actor_id), facts=self.given)

    @endpoint(says=_("Deleted."), needs="catalog.delete_person", refuses=(409,))
    def destroy(self, request: Request, actor_id: int) -> None:
        """Delete a person no film credits."""
        remove_name(row=person_by_id(person_id=actor_id))
