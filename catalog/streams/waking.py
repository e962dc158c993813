"""Where one process is the whole house nobody calls the worker every minute, so it is started at once."""

import subprocess
import sys
from threading import Lock

from django.conf import settings

_started: list[subprocess.Popen] = []
_one_at_a_time = Lock()


def wake_worker() -> None:
    """Start the worker apart from this process, unless the last one is still running.

    Where there are several processes their minute will do it.
    """
    if settings.REDIS_URL:
        return
    with _one_at_a_time:
        if any(worker.poll() is None for worker in _started):
            return
        worker = subprocess.Popen(  # noqa: S603  no shell, nothing from outside
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "prepare_streams"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        _started[:] = [worker]
