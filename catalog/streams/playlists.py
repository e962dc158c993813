"""Reading HLS playlists from outside: what they may say, where they lead, and subtitles for those that have none."""

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from catalog.streams.refusals import Reason, StreamRefused

# A film is a finished list of files. Everything else (keys, live edges, variables, interstitials) is not served here.
TAGS = {
    *("EXTM3U", "EXTINF", "EXT-X-VERSION", "EXT-X-TARGETDURATION", "EXT-X-MEDIA-SEQUENCE", "EXT-X-PLAYLIST-TYPE"),
    *("EXT-X-ENDLIST", "EXT-X-BYTERANGE", "EXT-X-DISCONTINUITY", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-MAP"),
    *("EXT-X-INDEPENDENT-SEGMENTS", "EXT-X-START", "EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF"),
    *("EXT-X-I-FRAMES-ONLY", "EXT-X-MEDIA", "EXT-X-PROGRAM-DATE-TIME", "EXT-X-ALLOW-CACHE", "EXT-X-BITRATE"),
}
# Players read attributes generously: without quotes, with blanks around, in the midst of a comment. Here they are read
# as the standard has them, and what does not fit is refused, so that no player finds an address that was not looked at.
WITH_ATTRIBUTES = {"EXT-X-MAP", "EXT-X-START", "EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF", "EXT-X-MEDIA"}
ATTRIBUTE = re.compile(r'\s*([A-Z0-9-]+)=("[^"]*"|[^",\s]+)\s*(?:,|$)', re.ASCII)
LENGTH = re.compile(r"#EXTINF:([0-9.]+)")
LANGUAGES = {
    "zh": "中文",
    "en": "English",
    "ja": "日本語",
    "ko": "한국어",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
}
GROUP = "subtitles"


def check_package(folder: Path) -> str:
    """Look through all playlists of an unpacked stream; answers the one to begin with, as a path in the folder.

    Subtitles no playlist names are joined to it. Raises StreamRefused.
    """
    playlists = {file.relative_to(folder).as_posix(): _lines(file) for file in sorted(folder.rglob("*.m3u8"))}
    if not playlists:
        raise StreamRefused(Reason.NO_PLAYLIST)
    named: set[str] = set()
    for name, lines in playlists.items():
        _refuse_tags(name, lines)
        named |= {_inside(folder, name, address) for address in _addresses(name, lines)}
    beginning = _beginning(playlists, named)
    alone = [
        path for file in sorted(folder.rglob("*.vtt")) if (path := file.relative_to(folder).as_posix()) not in named
    ]
    return join_subtitles(folder, beginning, alone) if alone else beginning


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        raise StreamRefused(Reason.WRONG_CONTENT, file.name) from None


def _refuse_tags(name: str, lines: list[str]) -> None:
    for line in lines:
        tag = line[1:].split(":", 1)[0]
        if line.upper().startswith("#EXT") and tag not in TAGS:
            raise StreamRefused(Reason.BAD_PLAYLIST, f"{name}: {tag}")
        if "#EXT" in line[1:].upper():  # hls.js finds tags inside of comments too
            raise StreamRefused(Reason.BAD_PLAYLIST, f"{name}: {line[:100]}")
    if not _is_master(lines) and "#EXT-X-ENDLIST" not in lines:
        raise StreamRefused(Reason.BAD_PLAYLIST, f"{name}: #EXT-X-ENDLIST")


def _is_master(lines: list[str]) -> bool:
    return any(line.startswith("#EXT-X-STREAM-INF") for line in lines)


def _addresses(name: str, lines: list[str]) -> list[str]:
    named = [line for line in lines if line and not line.startswith("#")]
    return named + [address for line in lines if line.startswith("#") for address in _addresses_of_tag(name, line)]


def _addresses_of_tag(name: str, line: str) -> list[str]:
    """What a tag's attributes lead to; each has to be in quotes, as the standard has it."""
    tag, _colon, rest = line[1:].partition(":")
    if tag not in WITH_ATTRIBUTES:
        return []
    found, at = [], 0
    while at < len(rest):
        attribute = ATTRIBUTE.match(rest, at)
        if attribute is None:
            raise StreamRefused(Reason.BAD_PLAYLIST, f"{name}: {line[:100]}")
        at = attribute.end()
        if attribute[1].endswith("URI"):
            if not attribute[2].startswith('"'):
                raise StreamRefused(Reason.BAD_PLAYLIST, f"{name}: {line[:100]}")
            found.append(attribute[2].strip('"'))
    return found


def _inside(folder: Path, name: str, address: str) -> str:
    """The file a playlist means, as a path in the folder."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address.startswith(("/", "\\")) or parts.query or parts.fragment:
        raise StreamRefused(Reason.OUTSIDE, f"{name}: {address}")
    meant: list[str] = []
    for step in (PurePosixPath(name).parent / unquote(parts.path)).parts:
        if step == ".." and not meant:
            raise StreamRefused(Reason.OUTSIDE, f"{name}: {address}")
        meant = meant[:-1] if step == ".." else [*meant, step]
    path = "/".join(meant)
    if "\\" in path or "\0" in path or not path or not (folder / path).is_file():
        raise StreamRefused(Reason.MISSING_FILE, f"{name}: {address}")
    return path


def _beginning(playlists: dict[str, list[str]], named: set[str]) -> str:
    first = [name for name in playlists if name not in named]
    masters = [name for name in first if _is_master(playlists[name])]
    for candidates in (masters, first):
        if len(candidates) == 1:
            return candidates[0]
        usual = [name for name in candidates if PurePosixPath(name).stem.lower() in {"master", "index", "playlist"}]
        if len(usual) == 1:
            return usual[0]
    raise StreamRefused(Reason.SEVERAL_PLAYLISTS, ", ".join(sorted(first or playlists)))


def join_subtitles(folder: Path, beginning: str, texts: list[str]) -> str:
    """Give a stream subtitles it does not name itself; answers the playlist that has them, beside the first one."""
    lines = _lines(folder / beginning)
    home = PurePosixPath(beginning).parent
    seconds = _length(folder, beginning, lines)
    media = [_subtitle(folder, home, path, seconds, number) for number, path in enumerate(texts, 1)]
    if _is_master(lines):
        told = [
            f'{line},SUBTITLES="{GROUP}"' if line.startswith("#EXT-X-STREAM-INF") and "SUBTITLES=" not in line else line
            for line in lines
            if line != "#EXTM3U"
        ]
    else:
        texts_too = {".m3u8", ".vtt"}
        size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and f.suffix not in texts_too)
        bandwidth = max(1, round(size * 8 / max(seconds, 1)))
        told = [f'#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},SUBTITLES="{GROUP}"', PurePosixPath(beginning).name]
    name = (home / "with-subtitles.m3u8").as_posix()
    (folder / name).write_text("\n".join(["#EXTM3U", *media, *told, ""]), "utf-8")
    return name


def _length(folder: Path, name: str, lines: list[str]) -> float:
    """Seconds of a media playlist, or of the first one a master leads to."""
    if _is_master(lines):
        first = next(line for line in lines if line and not line.startswith("#"))
        path = _inside(folder, name, first)
        lines = _lines(folder / path)
    return sum(float(found[1]) for line in lines if (found := LENGTH.match(line)))


def _subtitle(folder: Path, home: PurePosixPath, path: str, seconds: float, number: int) -> str:
    """Write the playlist of one text, all of it in one piece; answers the line that names it."""
    stem = PurePosixPath(path).stem
    steps = [".."] * len(home.parts)
    address = "/".join([*steps, path])
    body = ["#EXTM3U", f"#EXT-X-TARGETDURATION:{max(1, round(seconds))}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    list_name = f"subtitles-{number}.m3u8"
    text = "\n".join([*body, f"#EXTINF:{seconds:.3f},", address, "#EXT-X-ENDLIST", ""])
    (folder / home / list_name).write_text(text, "utf-8")
    code = next((word for word in re.split(r"[^a-z]+", stem.lower()) if word in LANGUAGES), "")
    language = f',LANGUAGE="{code}"' if code else ""
    label = LANGUAGES.get(code) or stem.replace('"', "")
    named = f'TYPE=SUBTITLES,GROUP-ID="{GROUP}",NAME="{label}"{language},AUTOSELECT=NO,DEFAULT=NO,URI="{list_name}"'
    return f"#EXT-X-MEDIA:{named}"
