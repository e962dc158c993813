"""Where one process is the whole house nobody calls the worker every minute, so it is started at once."""

import subprocess
import sys

from django.conf import settings


def wake_worker() -> None:
    """Start the worker apart from this process; where there are several processes their minute will do it."""
    if settings.REDIS_URL:
        return
    subprocess.Popen(  # noqa: S603  no shell, nothing from outside
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "prepare_streams"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
