"""Every error a caller can meet, by its code: ``docs/error-codes.md`` is written from the errors themselves."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from django.apps import apps
from django.utils import translation

from cinema.api.dialects import V1_NUMBERS
from cinema.errors import CinemaError

ROOMS = ("cinema", "accounts", "catalog", "ticketing", "social", "backoffice")
UNREAD = ("migrations", "management")
HEAD = """\
# Error codes

Beside its envelope every failure of the API carries `error: {code, field?, params?}`, in all three dialects; an
`error` frame of the sockets carries the same `code`. Codes are stable, sentences are not: they are translated and may
be reworded. `field` is what the caller called the field at fault, `params` what else is known, such as `labels` of
seats that are gone. In v1 the envelope's `code` is the number of the document's table 10 where the last column has one,
else the HTTP status.

This page is written by `manage.py describe_api`; a test compares it with the code.

| `error.code` | HTTP | sentence | v1 |
| --- | --- | --- | --- |
"""
# What the framework refuses before the domain is asked.
OF_THE_FRAMEWORK = {
    "login_required": (401, "Please log in."),
    "malformed": (400, "The request is not valid."),
    "method_not_allowed": (405, "The address knows other methods; `Allow` names them."),
    "system_error": (500, "System error"),
    "unsupported_media_type": (415, "The body is neither JSON nor a form."),
}


def errors_of_the_domain() -> list[type[CinemaError]]:
    """Every class of the family that a room defines, after all rooms have been read."""
    for room in ROOMS:
        for module in pkgutil.walk_packages(import_module(room).__path__, f"{room}."):
            if not set(UNREAD) & set(module.name.split(".")):
                import_module(module.name)
    labels = {config.name for config in apps.get_app_configs()}
    return [error for error in _family(CinemaError) if error.__module__.split(".")[0] in labels]


def error_codes_page() -> str:
    """The page as it is to be."""
    found: dict[str, tuple[set[int], list[str]]] = {
        code: ({status}, [sentence]) for code, (status, sentence) in OF_THE_FRAMEWORK.items()
    }
    with translation.override("en"):
        for error in sorted(errors_of_the_domain(), key=lambda one: (one.__module__, one.__qualname__)):
            statuses, sentences = found.setdefault(error.code, (set(), []))
            statuses.add(error.http_status)
            if (said := str(error.message)) and said not in sentences:
                sentences.append(said)
    lines = [
        f"| `{code}` | {', '.join(map(str, sorted(statuses)))} | {' / '.join(said)} | {V1_NUMBERS.get(code, '')} |"
        for code, (statuses, said) in sorted(found.items())
    ]
    return HEAD + "\n".join(lines) + "\n"


def _family(error: type[CinemaError]) -> Iterator[type[CinemaError]]:
    yield error
    for child in error.__subclasses__():
        yield from _family(child)
