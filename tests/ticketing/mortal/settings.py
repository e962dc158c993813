"""The product's own settings and one more app, which kills the process where the file named by DIE_FILE says."""

from cinema.settings import *  # noqa: F403
from cinema.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.ticketing.mortal.apps.Mortal"]
