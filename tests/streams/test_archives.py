"""What an archive from outside may hold, and what it is refused for."""

import stat
import struct
import tracemalloc
import zipfile

import pytest

from catalog.streams.archives import unpack
from catalog.streams.playlists import check_package
from catalog.streams.refusals import Reason, StreamRefused
from tests.streams.made import GOOD, PLAYLIST, SEGMENT, WORDS, archive

MP4 = b"\0\0\0\x18ftypiso6" + b"\0" * 12
MASTER = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900000\nlow/film.m3u8\n"


def unpacked(folders, content: bytes, limit: int = 1 << 20) -> str:
    """Unpack and look through; answers the playlist to begin with."""
    file, folder = folders / "upload", folders / "stream"
    file.write_bytes(content)
    folder.mkdir()
    unpack(archive=file, folder=folder, limit=limit, beat=lambda: None)
    return check_package(folder)


def refused(folders, content: bytes, limit: int = 1 << 20) -> tuple[Reason, str]:
    """The reason and the detail with which it is refused."""
    with pytest.raises(StreamRefused) as refusal:
        unpacked(folders, content, limit)
    return refusal.value.reason, refusal.value.detail


def test_a_package_is_unpacked_as_it_is(folders):
    beginning = unpacked(folders, archive(GOOD))

    assert beginning == "film.m3u8"
    files = {file.name: file.read_bytes() for file in (folders / "stream").iterdir()}
    assert files == {name: text.encode() if isinstance(text, str) else text for name, text in GOOD.items()}


def test_the_master_leads_however_deep_it_lies(folders):
    files = {"my film/index.m3u8": MASTER, "my film/low/film.m3u8": PLAYLIST}
    segments = {"my film/low/part1.ts": SEGMENT, "my film/low/part2.ts": SEGMENT}

    assert unpacked(folders, archive(files | segments)) == "my film/index.m3u8"


def test_what_desktops_leave_behind_is_left_out(folders):
    litter = {"__MACOSX/._film.m3u8": b"x", "low/.DS_Store": b"x"}

    unpacked(folders, archive(GOOD | litter))

    assert sorted(file.name for file in (folders / "stream").rglob("*")) == sorted(GOOD)


@pytest.mark.parametrize(
    "name",
    [
        *("../out.ts", "/etc/out.ts", "a/../../out.ts", "a\\..\\out.ts", "C:out.ts", ".hidden/out.ts", "a//out.ts"),
        *("a/./out.ts", "line\nbreak.ts", "a/b/c/d/e/f/g.ts", "x" * 160 + ".ts", "50%2e.ts"),
    ],
)
def test_a_file_that_would_land_elsewhere_is_refused(folders, name):
    assert refused(folders, archive({name: SEGMENT})) == (Reason.BAD_NAME, name)
    assert list((folders / "stream").iterdir()) == []


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_what_is_no_plain_file_is_refused(folders, kind):
    entry = zipfile.ZipInfo("part1.ts")
    entry.external_attr = (kind | 0o777) << 16

    assert refused(folders, archive({entry: b"/etc/passwd"})) == (Reason.BAD_NAME, "part1.ts")


def test_one_name_twice_is_refused_in_whatever_letters(folders):
    assert refused(folders, archive({"A.ts": SEGMENT, "a.ts": SEGMENT})) == (Reason.BAD_NAME, "a.ts")


def test_a_file_that_is_a_folder_too_is_refused(folders):
    assert refused(folders, archive({"a.ts": SEGMENT, "a.ts/b.ts": SEGMENT})) == (Reason.BAD_NAME, "a.ts/b.ts")


@pytest.mark.parametrize("name", ["run.html", "run.svg", "run.js", "film.key", "film", "film.m3u8.php"])
def test_what_belongs_into_no_stream_is_refused(folders, name):
    assert refused(folders, archive(GOOD | {name: b"x"})) == (Reason.FOREIGN_FILE, name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(("a.ts", b"<script>" * 30), ("a.m4s", b"<script>alert(1)</script>"), ("a.vtt", b"<html>"), ("a.aac", b"MZ")),
        *(("a.m3u8", b"<html>"), ("a.mp4", b""), ("a.ts", b"\x47" + b"x" * 400)),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(folders, name, content):
    assert refused(folders, archive(GOOD | {name: content})) == (Reason.WRONG_CONTENT, name)


def test_every_kind_of_file_a_stream_has_is_taken(folders):
    kinds = {"a.mp4": MP4, "a.m4s": MP4.replace(b"ftyp", b"moof"), "a.m4a": MP4, "a.aac": b"\xff\xf1\x50\x80"}

    assert unpacked(folders, archive(GOOD | kinds)) == "film.m3u8"


def test_what_grows_beyond_the_limit_is_refused(folders):
    bomb = archive({"a.ts": SEGMENT * 200_000})

    assert len(bomb) < 200_000
    assert refused(folders, bomb, limit=1 << 20) == (Reason.TOO_LARGE, "a.ts")
    assert (folders / "stream" / "a.ts").stat().st_size <= 1 << 20


def test_the_limit_is_for_all_files_together(folders):
    files = {f"{n}.ts": SEGMENT * 1000 for n in range(10)}

    assert refused(folders, archive(files), limit=1_000_000)[0] == Reason.TOO_LARGE


def test_a_playlist_may_not_be_endless(folders):
    assert refused(folders, archive({"a.m3u8": "#EXTM3U\n" * 800_000}), limit=1 << 30)[0] == Reason.TOO_LARGE


def test_a_size_the_archive_lies_about_is_noticed(folders):
    honest = archive({"a.ts": SEGMENT * 1000})
    size = (len(SEGMENT) * 1000).to_bytes(4, "little")

    assert refused(folders, honest.replace(size, (188).to_bytes(4, "little")))[0] == Reason.BROKEN_ARCHIVE


def test_too_many_files_are_refused(folders):
    assert refused(folders, archive({f"{n}.ts": b"" for n in range(20_001)})) == (Reason.TOO_MANY_FILES, "20001")


def test_a_damaged_archive_is_refused(folders):
    whole = archive(GOOD)

    assert refused(folders, whole[:40] + b"xxxx" + whole[44:])[0] in {Reason.BROKEN_ARCHIVE, Reason.BAD_NAME}


def test_an_encrypted_archive_is_refused(folders):
    content = bytearray(archive({"a.ts": SEGMENT}))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1

    assert refused(folders, bytes(content)) == (Reason.BROKEN_ARCHIVE, "a.ts")


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1/x.ts", "https://elsewhere.example/x.ts", "file:///etc/passwd", "//elsewhere.example/x.ts"),
        *("/media/other/x.ts", "../x.ts", "%2e%2e/x.ts", "..%2fx.ts", "part1.ts?x=1", "data:video/mp2t;base64,AA=="),
    ],
)
def test_a_playlist_that_leads_elsewhere_is_refused(folders, address):
    files = GOOD | {"film.m3u8": PLAYLIST.replace("part2.ts", address)}

    assert refused(folders, archive(files)) == (Reason.OUTSIDE, f"film.m3u8: {address}")


@pytest.mark.parametrize("attribute", ['#EXT-X-MAP:URI="{}"', '#EXT-X-MEDIA:TYPE=AUDIO,URI="{}",NAME="x"'])
def test_an_address_in_an_attribute_is_looked_at_too(folders, attribute):
    line = attribute.format("https://elsewhere.example/x.mp4")
    files = GOOD | {"film.m3u8": PLAYLIST.replace("#EXTM3U", f"#EXTM3U\n{line}")}

    assert refused(folders, archive(files))[0] == Reason.OUTSIDE


@pytest.mark.parametrize(
    "line",
    [
        "#EXT-X-MAP:URI=https://elsewhere.example/x.mp4",
        '#EXT-X-MAP: URI = "https://elsewhere.example/x.mp4"',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI=https://elsewhere.example/x.m3u8',
        '#EXT-X-MEDIA:NAME="a"URI="https://elsewhere.example/x.m3u8"',
        "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=//elsewhere.example/x.m3u8",
        "#EXT-X-START:TIME-OFFSET=0,X-URI=https://elsewhere.example/x",
        '# a comment #EXT-X-MEDIA:TYPE=AUDIO,URI="part1.ts"',
        '#ext-x-map:URI="part1.ts"',
    ],
)
def test_attributes_that_are_not_as_the_standard_has_them_are_refused(folders, line):
    files = GOOD | {"film.m3u8": PLAYLIST.replace("#EXTM3U", f"#EXTM3U\n{line}")}

    assert refused(folders, archive(files))[0] == Reason.BAD_PLAYLIST


def test_attributes_as_packers_write_them_are_taken(folders):
    lines = (
        '#EXT-X-MAP:URI="a.mp4",BYTERANGE="720@0"\n#EXT-X-START:TIME-OFFSET=-1.5, PRECISE=YES\n'
        '#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS="avc1.4d401f,mp4a.40.2",RESOLUTION=640x360\n'
    )
    files = GOOD | {"a.mp4": MP4, "film.m3u8": PLAYLIST.replace("#EXTM3U\n", f"#EXTM3U\n{lines}")}

    assert unpacked(folders, archive(files)) == "film.m3u8"


@pytest.mark.parametrize("claimed", [None, 1])
def test_a_directory_of_600_000_entries_is_not_read(folders, claimed):
    """Whatever the archive says of their number: of the directory nothing is read, and memory stays where it was."""
    content, count = long_directory(600_000), claimed
    if count is not None:
        content = content[:-14] + struct.pack("<HH", count, count) + content[-10:]
    tracemalloc.start()

    reason = refused(folders, content)[0]

    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reason == Reason.TOO_MANY_FILES
    assert highest < 4 << 20


def long_directory(entries: int) -> bytes:
    """An archive without content, of whose directory each entry is as short as can be."""
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"a"
    directory = entry * entries
    many = min(entries, 0xFFFE)
    return directory + b"PK\x05\x06" + bytes(4) + struct.pack("<HHIIH", many, many, len(directory), 0, 0)


def test_a_playlist_that_names_what_is_not_there_is_refused(folders):
    files = {"film.m3u8": PLAYLIST, "part1.ts": SEGMENT}

    assert refused(folders, archive(files)) == (Reason.MISSING_FILE, "film.m3u8: part2.ts")


@pytest.mark.parametrize(
    "line", ['#EXT-X-KEY:METHOD=AES-128,URI="part1.ts"', '#EXT-X-DEFINE:NAME="a",VALUE="b"', "#EXT-X-SKIP:SKIPPED=1"]
)
def test_a_playlist_that_asks_for_more_than_files_is_refused(folders, line):
    files = GOOD | {"film.m3u8": PLAYLIST.replace("#EXTM3U", f"#EXTM3U\n{line}")}

    assert refused(folders, archive(files)) == (Reason.BAD_PLAYLIST, f"film.m3u8: {line[1:].split(':')[0]}")


def test_a_live_stream_is_refused(folders):
    files = GOOD | {"film.m3u8": PLAYLIST.replace("#EXT-X-ENDLIST\n", "")}

    assert refused(folders, archive(files)) == (Reason.BAD_PLAYLIST, "film.m3u8: #EXT-X-ENDLIST")


def test_an_archive_without_a_playlist_is_refused(folders):
    assert refused(folders, archive({"part1.ts": SEGMENT})) == (Reason.NO_PLAYLIST, "")


def test_two_films_in_one_archive_are_refused(folders):
    assert refused(folders, archive(GOOD | {"other.m3u8": PLAYLIST})) == (
        Reason.SEVERAL_PLAYLISTS,
        "film.m3u8, other.m3u8",
    )


def test_subtitles_beside_the_film_are_joined_to_it(folders):
    beginning = unpacked(folders, archive(GOOD | {"texts/film.zh.vtt": WORDS, "en.vtt": WORDS}))

    folder = folders / "stream"
    media = '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME='
    assert beginning == "with-subtitles.m3u8"
    assert (folder / beginning).read_text().splitlines() == [
        "#EXTM3U",
        f'{media}"English",LANGUAGE="en",AUTOSELECT=NO,DEFAULT=NO,URI="subtitles-1.m3u8"',
        f'{media}"中文",LANGUAGE="zh",AUTOSELECT=NO,DEFAULT=NO,URI="subtitles-2.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=531,SUBTITLES="subtitles"',
        "film.m3u8",
    ]
    assert "#EXTINF:8.500,\ntexts/film.zh.vtt\n" in (folder / "subtitles-2.m3u8").read_text()
    assert check_package(folder) == beginning


def test_subtitles_are_joined_to_a_master_in_a_folder(folders):
    files = {"a/master.m3u8": MASTER, "a/low/film.m3u8": PLAYLIST, "zh.vtt": WORDS}
    segments = {"a/low/part1.ts": SEGMENT, "a/low/part2.ts": SEGMENT}

    beginning = unpacked(folders, archive(files | segments))

    text = (folders / "stream" / beginning).read_text()
    assert beginning == "a/with-subtitles.m3u8"
    assert '#EXT-X-STREAM-INF:BANDWIDTH=900000,SUBTITLES="subtitles"\nlow/film.m3u8\n' in text
    assert "\n../zh.vtt\n" in (folders / "stream" / "a" / "subtitles-1.m3u8").read_text()


def test_subtitles_the_package_names_itself_stay_as_they_are(folders):
    master = MASTER.replace("low/", "").replace(
        "#EXTM3U", '#EXTM3U\n#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="中文",URI="zh.m3u8"'
    )
    words = PLAYLIST.replace("part1.ts", "zh.vtt").replace("#EXTINF:2.5,\npart2.ts\n", "")

    assert unpacked(folders, archive(GOOD | {"m.m3u8": master, "zh.m3u8": words, "zh.vtt": WORDS})) == "m.m3u8"
