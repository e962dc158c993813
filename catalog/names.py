"""Genres and people of the films: naming them, taking them away."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from catalog.models import Genre, Person
from cinema.errors import Conflict, InvalidInput, NotFound

Row = TypeVar("Row", Genre, Person)


class GenreNotFound(NotFound):
    """No genre has this id."""

    code = "genre_not_found"
    message = _("There is no such genre.")


class PersonNotFound(NotFound):
    """No person of the films has this id."""

    code = "person_not_found"
    message = _("There is no such person.")


class NameTaken(Conflict):
    """Another genre has the name."""

    code = "name_taken"
    message = _("This name is already taken.")


class PersonCredited(Conflict):
    """Films credit this person."""

    code = "person_credited"
    message = _("Movies credit this person.")


def genre_by_id(*, genre_id: int) -> Genre:
    """The genre. Raises GenreNotFound."""
    genre = Genre.objects.filter(pk=genre_id).first()
    if genre is None:
        raise GenreNotFound
    return genre


def person_by_id(*, person_id: int) -> Person:
    """The person. Raises PersonNotFound."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise PersonNotFound
    return person


@transaction.atomic
def save_name(*, row: Row, facts: Mapping[str, Any]) -> Row:
    """Write a new genre or person, or change what is given of one.

    Raises InvalidInput naming the field, NameTaken, and GenreNotFound or PersonNotFound for one erased meanwhile.
    """
    if row.pk is not None:
        row = _locked(row)
    for name, value in facts.items():
        setattr(row, name, value)
    try:
        row.clean_fields()
    except ValidationError as refusal:
        field, problems = next(iter(refusal.message_dict.items()))
        raise InvalidInput(" ".join(problems), field=field) from None
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise NameTaken from None
    return row


@transaction.atomic
def remove_name(*, row: Genre | Person) -> None:
    """Erase a genre (films lose it) or a person nobody credits. Raises PersonCredited."""
    try:
        row.delete()
    except ProtectedError:
        raise PersonCredited from None


def _locked(row: Row) -> Row:
    """The row as it is by now, for its present writer alone."""
    standing = type(row)._default_manager.select_for_update(no_key=True).filter(pk=row.pk).first()
    if standing is None:
        raise GenreNotFound if isinstance(row, Genre) else PersonNotFound
    return standing
