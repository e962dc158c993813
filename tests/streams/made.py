"""Archives and films for the tests: made, not kept."""

import io
import subprocess
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.machine import need

SEGMENT = b"\x47" + b"\0" * 187
PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6.0,\npart1.ts\n#EXTINF:2.5,\npart2.ts\n#EXT-X-ENDLIST\n"
WORDS = "WEBVTT\n\n00:00.500 --> 00:03.500\n你好，月亮\n"
GOOD = {"film.m3u8": PLAYLIST, "part1.ts": SEGMENT, "part2.ts": SEGMENT * 2}


def archive(files: Mapping[str | zipfile.ZipInfo, str | bytes]) -> bytes:
    """A ZIP with these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return made.getvalue()


@cache
def film(kind: str = "mp4", seconds: int = 3) -> bytes:
    """A short film with a tone: ``mp4`` as browsers play it, ``webm`` as it has to be encoded anew."""
    ffmpeg = need("ffmpeg")
    codecs = {
        "mp4": ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast", "-c:a", "aac"],
        "webm": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"],
    }[kind]
    return _made(
        [
            *(ffmpeg, "-v", "error", "-f", "lavfi", "-i", f"testsrc=size=160x90:rate=12:duration={seconds}"),
            *("-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}", *codecs, "-g", "12"),
        ],
        kind,
    )


@cache
def film_with_subtitles() -> bytes:
    """A film as MKV that carries Chinese words along."""
    ffmpeg = need("ffmpeg")
    with TemporaryDirectory() as folder:
        Path(folder, "zh.vtt").write_text(WORDS)
        Path(folder, "film.mp4").write_bytes(film())
        sources = ["-i", f"{folder}/film.mp4", "-i", f"{folder}/zh.vtt"]
        copied = ["-map", "0", "-map", "1", "-c", "copy", "-c:s", "srt", "-metadata:s:s:0", "language=chi"]
        return _made([ffmpeg, "-v", "error", *sources, *copied], "mkv")


def _made(command: list[str], kind: str) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder, f"film.{kind}")
        subprocess.run([*command, str(file)], check=True)
        return file.read_bytes()
