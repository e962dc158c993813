"""Reading requests: JSON strictly, forms too, whatever ``Accept`` says."""

import json
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, FormParser


class JsonParser(BaseParser):
    """UTF-8 JSON without NaN and Infinity, of a size a booking can have."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body's value. Raises ParseError."""
        body = read_body(stream)
        try:
            return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise ParseError(_("The body is not valid JSON.")) from None


class SmallFormParser(FormParser):
    """``application/x-www-form-urlencoded``, of a size a booking can have."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        """The form's fields. Raises ParseError."""
        _refuse_length(stream)
        return super().parse(stream, media_type, parser_context)


class AlwaysJson(BaseContentNegotiation):
    """There is one kind of answer, so ``Accept`` is not asked."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        """The parser for the body's own content type; None (answered by 415) for one nobody reads."""
        kind = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        """The one renderer."""
        return renderers[0], renderers[0].media_type


def read_body(stream: IO[bytes]) -> bytes:
    """The whole body. Raises ParseError when it is too large."""
    _refuse_length(stream)
    return stream.read()


def _refuse_length(stream: Any) -> None:
    declared = str(getattr(stream, "META", {}).get("CONTENT_LENGTH") or 0)
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if most is not None and (not declared.isdecimal() or int(declared) > most):
        raise ParseError(_("The body is too large."))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
