"""Lighthouse, at the production shape: every page a customer meets, on a phone and on a desk, is without a fault it
knows of (accessibility, practices, search engines) and quick (performance at least 90).
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from proofs._house import production
from proofs.trial import CouldNotLook, NotProved, Trial
from runner.machine import ROOT
from runner.servers import find_chromium

LOCKED = ROOT / "proofs" / "lighthouse_npm"
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
# The least score of each. Performance is of a machine that does nothing else; a sample doesn't judge it.
LEAST = {"accessibility": 100, "best-practices": 100, "seo": 100, "performance": 90}
NOT_OURS = ("is-on-https", "redirects-http")  # the proof's own address has no certificate
TRIES = 3  # Lighthouse loses sight of a page now and then ("Please run Lighthouse again")
UNLISTED = {"log-in", "seats"}  # pages that ask search engines to stay away


@dataclass(frozen=True)
class Look:
    """One page on one kind of screen."""

    page: str
    address: str
    screen: str


def prove(trial: Trial) -> str:
    """Every page twice; a sample looks at the home page alone."""
    chromium = find_chromium()
    if not chromium or not shutil.which("npm"):
        raise NotProved("It needs Chromium and npm: sudo apt install chromium nodejs npm")
    with tempfile.TemporaryDirectory(prefix="cinema-lighthouse-") as folder, ThreadPoolExecutor(1) as beside:
        installing = beside.submit(installed, Path(folder))  # while the house is made ready
        with production() as house:
            program = installing.result()
            pages = {"home": "/", **({} if trial.sample else found_pages(house))}
            looks = [
                Look(page, f"{house.url}{path}", screen)
                for page, path in pages.items()
                for screen in (["mobile"] if trial.sample else ["mobile", "desktop"])
            ]
            scores = {look: scores_of(look, program, chromium, Path(folder)) for look in looks}
    judged = [kind for kind in LEAST if not (trial.sample and kind == "performance")]
    trial.fail_if(
        f"{look.page} on {look.screen}: {kind} {scores[look][kind]}, wanted {LEAST[kind]}"
        for look in looks
        for kind in judged
        if scores[look][kind] < LEAST[kind]
    )
    least = {kind: min(scores[look][kind] for look in looks) for kind in LEAST}
    return f"{len(pages)} pages, {len(looks)} looks; the least: " + ", ".join(f"{k} {v}" for k, v in least.items())


def installed(folder: Path) -> Path:
    """Lighthouse in the versions of the lock file; its program."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCKED / name, folder)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CouldNotLook(f"npm could not install Lighthouse: {done.stderr.strip()[-300:]}")
    return folder / "node_modules" / "lighthouse" / "cli" / "index.js"


def found_pages(house) -> dict[str, str]:
    """The addresses of the pages, found as a customer would."""
    _status, home = house.get("/films/")
    film = re.search(r'href="(/films/\d+/)', home)
    if film is None:
        raise NotProved("The list of films names no film.")
    _status, page = house.get(film[1])
    seats = re.search(r'href="(/showtimes/\d+/)', page)
    found = {"home in English": "/en/", "films": "/films/", "film": film[1], "log-in": "/account/login/"}
    return {**found, "seats": seats[1]} if seats else found


def scores_of(look: Look, program: Path, chromium: str, folder: Path) -> dict[str, int]:
    """What Lighthouse says of a page, in points of a hundred."""
    report = folder / "report.json"
    command = ["node", str(program), look.address, "--quiet", "--output=json", f"--output-path={report}"]
    command += [
        f"--chrome-flags={FLAGS}",
        f"--only-categories={','.join(LEAST)}",
        f"--skip-audits={','.join([*NOT_OURS, *(['is-crawlable'] if look.page in UNLISTED else [])])}",
    ]
    command += ["--preset=desktop"] if look.screen == "desktop" else []
    environment = {**os.environ, "CHROME_PATH": chromium}
    for _try in range(TRIES):
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if not done.returncode:
            break
    else:
        raise CouldNotLook(f"Lighthouse broke down on {look.page}: {done.stderr.strip()[-300:]}")
    told = json.loads(report.read_text())
    scores = {kind: round(100 * (told["categories"][kind]["score"] or 0)) for kind in LEAST}
    print(f"{look.page}, {look.screen}: {scores}", *faults_of(told), sep="\n  ", flush=True)
    return scores


def faults_of(told: dict) -> list[str]:
    """The audits that cost points, but for those of speed."""
    kinds = [kind for kind in LEAST if kind != "performance"]
    weighed = {part["id"] for kind in kinds for part in told["categories"][kind]["auditRefs"] if part["weight"]}
    audits = [told["audits"][name] for name in sorted(weighed)]
    return [f"{audit['id']}: {audit['title']}" for audit in audits if audit["score"] not in (None, 1)]
