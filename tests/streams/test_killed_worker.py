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

pytestmark = pytest.mark.once  # whose job it is, tests/jobs shows on both
PREPARE = """
from pathlib import Path
from django.utils import timezone
from catalog.streams.uploads import begin_upload, take_whole
from tests.factories import a_clerk, a_movie
content = Path({file!r}).read_bytes()
upload = begin_upload(movie=a_movie(), file_name="a.webm", size=len(content), by=a_clerk("p"), now=timezone.now())
take_whole(upload=upload, pieces=[content], now=timezone.now())
"""
STATE = """
from catalog.models import StreamUpload
from cinema.jobs import Job
upload, job = StreamUpload.objects.get(), Job.objects.get(kind="prepare_stream")
print(upload.state, job.state, job.lost, upload.movie.stream_url)
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
    here = {"DATABASE_URL": fresh_database(), "VAR_DIR": str(tmp_path), "JOB_LEASE_SECONDS": "2"}
    manage("shell", "-v", "0", "-c", PREPARE.format(file=str(file)), **here)

    command = [sys.executable, "manage.py", "work"]
    with subprocess.Popen(command, cwd=ROOT, env=server_environment(**here)) as worker:
        eventually(lambda: ffmpeg_at_work(tmp_path))
        worker.send_signal(signal.SIGKILL)
    eventually(lambda: not ffmpeg_at_work(tmp_path))
    half_done = [folder.name for folder in (tmp_path / "media" / "streams").iterdir()]
    killed = manage("shell", "-v", "0", "-c", STATE, **here).split()
    time.sleep(2)  # the dead worker's lease runs on the clock of the machine
    manage("work", "--until-empty", **here)

    upload, job, lost, address = manage("shell", "-v", "0", "-c", STATE, **here).split()
    left = [folder.name for folder in (tmp_path / "media" / "streams").iterdir()]
    assert (len(half_done), killed[:2]) == (1, ["working", "running"])
    assert (upload, job, lost, left) == ("ready", "done", "0", [address.split("/")[3]])
    assert list((tmp_path / "uploads").iterdir()) == []
