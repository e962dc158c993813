"""A worker killed in the middle of a film: ffmpeg ends with it, and the next worker finishes what it began."""

import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fixtures.databases import ROOT, manage, server_environment
from tests.machine import need
from tests.streams.made import film

PREPARE = """
from pathlib import Path
from django.utils import timezone
from catalog.streams.uploads import begin_upload, take_whole
from tests.factories import a_clerk, a_movie
content = Path({file!r}).read_bytes()
upload = begin_upload(movie=a_movie(), file_name="a.webm", size=len(content), by=a_clerk("p"), now=timezone.now())
take_whole(upload=upload, pieces=[content], now=timezone.now())
"""
FORGET_THE_LEASE = """
from datetime import timedelta
from django.utils import timezone
from catalog.models import StreamUpload
StreamUpload.objects.update(claimed_until=timezone.now() - timedelta(minutes=1))
"""
STATE = """
from catalog.models import StreamUpload
upload = StreamUpload.objects.get()
print(upload.state, upload.tries, upload.movie.stream_url)
"""


def ffmpeg_at_work(folder: Path) -> list[str]:
    """The processes that write below this folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = place.read_bytes()
            if words.startswith(b"ffmpeg\0") and str(folder).encode() in words:
                found.append(place.parent.name)
    return found


def eventually(true) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_the_next_worker_finishes_what_a_killed_one_began(fresh_database, tmp_path):
    need("ffmpeg")
    file = tmp_path / "a.webm"
    file.write_bytes(film("webm", 240))
    here = {"DATABASE_URL": fresh_database(), "VAR_DIR": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"}
    manage("shell", "-v", "0", "-c", PREPARE.format(file=str(file)), **here)

    command = [sys.executable, "manage.py", "prepare_streams"]
    with subprocess.Popen(command, cwd=ROOT, env=server_environment(**here)) as worker:
        eventually(lambda: ffmpeg_at_work(tmp_path))
        worker.send_signal(signal.SIGKILL)
    eventually(lambda: not ffmpeg_at_work(tmp_path))
    half_done = [folder.name for folder in (tmp_path / "media" / "streams").iterdir()]
    manage("prepare_streams", **here)
    too_early = manage("shell", "-v", "0", "-c", STATE, **here).split()
    manage("shell", "-v", "0", "-c", FORGET_THE_LEASE, **here)
    manage("prepare_streams", **here)

    state, tries, address = manage("shell", "-v", "0", "-c", STATE, **here).split()
    left = [folder.name for folder in (tmp_path / "media" / "streams").iterdir()]
    assert (len(half_done), too_early[:2]) == (1, ["working", "1"])
    assert (state, tries, left) == ("ready", "2", [address.split("/")[3]])
    assert list((tmp_path / "uploads").iterdir()) == []
