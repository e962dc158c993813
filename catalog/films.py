"""Looking films up, and taking them on and off the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError
from django.utils.translation import gettext_lazy as _

from catalog.models import Credit, Genre, Movie, Person
from cinema.errors import Conflict, InvalidInput, NotFound


class MovieNotFound(NotFound):
    """No film has this id, or it isn't for the public."""

    code = "movie_not_found"
    message = _("There is no such movie.")


class TmdbIdTaken(Conflict):
    """Another film has this TMDb number."""

    code = "tmdb_id_taken"
    message = _("Another movie already has this TMDb id.")


class Guard(Protocol):
    """Whoever shows films says by one of these what stands in the way of taking one down."""

    def __call__(self, *, movie: Movie, now: datetime) -> None:
        """Raise what stands in the way."""


_guards: list[Guard] = []


@dataclass(frozen=True)
class Role:
    """A person's part in a film, to be credited in the order given."""

    person_id: int
    role_name: str = ""
    job: str = Credit.Job.ACTOR


def movie_on_show(*, movie_id: int) -> Movie:
    """A film the public may see, with genres and cast. Raises MovieNotFound."""
    movie = Movie.objects.on_show().with_cast().filter(pk=movie_id).first()
    if movie is None:
        raise MovieNotFound
    return movie


def any_movie(*, movie_id: int) -> Movie:
    """Any film, taken down or not; for staff. Raises MovieNotFound."""
    movie = Movie.objects.with_cast().filter(pk=movie_id).first()
    if movie is None:
        raise MovieNotFound
    return movie


@transaction.atomic
def update_movie(*, movie_id: int, now: datetime, **what: Any) -> Movie:
    """Change what is given of a film and leave the rest as it is by now, whoever else is at it.

    Takes what ``save_movie`` takes. Raises MovieNotFound and what that raises.
    """
    movie = Movie.objects.select_for_update(no_key=True).filter(pk=movie_id).first()
    if movie is None:
        raise MovieNotFound
    return save_movie(movie=movie, now=now, **what)


@transaction.atomic
def save_movie(
    *,
    movie: Movie,
    now: datetime,
    facts: Mapping[str, Any],
    genre_ids: Iterable[int] | None = None,
    roles: Sequence[Role] | None = None,
) -> Movie:
    """Write a new film, or one whose row is locked: its fields from ``facts``, and genres and cast where given.

    ``roles`` replaces all actors, and the directors and writers too if it names any.

    Raises InvalidInput naming the field (an unknown genre or person too), TmdbIdTaken, and, of a film that is to be
    taken down, what its guards raise.
    """
    for name, value in facts.items():
        setattr(movie, name, value)
    try:
        movie.clean_fields()
    except ValidationError as refusal:
        field, problems = next(iter(refusal.message_dict.items()))
        raise InvalidInput(" ".join(problems), field=field) from None
    if movie.pk is not None and not movie.is_on_show:
        _leave_the_list(movie, now)
    try:
        with transaction.atomic():
            movie.save()
    except IntegrityError:
        raise TmdbIdTaken from None
    if genre_ids is not None:
        movie.genres.set(_existing(Genre, genre_ids, "genres"))
    if roles is not None:
        _replace_cast(movie, roles)
    return movie


@transaction.atomic
def remove_movie(*, movie_id: int, now: datetime) -> bool:
    """Take a film off the list; answers whether it was erased (else it is kept, taken down, with its history).

    Raises MovieNotFound, and what its guards raise.
    """
    movie = Movie.objects.select_for_update().filter(pk=movie_id).first()
    if movie is None:
        raise MovieNotFound
    _leave_the_list(movie, now)
    try:
        with transaction.atomic():
            movie.delete()
    except ProtectedError:
        movie.status = Movie.Status.REMOVED
        movie.save(update_fields=["status", "updated_at"])
        return False
    return True


def ask_before_taking_down(guard: Guard) -> None:
    """Have every film that is to be taken down go past this guard, called with ``movie`` and ``now``: it may raise.

    It runs in the transaction that takes the film down, with the film's row locked.
    """
    if guard not in _guards:
        _guards.append(guard)


def _leave_the_list(movie: Movie, now: datetime) -> None:
    for guard in _guards:
        guard(movie=movie, now=now)


def _replace_cast(movie: Movie, roles: Sequence[Role]) -> None:
    people = {person.pk: person for person in _existing(Person, [role.person_id for role in roles], "actors")}
    distinct = dict.fromkeys(roles)
    movie.credits.filter(job__in={Credit.Job.ACTOR, *(role.job for role in distinct)}).delete()
    Credit.objects.bulk_create(
        Credit(movie=movie, person=people[role.person_id], job=role.job, role_name=role.role_name[:100], position=place)
        for place, role in enumerate(distinct)
    )


def _existing(model: type[Model], ids: Iterable[int], field: str) -> list:
    wanted = set(ids)
    rows = list(model._default_manager.filter(pk__in=wanted))
    if len(rows) != len(wanted):
        unknown = ", ".join(str(pk) for pk in sorted(wanted - {row.pk for row in rows}))
        raise InvalidInput(_("Unknown: %(ids)s") % {"ids": unknown}, field=field)
    return rows
