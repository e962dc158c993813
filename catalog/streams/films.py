"""Making a stream of a film with ffmpeg: copied where browsers can play it as it is, else encoded anew."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from catalog.streams.playlists import join_subtitles
from catalog.streams.refusals import Reason, StreamRefused

PLAYLIST = "film.m3u8"
MAX_WORK_SECONDS = 6 * 3600
PROBE_TIMEOUT = 60
LOOK_EVERY = 0.5
MAX_FILM_SECONDS = 1000 * 60
WIDEST = 8192
SHOWN_AT_MOST = 1920
WRITTEN_TEXTS = {"subrip", "mov_text", "webvtt", "ass", "ssa", "text"}
NEEDED_BY_PROGRAMS = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")
PR_SET_PDEATHSIG = 1  # from linux/prctl.h


def ffmpeg_is_here() -> bool:
    """Whether this machine can make streams of films."""
    return bool(shutil.which("ffmpeg") and shutil.which("ffprobe"))


def container_of(file: Path) -> str | None:
    """How ffmpeg calls the container, told by the first bytes; None for what is no film."""
    with file.open("rb") as opened:
        head = opened.read(12)
    if head[4:8] in {b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip"}:
        return "mov"
    return "matroska" if head.startswith(b"\x1a\x45\xdf\xa3") else None


def make_stream(*, film: Path, folder: Path, beat: Callable[[int], None]) -> str:
    """Write an HLS package of the film into the folder; answers its first playlist.

    ``beat`` is told the percentage again and again while it lasts. Raises StreamRefused.
    """
    container = container_of(film)
    if container is None:
        raise StreamRefused(Reason.NOT_A_FILM)
    if not ffmpeg_is_here():
        raise StreamRefused(Reason.NO_FFMPEG)
    source = ["-protocol_whitelist", "file", "-f", container, "-i", str(film)]
    about = _look(source)
    seconds = _seconds(about)
    deadline = time.monotonic() + MAX_WORK_SECONDS
    _run([*source, *_how_to_film(about, folder)], folder, seconds, deadline, beat)
    texts = []
    for number, stream in enumerate(_of_kind(about, "subtitle")):
        if stream.get("codec_name") in WRITTEN_TEXTS:
            texts.append(_text_name(stream, number))
            cut = ["-map", f"0:s:{number}", "-c:s", "webvtt", "-f", "webvtt", str(folder / texts[-1])]
            _run([*source, *cut], folder, 0, deadline, beat)
    return join_subtitles(folder, PLAYLIST, texts) if texts else PLAYLIST


def without_secrets() -> dict[str, str]:
    """What a program needs that reads files from outside: where programs lie, and none of our keys and passwords."""
    return {name: os.environ[name] for name in NEEDED_BY_PROGRAMS if name in os.environ}


def _look(source: Sequence[str]) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-print_format", "json", "-show_format", "-show_streams", *source]
    try:
        done = subprocess.run(  # noqa: S603  no shell, and the name of the file is ours
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_TIMEOUT,
            check=True,
            env=without_secrets(),
        )
        about = json.loads(done.stdout)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, ValueError):
        raise StreamRefused(Reason.NOT_PLAYABLE) from None
    pictures = [one for one in _of_kind(about, "video") if not one.get("disposition", {}).get("attached_pic")]
    if not pictures or max(pictures[0].get("width", 0), pictures[0].get("height", 0)) > WIDEST:
        raise StreamRefused(Reason.NOT_PLAYABLE)
    return about | {"picture": pictures[0]}


def _of_kind(about: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [stream for stream in about.get("streams", []) if stream.get("codec_type") == kind]


def _seconds(about: dict[str, Any]) -> float:
    try:
        seconds = float(about["format"]["duration"])
    except (KeyError, ValueError):
        raise StreamRefused(Reason.NOT_PLAYABLE) from None
    if not 0 < seconds <= MAX_FILM_SECONDS:
        raise StreamRefused(Reason.NOT_PLAYABLE)
    return seconds


def _how_to_film(about: dict[str, Any], folder: Path) -> list[str]:
    picture, sounds = about["picture"], _of_kind(about, "audio")
    as_it_is = picture.get("codec_name") == "h264" and picture.get("pix_fmt") in {"yuv420p", "yuvj420p"}
    video = ["-c:v", "copy"] if as_it_is else _encoded()
    plays = bool(sounds) and sounds[0].get("codec_name") == "aac" and sounds[0].get("channels", 9) <= 2
    audio = ["-c:a", "copy"] if plays else ["-c:a", "aac", "-b:a", "160k", "-ac", "2"]
    return [
        *("-map", f"0:{picture['index']}", "-map", "0:a:0?", "-sn", "-dn", "-map_metadata", "-1"),
        *("-map_chapters", "-1", *video, *audio, "-f", "hls", "-hls_time", "6", "-hls_playlist_type", "vod"),
        *("-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "film.mp4"),
        *("-hls_segment_filename", str(folder / "film-%05d.m4s"), str(folder / PLAYLIST)),
    ]


def _encoded() -> list[str]:
    fit = f"scale='min({SHOWN_AT_MOST},iw)':'min({SHOWN_AT_MOST},ih)'"
    fit += ":force_original_aspect_ratio=decrease:force_divisible_by=2"
    return [
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-pix_fmt", "yuv420p", "-vf", fit),
        *("-force_key_frames", "expr:gte(t,n_forced*2)"),
    ]


def _run(arguments: Sequence[str], folder: Path, seconds: float, deadline: float, beat: Callable[[int], None]) -> None:
    """Run ffmpeg, in nobody's way, ended with us or when its time is over."""
    told = folder / "progress"
    quiet = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-progress", str(told)]
    with subprocess.Popen(  # noqa: S603  no shell, and the name of the file is ours
        [*quiet, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=without_secrets(),
        start_new_session=True,  # Ctrl-C is for us: we put the job back, and a film cut short would be held unplayable
        preexec_fn=_modest,
    ) as process:
        try:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise StreamRefused(Reason.TOO_LONG)
                beat(_percent(told, seconds))
                time.sleep(LOOK_EVERY)
        finally:
            process.kill()
    told.unlink(missing_ok=True)
    if process.returncode:
        full = shutil.disk_usage(folder).free < 64 << 20
        raise StreamRefused(Reason.DISK_FULL if full else Reason.NOT_PLAYABLE)


def _modest() -> None:
    """Between fork and exec: behind everybody else, and on Linux ended with the process that asked."""
    os.nice(15)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _percent(told: Path, seconds: float) -> int:
    """How far ffmpeg says it is."""
    try:
        said = told.read_text().rsplit("out_time_us=", 1)[1].split("\n", 1)[0]
        return max(0, min(99, int(int(said) / 10_000 / seconds)))
    except (OSError, IndexError, ValueError, ZeroDivisionError):
        return 0


def _text_name(stream: dict[str, Any], number: int) -> str:
    language = {"zho": "zh", "chi": "zh", "eng": "en", "jpn": "ja", "kor": "ko", "fra": "fr", "fre": "fr", "deu": "de"}
    code = language.get(stream.get("tags", {}).get("language", ""), "")
    return f"{number + 1}-{code}.vtt" if code else f"{number + 1}.vtt"
