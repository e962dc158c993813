"""Writes down what is installed here."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from cinema.bill_of_materials import bill_of_materials


class Command(BaseCommand):
    """``manage.py bill_of_materials > cinema.cdx.json``."""

    help = "Write a bill of materials (CycloneDX, JSON) of what is installed"

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it to the standard output."""
        document = bill_of_materials(root=settings.BASE_DIR, now=timezone.now())
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
