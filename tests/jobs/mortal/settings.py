"""The product's own settings and one more app, with kinds of work whose effects can be counted."""

from cinema.settings import *  # noqa: F403
from cinema.settings import INSTALLED_APPS, LOGGING

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.mortal"]
LOGGING["root"]["level"] = "ERROR"
