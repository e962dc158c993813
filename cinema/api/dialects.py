"""Three ways of saying the same thing. Envelopes are known here and nowhere else."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Protocol

from django.utils.encoding import force_str

Json = dict[str, Any]
PLAIN = (str, int, float, bool, type(None))

# admin-api.md, table 10: the numbers of the errors that it knows, by their codes.
V1_NUMBERS = {
    "username_taken": 10001,
    "phone_taken": 10002,
    "bad_phone": 10003,
    "wrong_password": 10004,
    "user_not_found": 10005,
    "weak_password": 10006,
    "movie_not_found": 20001,
    "hall_not_found": 20002,
    "showtime_not_found": 20003,
    "not_enough_seats": 20004,
    "seats_sold": 20004,
    "seats_taken": 20004,
    "showtime_changed": 20004,
    "order_not_found": 30001,
    "refund_closed": 30002,
    "wrong_order_status": 30002,
    "system_error": 50000,
}


@dataclasses.dataclass(frozen=True)
class Failure:
    """What went wrong: for HTTP, for people, and for programs a stable code with what belongs to it."""

    status: int
    message: object
    code: str
    field: str = ""
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


class Dialect(Protocol):
    """How one document's clients are answered, and how that is written down in OpenAPI."""

    name: str

    def field(self, name: str) -> str:
        """What a field of the domain is called on this dialect's wire."""

    def success(self, data: Any, message: object) -> Json:
        """The envelope round what an endpoint gives."""

    def failure(self, failure: Failure) -> Json:
        """The envelope round a failure, and beside it ``error`` for programs."""

    def success_schema(self, data: Json | None, *, has_message: bool) -> Json:
        """The schema of ``success`` for data of a schema, or for an endpoint that gives none."""

    def failure_schema(self) -> Json:
        """The schema of ``failure``."""


class Booking:
    """booking-api.md: ``status`` 0 or -1, a message, and data where there are some."""

    name = "booking"
    _fields = {
        "seats": "selected_seats",
        "genres": "genre_list",
        "actors": "actor_list",
        "starts_at": "start_time",
        "row_label": "row",
        "col_number": "col",
    }

    def field(self, name: str) -> str:
        """See Dialect."""
        return self._fields.get(name, name)

    def success(self, data: Any, message: object) -> Json:
        """See Dialect."""
        told = {"status": 0, "message": force_str(message)}
        return told if data is None else {**told, "data": data}

    def failure(self, failure: Failure) -> Json:
        """See Dialect."""
        return {"status": -1, "message": force_str(failure.message), "error": error_of(failure, self)}

    def success_schema(self, data: Json | None, *, has_message: bool) -> Json:
        """See Dialect."""
        fields = {"status": {"type": "integer", "const": 0}, "message": {"type": "string"}}
        return closed_object(fields if data is None else {**fields, "data": data})

    def failure_schema(self) -> Json:
        """See Dialect."""
        return closed_object(
            {"status": {"type": "integer", "const": -1}, "message": {"type": "string"}, "error": ERROR}
        )


class Community:
    """community-api.md: ``status`` success or error, the data beside it."""

    name = "community"

    def field(self, name: str) -> str:
        """See Dialect."""
        return name

    def success(self, data: Any, message: object) -> Json:
        """See Dialect."""
        told: Json = {"status": "success"}
        if message:
            told["message"] = force_str(message)
        return {**told, **(data or {})}

    def failure(self, failure: Failure) -> Json:
        """See Dialect."""
        return {"status": "error", "message": force_str(failure.message), "error": error_of(failure, self)}

    def success_schema(self, data: Json | None, *, has_message: bool) -> Json:
        """See Dialect."""
        fields: Json = {"status": {"type": "string", "const": "success"}}
        if has_message:
            fields["message"] = {"type": "string"}
        own = closed_object(fields)
        return own if data is None else {"allOf": [own, data]}

    def failure_schema(self) -> Json:
        """See Dialect."""
        return closed_object(
            {"status": {"type": "string", "const": "error"}, "message": {"type": "string"}, "error": ERROR}
        )


class V1:
    """admin-api.md: ``code`` 200 or an error's number, a message, data or null."""

    name = "v1"
    _fields = {
        "genres": "genre_list",
        "actors": "actor_list",
        "starts_at": "start_time",
        "showtime_id": "schedule_id",
    }

    def field(self, name: str) -> str:
        """``avatar_url`` is ``avatarUrl`` here."""
        first, *rest = self._fields.get(name, name).split("_")
        return first + "".join(part.capitalize() for part in rest)

    def success(self, data: Any, message: object) -> Json:
        """See Dialect."""
        return {"code": 200, "message": force_str(message), "data": data}

    def failure(self, failure: Failure) -> Json:
        """See Dialect."""
        number = V1_NUMBERS.get(failure.code, failure.status)
        return {"code": number, "message": force_str(failure.message), "data": None, "error": error_of(failure, self)}

    def success_schema(self, data: Json | None, *, has_message: bool) -> Json:
        """See Dialect."""
        return closed_object(
            {
                "code": {"type": "integer", "const": 200},
                "message": {"type": "string"},
                "data": {"type": "null"} if data is None else data,
            }
        )

    def failure_schema(self) -> Json:
        """See Dialect."""
        return closed_object(
            {"code": {"type": "integer"}, "message": {"type": "string"}, "data": {"type": "null"}, "error": ERROR}
        )


def error_of(failure: Failure, dialect: Dialect) -> Json:
    """``{code, field?, params?}``; facts are called as fields are in the dialect."""
    told: Json = {"code": failure.code}
    if failure.field:
        told["field"] = failure.field
    if params := {dialect.field(name): fact for name, fact in failure.params.items() if _is_plain(fact)}:
        told["params"] = params
    return told


def _is_plain(fact: object) -> bool:
    """Whether it can be said in JSON; a row of the database, say, can't."""
    return isinstance(fact, PLAIN) or (isinstance(fact, list | tuple) and all(isinstance(one, PLAIN) for one in fact))


def closed_object(fields: Json) -> Json:
    """The schema of an object that has all these fields."""
    return {"type": "object", "required": list(fields), "properties": fields}


ERROR: Json = {
    "type": "object",
    "description": "For programs: a stable word, the field at fault, what else is known (docs/error-codes.md).",
    "required": ["code"],
    "properties": {"code": {"type": "string"}, "field": {"type": "string"}, "params": {"type": "object"}},
}
BOOKING, COMMUNITY, V1_DIALECT = Booking(), Community(), V1()
DIALECTS: tuple[Dialect, ...] = (BOOKING, COMMUNITY, V1_DIALECT)


def dialect_of_path(path: str) -> Dialect:
    """Whose envelope a path wears when no view is known for it."""
    return V1_DIALECT if path == "/api/v1" or path.startswith("/api/v1/") else BOOKING
