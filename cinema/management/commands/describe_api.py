"""Writes the API's description into docs/, where a test compares it with the code."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator


class Command(BaseCommand):
    """``manage.py describe_api``."""

    help = "Write docs/openapi.json"

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, in the language the documents are in."""
        with translation.override("zh-hans"):
            document = SchemaGenerator().get_schema(request=None, public=True)
        text = json.dumps(document, ensure_ascii=False, indent=1)
        (settings.BASE_DIR / "docs" / "openapi.json").write_text(text + "\n", encoding="utf-8")
        self.stdout.write("docs/openapi.json is written.")
