"""The product's settings for ``bench.jobs``, with django-tasks beside our own corridor where it is installed."""

from importlib.util import find_spec

from cinema.settings import *  # noqa: F403
from cinema.settings import INSTALLED_APPS, LOGGING

if find_spec("django_tasks_db"):
    INSTALLED_APPS = [*INSTALLED_APPS, "django_tasks", "django_tasks_db"]
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
LOGGING["root"]["level"] = "ERROR"
LOGGING["loggers"]["django_tasks"] = {"level": "ERROR"}
