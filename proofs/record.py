"""The kept results: one line a proof in ``docs/proofs.md``, the newest in place of the one before."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from runner.machine import ROOT

FILE = ROOT / "docs" / "proofs.md"
HEAD = """\
# Proofs

What takes too long to be shown at every change is shown by `python3 run.py prove`; its newest result stands here. The
tests of every run and of CI do a little of each. How to add one is written in `proofs/__init__.py`, what each shows at
the head of its file. "Share" is how much of the full length was run. A `+` behind the commit: with changes not
committed yet.

| proof | result | share | seed | took | date | commit |
|---|---|--:|--:|--:|---|---|
"""


@dataclass(frozen=True)
class Result:
    """What came of a proof, when and of which commit."""

    name: str
    sentence: str
    share: float
    seed: int
    seconds: float
    date: str

    def row(self) -> str:
        """Its line of the table."""
        took = f"{self.seconds / 60:.0f} min" if self.seconds >= 120 else f"{self.seconds:.0f} s"
        sentence = re.sub(r"\s+", " ", self.sentence.replace("|", "/")).strip()
        share = f"{self.share:.0%}" if self.share >= 0.01 else f"{self.share:.1%}"
        return f"| {self.name} | {sentence} | {share} | {self.seed} | {took} | {self.date} | {commit()} |"


def commit() -> str:
    """The commit this is, with a plus where files differ from it."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/proofs.md")
    return (git("rev-parse", "--short=10", "HEAD") or "unknown") + ("+" if changed else "")


def keep(result: Result, file: Path = FILE) -> None:
    """Write a result into the table, in the order of names."""
    before = file.read_text().splitlines() if file.is_file() else []
    rows = {line.split("|")[1].strip(): line for line in before if re.match(r"\| [\w-]+ \|", line)}
    rows.pop("proof", None)
    rows[result.name] = result.row()
    file.write_text(HEAD + "".join(f"{rows[name]}\n" for name in sorted(rows)))
