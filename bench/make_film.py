"""Makes the demo film: a leader of two minutes as an HLS stream with subtitles, frames counted to read and to measure.

    python bench/make_film.py          writes static/demo/stream/ (needs ffmpeg and the DejaVu fonts)

The row of boxes at the bottom is the number of the frame in binary, most significant bit first, so that a picture of
the screen tells which frame it shows. Every second begins with a flash and a beep, as a leader's "two-pop" does.
"""

import subprocess
from pathlib import Path

SECONDS, RATE, WIDTH, HEIGHT, BITS = 120, 25, 640, 360, 12
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf"
CUES = (2, 12, 24, 36, 48, 60, 75, 90, 105)
WORDS = {
    "zh": (
        "中文",
        (
            *("灯光渐暗。", "请把手机调成静音。", "这是一段放映前的倒计时。", "每一秒都会闪一下，响一声。"),
            *("无论你坐在哪里，", "看到的都是同一格画面。", "有人掉队，就等一等他。", "后半段别剧透。", "好戏开场！"),
        ),
    ),
    "en": (
        "English",
        (
            *("The lights go down.", "Please mute your phone.", "This is a leader, counting up."),
            *("Every second has its flash and its beep.", "Wherever you sit,", "you see the very same frame."),
            *("Whoever falls behind is waited for.", "No spoilers for the second half.", "Here comes the film!"),
        ),
    ),
}
FOLDER = Path(__file__).resolve().parent.parent / "static" / "demo" / "stream"


def picture() -> str:
    """The filters that draw one frame."""
    box = WIDTH // BITS
    filters = [
        f"drawbox=x=0:y=0:w={WIDTH}:h={HEIGHT}:color=0x16363a:t=fill",
        f"drawbox=x=0:y=149:w={WIDTH}:h=2:color=0xf4efe9:t=fill",
        f"drawbox=x={WIDTH // 2 - 1}:y=40:w=2:h=220:color=0xf4efe9:t=fill",
        f"drawbox=x=0:y=0:w={WIDTH}:h=12:color=0xff7a5c:t=fill:enable='lt(mod(n\\,{RATE})\\,2)'",
        text("%{eif\\:floor(t)\\:d}", 120, "(w-tw)/2", "150-th/2"),
        text("%{pts\\:hms}", 22, "16", "270"),
        text("frame %{eif\\:n\\:d\\:5}", 22, "w-tw-16", "270"),
        f"drawbox=x=0:y=300:w={WIDTH}:h=60:color=black:t=fill",
    ]
    for step in range(RATE):
        # The sweep: once across a second.
        filters.insert(
            1,
            f"drawbox=x={step * WIDTH // RATE}:y=40:w={WIDTH // RATE}:h=220:color=0x2f6f73:t=fill"
            f":enable='eq(mod(n\\,{RATE})\\,{step})'",
        )
    for bit in range(BITS):
        place = BITS - 1 - bit
        filters.append(
            f"drawbox=x={place * box + 4}:y=306:w={box - 8}:h=48:color=white:t=fill:enable='mod(floor(n/{2**bit})\\,2)'"
        )
    return ",".join(filters)


def text(words: str, size: int, x: str, y: str) -> str:
    """A line of type."""
    return f"drawtext=fontfile={FONT}:text='{words}':fontsize={size}:fontcolor=0xf4efe9:x={x}:y={y}"


def main() -> None:
    """Write the playlist and the film beside it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    beep = f"sine=frequency=1000:beep_factor=1:sample_rate=44100:duration={SECONDS}"
    command = [
        *("ffmpeg", "-v", "error", "-y"),
        *("-f", "lavfi", "-i", f"color=size={WIDTH}x{HEIGHT}:rate={RATE}:duration={SECONDS}"),
        *("-f", "lavfi", "-i", beep),
        *("-vf", picture(), "-af", "volume='if(lt(mod(t,1),0.08),0.5,0)':eval=frame"),
        *("-c:v", "libx264", "-preset", "veryslow", "-crf", "30", "-pix_fmt", "yuv420p", "-tune", "animation"),
        *("-g", str(RATE), "-keyint_min", str(RATE), "-sc_threshold", "0", "-bf", "0"),
        *("-c:a", "aac", "-b:a", "40k", "-ac", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
        *("-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"),
        *("-hls_flags", "single_file", "-hls_segment_filename", str(FOLDER / "film.mp4"), str(FOLDER / "film.m3u8")),
    ]
    subprocess.run(command, check=True)
    write_words()


def write_words() -> None:
    """The subtitles in both languages, and the first playlist, which leads to film and words."""
    told = ["#EXTM3U", "#EXT-X-VERSION:7"]
    for code, (label, lines) in WORDS.items():
        cues = [f"{clock(at)} --> {clock(at + 5)}\n{line}\n" for at, line in zip(CUES, lines, strict=True)]
        (FOLDER / f"{code}.vtt").write_text("\n".join(["WEBVTT\n", *cues]), "utf-8")
        head = f"#EXTM3U\n#EXT-X-TARGETDURATION:{SECONDS}\n#EXT-X-PLAYLIST-TYPE:VOD\n"
        text = f"{head}#EXTINF:{SECONDS}.0,\n{code}.vtt\n#EXT-X-ENDLIST\n"
        (FOLDER / f"{code}.m3u8").write_text(text, "utf-8")
        named = f'TYPE=SUBTITLES,GROUP-ID="words",NAME="{label}",LANGUAGE="{code}",AUTOSELECT=NO,DEFAULT=NO'
        told.append(f'#EXT-X-MEDIA:{named},URI="{code}.m3u8"')
    bandwidth = (FOLDER / "film.mp4").stat().st_size * 8 // SECONDS
    told += [f'#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},RESOLUTION={WIDTH}x{HEIGHT},SUBTITLES="words"', "film.m3u8", ""]
    (FOLDER / "master.m3u8").write_text("\n".join(told), "utf-8")


def clock(seconds: int) -> str:
    """A moment as WebVTT writes it."""
    return f"{seconds // 60:02}:{seconds % 60:02}.000"


if __name__ == "__main__":
    main()
