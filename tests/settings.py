"""The product's own settings, with what a test must not leave to chance."""

import os

os.environ.setdefault("SECRET_KEY", "a-secret-for-tests-only-a-secret-for-tests-only")
os.environ.setdefault("PAYMENT_PROVIDERS", "sandbox")
os.environ.setdefault("RATE_LIMITS", "off")

from cinema.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
