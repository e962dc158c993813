"""Every endpoint the API serves, read from its addresses, so that none is forgotten by a test."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cinema.api.endpoints import Endpoint

MODULES = ["accounts", "catalog", "ticketing", "social", "backoffice"]


@dataclass(frozen=True)
class Served:
    """One endpoint: how it is called and on what terms."""

    method: str
    path: str
    dialect: str
    terms: Endpoint

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def filled(self, **values: object) -> str:
        """The path with ids (1 where nobody says otherwise)."""
        path = re.sub(r"<uuid:\w+>", "00000000-0000-4000-8000-000000000000", self.path)
        return re.sub(r"<\w+:(\w+)>", lambda found: str(values.get(found.group(1), 1)), path)


def every_endpoint() -> Iterator[Served]:
    """All of them, by address."""
    for module in MODULES:
        for pattern in importlib.import_module(f"{module}.api.urls").urlpatterns:
            view = pattern.callback
            for method, action in view.actions.items():
                if method == "head":
                    continue
                terms = getattr(view.cls, action).endpoint
                yield Served(method.upper(), f"/api/{pattern.pattern}", view.cls.dialect.name, terms)
