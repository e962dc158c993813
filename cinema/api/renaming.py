"""One serializer a thing, written in the domain's words; a dialect calls its fields what its document does."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from rest_framework import serializers
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer, SerializerMethodField

from cinema.api.dialects import Dialect

_known: dict[tuple[str, type[BaseSerializer]], type[Serializer]] = {}


def in_dialect(
    dialect: Dialect,
    thing: type[Serializer],
    *,
    name: str,
    says: str = "",
    only: tuple[str, ...] = (),
    called: Mapping[str, str] | None = None,
) -> Any:
    """The serializer with its fields renamed, as a class called ``name``: ``title_en`` is ``titleEn`` in v1.

    What it validates keeps the domain's names. ``only`` takes some of the fields, in that order; what is within it is
    renamed too. ``called`` has the names that the dialect gives to fields of this thing alone. ``name`` and ``says``
    stand in the API's description.
    """
    declared: dict[str, Any] = thing._declared_fields  # type: ignore[attr-defined]
    own = {} if called is None else called
    names = {old: own.get(old, dialect.field(old)) for old in only or declared}
    made: Any = type(name, (thing,), {"__doc__": says or thing.__doc__, "__module__": thing.__module__})
    made._declared_fields = {new: _renamed(declared[old], old, new, dialect) for old, new in names.items()}
    _known.setdefault((dialect.name, thing), made)
    return made


def _renamed(field: serializers.Field, old: str, new: str, dialect: Dialect) -> serializers.Field:
    kind, options = type(field), dict(field._kwargs)
    if isinstance(options.get("child"), serializers.Field):
        options["child"] = deepcopy(options["child"])  # a fresh one: it belongs to one list
    if isinstance(field, ListSerializer) and field.child is not None:
        child = field.child
        options["child"] = _of(dialect, type(child))(*child._args, **child._kwargs)
    elif isinstance(field, Serializer):
        kind = _of(dialect, kind)
    if new != old:
        options.setdefault(*(("method_name", f"get_{old}") if kind is SerializerMethodField else ("source", old)))
    return kind(*field._args, **options)


def _of(dialect: Dialect, thing: type[BaseSerializer]) -> type[Serializer]:
    """What stands for an inner thing: the class that was made of it before, else one made now."""
    known = _known.get((dialect.name, thing))
    return known or in_dialect(dialect, thing, name=f"{dialect.name.capitalize()}{thing.__name__}")  # type: ignore[arg-type]
