"""How far apart do two players run? Two Chromium processes in one watch party, one behind a long line.

    python bench/sync_drift.py                     the product's loop at 0, 120 and 300 ms round trip
    python bench/sync_drift.py --loops             beside it two loops of the kind other players have
    python bench/sync_drift.py --round-trips 120   one line only

Measured from outside the loop: every 20 ms each page notes its video's position and the machine's clock, and what is
compared is where the two stood at the same moment. Paused, the frame number is read from the picture itself.
"""

import argparse
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from bisect import bisect_left
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.delay_proxy import DelayProxy  # noqa: E402

LOOPS = {"product": None, "seek-only at 1 s": "seek-only.js", "±4 % beyond 350 ms": "nudge-350.js"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
SAMPLER = """() => {
  const video = document.querySelector("[data-watch] video");
  window.samples = [];
  const now = () => performance.timeOrigin + performance.now();
  setInterval(() => window.samples.push(
    [now(), video.currentTime, video.paused, video.playbackRate, video.readyState]), 20);
}"""
FRAME = """() => {
  const video = document.querySelector("[data-watch] video");
  const canvas = document.createElement("canvas");
  canvas.width = 640; canvas.height = 360;
  const paint = canvas.getContext("2d");
  paint.drawImage(video, 0, 0, 640, 360);
  let number = 0;
  for (let place = 0; place < 12; place++) {
    number = number * 2 + (paint.getImageData(place * 53 + 26, 330, 1, 1).data[0] > 127 ? 1 : 0);
  }
  return number;
}"""
PREPARE = """
import json
from django.test import Client
from django.utils import timezone
from accounts.models import User
from catalog.models import Movie
from social.rooms import start_party
people = [User.objects.create_user(f"viewer{n}", f"viewer{n}@example.com", "x") for n in range(3)]
stream = "/static/demo/stream/master.m3u8"
movie = Movie.objects.create(title="Leader", duration=2, status="released", stream_url=stream)
party = start_party(host=people[0], movie=movie, control="host", wait="off", now=timezone.now())
keys = []
for person in people:
    client = Client()
    client.force_login(person)
    keys.append(client.session.session_key)
print(json.dumps({"code": party.code, "sessions": keys}))
"""


@dataclass
class Track:
    """What one page noted: clock, position, paused, rate, readiness."""

    samples: list[list] = field(default_factory=list)

    def position(self, at: float) -> float | None:
        """Where the video stood at a moment, between two notes."""
        index = bisect_left(self.samples, at, key=lambda sample: sample[0])
        if index in (0, len(self.samples)):
            return None
        (t0, p0, *_), (t1, p1, *_) = self.samples[index - 1], self.samples[index]
        return p0 + (p1 - p0) * (at - t0) / (t1 - t0) if t1 > t0 else p1


def drift(one: Track, other: Track, since: float, until: float) -> list[tuple[float, float]]:
    """How far apart the two stood, every 20 ms: moment and milliseconds."""
    found = []
    at = since
    while at < until:
        a, b = one.position(at), other.position(at)
        if a is not None and b is not None:
            found.append((at, abs(a - b) * 1000))
        at += 20
    return found


def settled_after(drifts: list[tuple[float, float]], since: float, within: float) -> float | None:
    """Seconds from ``since`` until the two were within so many milliseconds and stayed there."""
    beyond = [at for at, apart in drifts if apart > within]
    if not drifts or (beyond and beyond[-1] >= drifts[-1][0] - 100):
        return None
    return max(0.0, ((beyond[-1] if beyond else since) - since) / 1000)


def clock() -> float:
    """The machine's clock in milliseconds."""
    return time.time() * 1000


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server():
    """The product on a database of its own; answers port, invitation code and the viewers' session keys."""
    with tempfile.TemporaryDirectory(prefix="drift-") as folder:
        port = free_port()
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/drift.sqlite3",
            "VAR_DIR": folder,
            "DEBUG": "on",
            "REDIS_URL": "",
            "LOG_LEVEL": "ERROR",
            "SECRET_KEY": "only-for-this-measurement-only-for-this-measurement",
        }
        run = {"cwd": ROOT, "env": environment}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, **run)
        made = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", PREPARE],
            check=True,
            capture_output=True,
            text=True,
            **run,
        )
        command = [sys.executable, "-m", "uvicorn", "cinema.asgi:application", "--port", str(port)]
        process = subprocess.Popen([*command, "--ws", "websockets-sansio", "--log-level", "error"], **run)
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
                    break
                except OSError:
                    time.sleep(0.1)
            facts = json.loads(made.stdout.strip().splitlines()[-1])
            yield port, facts["code"], facts["sessions"]
        finally:
            process.terminate()
            process.wait(10)


class Viewer:
    """One Chromium process with the party's page open."""

    def __init__(self, play, chromium: str, port: int, code: str, session: str, loop: str | None) -> None:
        self.browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        context = self.browser.new_context(viewport={"width": 900, "height": 700})
        context.add_cookies([{"name": "sessionid", "value": session, "url": f"http://127.0.0.1:{port}"}])
        self.page: Page = context.new_page()
        if loop is not None:
            own = (ROOT / "static/js/sync-control.js").read_text()
            other = (ROOT / "bench/loops" / loop).read_text()
            script = {"content_type": "text/javascript"}
            self.page.route("**/sync-control-own.js", lambda route: route.fulfill(body=own, **script))
            self.page.route("**/sync-control.js", lambda route: route.fulfill(body=other, **script))
        self.page.goto(f"http://127.0.0.1:{port}/watch/{code}/", wait_until="domcontentloaded")
        self.page.evaluate(SAMPLER)
        self._until("document.querySelector('[data-watch] video').readyState >= 3")
        self._until("document.querySelector('[data-watch]').watch?.clock() != null")

    def _until(self, script: str) -> None:
        # Not wait_for_function: the site's content security policy rightly forbids what it does.
        for _ in range(300):
            if self.page.evaluate(script):
                return
            time.sleep(0.1)
        raise TimeoutError(script)

    def wish(self, selector_or_script: str) -> float:
        """Do something on the page; answers when."""
        at = clock()
        self.page.evaluate(selector_or_script)
        return at

    def track(self) -> Track:
        """What the page has noted."""
        return Track(self.page.evaluate("window.samples"))

    def frame(self) -> int:
        """The number of the frame on the screen."""
        return self.page.evaluate(FRAME)


TOGGLE = "document.querySelector('[data-watch-toggle]').click()"
SEEK = """(() => { const s = document.querySelector('[data-watch-seek]'); s.value = %s;
  s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change')); })()"""


def measure(round_trip: float, jitter: float, loop: str | None, chromium: str, late: bool = True) -> dict:
    """One run: start, steady, seek, pause, kick, late joiner. Milliseconds and seconds by name."""
    with ExitStack() as stack:
        play = stack.enter_context(sync_playwright())
        port, code, sessions = stack.enter_context(server())
        far = stack.enter_context(DelayProxy(port, round_trip, jitter)).port if round_trip else port
        host = Viewer(play, chromium, port, code, sessions[0], loop)
        guest = Viewer(play, chromium, far, code, sessions[1], loop)
        time.sleep(2)
        host.wish(TOGGLE)
        started = clock()
        time.sleep(18)
        sought = host.wish(SEEK % 60)
        time.sleep(6)
        seek_end = clock()
        host.wish(TOGGLE)
        time.sleep(2.5)
        frames = [host.frame(), guest.frame()]
        host.wish(TOGGLE)
        time.sleep(8)
        kicked = guest.wish("document.querySelector('[data-watch] video').currentTime += 0.5")
        time.sleep(7)
        kick_end = clock()
        joiner = Viewer(play, chromium, port, code, sessions[2], loop) if late else None
        time.sleep(6)
        tracks = [viewer.track() for viewer in (host, guest, joiner) if viewer]
        for viewer in (host, guest, joiner):
            if viewer:
                viewer.browser.close()
    a, b = tracks[:2]
    steady = [apart for _at, apart in drift(a, b, started + 6000, sought - 200)]
    ordered = sorted(steady)
    result = {
        "steady_median_ms": round(statistics.median(steady), 1),
        "steady_p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
        "seek_s": settled_after(drift(a, b, sought, seek_end), sought, 50),
        "paused_frames": abs(frames[0] - frames[1]),
        "kick_s": settled_after(drift(a, b, kicked, kick_end), kicked, 50),
        "most_rate_percent": round(max(abs(s[3] - 1) for track in tracks for s in track.samples) * 100, 1),
    }
    if late:
        c = tracks[2]
        has_data = next(s[0] for s in c.samples if s[4] >= 3)
        result["late_s"] = settled_after(drift(a, c, has_data, c.samples[-1][0] - 100), has_data, 100)
        result["room_stopped"] = any(s[2] for s in a.samples if s[0] > has_data)
    return result


def main() -> None:
    """Print the table."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--round-trips", default="0,120,300", help="milliseconds, separated by commas")
    words.add_argument("--jitter", type=float, default=40, help="give or take, in milliseconds, on lines that are long")
    words.add_argument("--loops", action="store_true", help="measure the other loops as well")
    words.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome") or "")
    chosen = words.parse_args()
    random.seed(1)
    print(
        "| loop | round trip | steady median | steady p95 | within 50 ms after a seek | paused apart"
        " | 0.5 s kick healed | late joiner within 100 ms | room stopped | rate off by at most |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, script in LOOPS.items() if chosen.loops else [("product", None)]:
        for trip in map(float, chosen.round_trips.split(",")):
            found = measure(trip, chosen.jitter if trip else 0.0, script, chosen.chromium)
            line = f"{trip:.0f} ms" + (f" ± {chosen.jitter:.0f}" if trip else "")
            cells = [
                name,
                line,
                f"{found['steady_median_ms']} ms",
                f"{found['steady_p95_ms']} ms",
                seconds(found["seek_s"]),
            ]
            cells += [f"{found['paused_frames']} frames", seconds(found["kick_s"]), seconds(found["late_s"])]
            cells += ["yes" if found["room_stopped"] else "no", f"{found['most_rate_percent']} %"]
            print("| " + " | ".join(cells) + " |", flush=True)


def seconds(value: float | None) -> str:
    """A duration, or that it never came."""
    return "never" if value is None else f"{value:.2f} s"


if __name__ == "__main__":
    main()
