"""Looking films up, and taking them on and off the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Model, ProtectedError
from django.utils.translation import gettext_lazy as _

from catalog.models import Credit, Genre, Movie, Person
from cinema.errors import Conflict, InvalidInput, NotFound


class MovieNotFound(NotFound):
    """No film has this id, or it isn't for the public."""

    code = "movie_not_found"
    message = _("There is no such movie.")
    v1_code = 20001


class MovieInProgramme(Conflict):
    """Paid screenings of the film are still to come."""

    code = "movie_in_programme"
    message = _("Tickets for coming showtimes of this movie have been sold.")


class TmdbIdTaken(Conflict):
    """Another film has this TMDb number."""

    code = "tmdb_id_taken"
    message = _("Another movie already has this TMDb id.")


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

    Raises InvalidInput naming the field (an unknown genre or person too), TmdbIdTaken, and MovieInProgramme for a film
    that is to be taken down while paid screenings are still to come.
    """
    for name, value in facts.items():
        setattr(movie, name, value)
    try:
        movie.clean_fields()
    except ValidationError as refusal:
        field, problems = next(iter(refusal.message_dict.items()))
        raise InvalidInput(" ".join(problems), field=field) from None
    if movie.pk is not None and not movie.is_on_show:
        _refuse_if_sold(movie, now)
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

    Raises MovieNotFound, MovieInProgramme while paid screenings are still to come.
    """
    movie = Movie.objects.select_for_update().filter(pk=movie_id).first()
    if movie is None:
        raise MovieNotFound
    _refuse_if_sold(movie, now)
    try:
        with transaction.atomic():
            movie.delete()
    except ProtectedError:
        movie.status = Movie.Status.REMOVED
        movie.save(update_fields=["status", "updated_at"])
        return False
    return True


def _refuse_if_sold(movie: Movie, now: datetime) -> None:
    # Sales that have begun and not committed must fail, or one could slip past the question that follows.
    coming = movie.showtimes.filter(starts_at__gt=now)
    locked = list(coming.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    coming.filter(pk__in=locked).update(sales_version=F("sales_version") + 1)
    if movie.showtimes.filter(starts_at__gt=now, orders__status="paid").exists():
        raise MovieInProgramme


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
