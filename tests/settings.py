"""The product's own settings, with what a test must not leave to chance.

Everything a run writes goes to one folder, shared by its processes and thrown away by ``tests.conftest``.
"""

import os
import tempfile
from pathlib import Path

if "CINEMA_TEST_FOLDER" not in os.environ:
    os.environ["CINEMA_TEST_FOLDER"] = tempfile.mkdtemp(prefix="cinema-test-")
TEST_FOLDER = Path(os.environ["CINEMA_TEST_FOLDER"])
os.environ["VAR_DIR"] = str(TEST_FOLDER / "var")
os.environ.setdefault("SECRET_KEY", "a-secret-for-tests-only-a-secret-for-tests-only")
os.environ.setdefault("JOURNAL_KEY", "a-journal-key-for-tests-only-a-journal-key-for-tests")
os.environ.setdefault("PAYMENT_PROVIDERS", "sandbox")
os.environ.setdefault("RATE_LIMITS", "off")

from cinema.settings import *  # noqa: E402, F403
from cinema.settings import DATABASES, STATIC_ROOT  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in life: in memory all threads would share one connection's cache and no race would be a race.
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_FOLDER / "test.sqlite3")}
    options = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
else:
    # Forty people at one moment, each with a connection; a barrier that one of them never reaches holds up all others.
    DATABASES["default"]["OPTIONS"]["pool"]["max_size"] = 48

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
