"""Writes the API's description into docs/, where a test compares it with the code."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from cinema.api.error_codes import error_codes_page


class Command(BaseCommand):
    """``manage.py describe_api``."""

    help = "Write docs/openapi.json and docs/error-codes.md"

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, in the language the documents are in."""
        with translation.override("zh-hans"):
            document = SchemaGenerator().get_schema(request=None, public=True)
        text = json.dumps(document, ensure_ascii=False, indent=1)
        docs = settings.BASE_DIR / "docs"
        (docs / "openapi.json").write_text(text + "\n", encoding="utf-8")
        (docs / "error-codes.md").write_text(error_codes_page(), encoding="utf-8")
        self.stdout.write("docs/openapi.json and docs/error-codes.md are written.")
