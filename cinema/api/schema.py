"""The OpenAPI document, written from the endpoints' own terms: envelopes, refusals, security, examples."""

from decimal import Decimal
from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.serializers import Serializer

from cinema.api.dialects import DIALECTS, Json, closed_object
from cinema.api.endpoints import ANYONE, SIGNED_IN, STAFF, Endpoint

REFUSALS = {
    400: "The request makes no sense: malformed, or a field is wrong.",
    401: "No token, or one that is not valid (any more).",
    403: "The caller may not do this.",
    404: "There is no such thing, or it is not the caller's to see.",
    409: "It cannot be done in the present state.",
    415: "The body is neither JSON nor a form.",
    429: "Too many requests; Retry-After says for how many seconds to wait.",
}
TOKEN: dict[str, list[str]] = {"token": []}


class EndpointSchema(AutoSchema):
    """Reads an endpoint's terms instead of guessing from views and serializers."""

    @property
    def terms(self) -> Endpoint:
        """The terms of the operation at hand."""
        return getattr(self.view, self.view.action).endpoint

    def get_operation_id(self) -> str:
        """Unique and readable: ``v1_halls_create``."""
        name = type(self.view).__name__
        return f"{self.view.dialect.name}_{name}_{self.view.action}"

    def get_tags(self) -> list[str]:
        """The dialect and the subject."""
        return [f"{self.view.dialect.name}: {self.view.tag}"]

    def get_summary(self) -> str:
        """The first line of the method's docstring."""
        return self._doc()[0]

    def get_description(self) -> str:  # type: ignore[override]
        """The rest of it, and who may call."""
        needs = self.terms.needs
        who = {ANYONE: "For anyone.", SIGNED_IN: "For anyone signed in.", STAFF: "For staff."}
        told = who.get(needs, f"For staff with the permission `{needs}`.")
        return "\n\n".join(part for part in (*self._doc()[1:], told) if part)

    def get_auth(self) -> list[Json]:
        """A token where one is needed; beside none where one is merely understood."""
        if not self.view.get_authenticators():
            return [{}]
        return [{}, TOKEN] if self.terms.needs == ANYONE else [TOKEN]

    def get_override_parameters(self) -> list:
        """The query, from its serializer, and the headers the view understands."""
        asks = self.terms.asks
        return [*([asks] if asks else []), *getattr(self.view, "headers_read", {}).get(self.view.action, [])]

    def get_request_serializer(self) -> Serializer | None:
        """The body's serializer."""
        return self.terms.takes(partial=self.terms.partly) if self.terms.takes else None

    def get_response_serializers(self) -> None:
        """Responses are written by ``_get_response_bodies``."""
        return

    def _doc(self) -> list[str]:
        text = (getattr(self.view, self.view.action).__doc__ or "").strip()
        first, _gap, rest = text.partition("\n\n")
        return [" ".join(first.split()), " ".join(rest.split())]

    def _get_request_body(self, direction: str = "request") -> Json | None:
        serializer = self.get_request_serializer()
        if serializer is None or self.method not in ("POST", "PUT"):
            return None
        media: Json = {"schema": self.resolve_serializer(serializer, "request").ref}
        if self.terms.sample_body is not None:
            media["example"] = self.terms.sample_body
        required = any(field.required for field in serializer.fields.values()) and not self.terms.partly
        return {"content": {"application/json": media}, "required": required}

    def _get_response_bodies(self, direction: str = "response") -> Json:
        bodies = {"200": self._success()}
        if self.terms.etag:
            bodies["304"] = {"description": "Unchanged since the ETag in If-None-Match."}
        for status in sorted(self._refusals()):
            bodies[str(status)] = {
                "description": REFUSALS[status],
                "content": {"application/json": {"schema": failure_ref(self.view.dialect.name)}},
            }
        return bodies

    def _success(self) -> Json:
        terms, dialect = self.terms, self.view.dialect
        schema = dialect.success_schema(self._data_schema(), has_message=bool(terms.says))
        if terms.gives_some:
            schema["required"].remove("data")
        media: Json = {"schema": schema}
        if terms.sample is not None or terms.gives is None:
            media["example"] = dialect.success(terms.sample, terms.says)
        answer: Json = {"description": "Done.", "content": {"application/json": media}}
        if terms.etag:
            answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
        return answer

    def _data_schema(self) -> Json | None:
        terms = self.terms
        if terms.gives is None:
            return None
        one: Any = self.resolve_serializer(terms.gives(), "response").ref
        if terms.paged:
            return closed_object({"total": {"type": "integer"}, "records": {"type": "array", "items": one}})
        data = {"type": "array", "items": one} if terms.many else one
        return closed_object({terms.key: data}) if terms.key else data

    def _refusals(self) -> set[int]:
        terms = self.terms
        found = {429, *terms.refuses}
        if terms.takes or terms.asks:
            found.add(400)
        if terms.takes:
            found.add(415)
        if self.view.get_authenticators():
            found.add(401)
        if terms.needs not in (ANYONE, SIGNED_IN):
            found.add(403)
        if "{" in self.path:
            found.add(404)
        return found


def failure_ref(dialect: str) -> Json:
    """Where a dialect's failure is described."""
    return {"$ref": f"#/components/schemas/{dialect.capitalize()}Failure"}


def finish_document(result: Json, **_context: Any) -> Json:
    """Postprocessing hook: the failures of the three dialects and the token."""
    result = _tidy(result)
    components = result.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for dialect in DIALECTS:
        schemas[f"{dialect.name.capitalize()}Failure"] = dialect.failure_schema()
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    return result


def _tidy(node: Any) -> Any:
    """Without the generator's own marks, and with amounts as JSON numbers."""
    if isinstance(node, dict):
        return {key: _tidy(inner) for key, inner in node.items() if key != "x-spec-enum-id"}
    if isinstance(node, list):
        return [_tidy(inner) for inner in node]
    return float(node) if isinstance(node, Decimal) else node
