"""A house with folders of its own for uploads, and films and archives as staff have them."""

from pathlib import Path

import pytest
from django.utils import translation

from accounts.models import User
from tests.factories import a_clerk


@pytest.fixture(autouse=True)
def folders(settings, tmp_path) -> Path:
    """Uploads and streams of this test alone."""
    settings.UPLOAD_ROOT, settings.MEDIA_ROOT = tmp_path / "uploads", tmp_path / "media"
    return tmp_path


@pytest.fixture(autouse=True)
def english():
    """Sentences as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def programmer(db) -> User:
    """Somebody who uploads."""
    return a_clerk("programmer")
