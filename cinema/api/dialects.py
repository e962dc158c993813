"""Three ways of saying the same thing. Envelopes are known here and nowhere else."""

from typing import Any, Protocol

from django.utils.encoding import force_str

Json = dict[str, Any]


class Dialect(Protocol):
    """How one document's clients are answered, and how that is written down in OpenAPI."""

    name: str

    def field(self, name: str) -> str:
        """What a field of the domain is called on this dialect's wire."""

    def success(self, data: Any, message: object) -> Json:
        """The envelope round what an endpoint gives."""

    def failure(self, *, status: int, code: int, message: object) -> Json:
        """The envelope round a refusal; ``code`` is the number of admin-api.md's table 10, or 0."""

    def success_schema(self, data: Json | None, *, has_message: bool) -> Json:
        """The schema of ``success`` for data of a schema, or for an endpoint that gives none."""

    def failure_schema(self) -> Json:
        """The schema of ``failure``."""


class Booking:
    """booking-api.md: ``status`` 0 or -1, a message, and data where there are some."""

    name = "booking"
    _fields = {"seats": "selected_seats", "genres": "genre_list", "actors": "actor_list"}

    def field(self, name: str) -> str:
        """See Dialect."""
        return self._fields.get(name, name)

    def success(self, data: Any, message: object) -> Json:
        """See Dialect."""
        told = {"status": 0, "message": force_str(message)}
        return told if data is None else {**told, "data": data}

    def failure(self, *, status: int, code: int, message: object) -> Json:
        """See Dialect."""
        return {"status": -1, "message": force_str(message)}

    def success_schema(self, data: Json | None, *, has_message: bool) -> Json:
        """See Dialect."""
        fields = {"status": {"type": "integer", "const": 0}, "message": {"type": "string"}}
        return closed_object(fields if data is None else {**fields, "data": data})

    def failure_schema(self) -> Json:
        """See Dialect."""
        return closed_object({"status": {"type": "integer", "const": -1}, "message": {"type": "string"}})


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

    def failure(self, *, status: int, code: int, message: object) -> Json:
        """See Dialect."""
        return {"status": "error", "message": force_str(message)}

    def success_schema(self, data: Json | None, *, has_message: bool) -> Json:
        """See Dialect."""
        fields: Json = {"status": {"type": "string", "const": "success"}}
        if has_message:
            fields["message"] = {"type": "string"}
        own = closed_object(fields)
        return own if data is None else {"allOf": [own, data]}

    def failure_schema(self) -> Json:
        """See Dialect."""
        return closed_object({"status": {"type": "string", "const": "error"}, "message": {"type": "string"}})


class V1:
    """admin-api.md: ``code`` 200 or an error's number, a message, data or null."""

    name = "v1"
    _fields = {"genres": "genre_list", "actors": "actor_list"}

    def field(self, name: str) -> str:
        """``avatar_url`` is ``avatarUrl`` here."""
        first, *rest = self._fields.get(name, name).split("_")
        return first + "".join(part.capitalize() for part in rest)

    def success(self, data: Any, message: object) -> Json:
        """See Dialect."""
        return {"code": 200, "message": force_str(message), "data": data}

    def failure(self, *, status: int, code: int, message: object) -> Json:
        """See Dialect."""
        return {"code": code or status, "message": force_str(message), "data": None}

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
        return closed_object({"code": {"type": "integer"}, "message": {"type": "string"}, "data": {"type": "null"}})


def closed_object(fields: Json) -> Json:
    """The schema of an object that has all these fields."""
    return {"type": "object", "required": list(fields), "properties": fields}


BOOKING, COMMUNITY, V1_DIALECT = Booking(), Community(), V1()
DIALECTS: tuple[Dialect, ...] = (BOOKING, COMMUNITY, V1_DIALECT)


def dialect_of_path(path: str) -> Dialect:
    """Whose envelope a path wears when no view is known for it."""
    return V1_DIALECT if path == "/api/v1" or path.startswith("/api/v1/") else BOOKING
