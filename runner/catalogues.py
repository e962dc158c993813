"""Are the message catalogues complete? Extracts every text anew in a copy of the project and compares.

Needs gettext. Run inside the virtual environment: ``python -m runner.catalogues``.
"""

import ast
import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from runner.machine import ROOT

LOCALES = Path("cinema", "locale")
LEFT_OUT = shutil.ignore_patterns(".*", "var", "media", "staticfiles", "node_modules", "vendor", "__pycache__", "docs")


@dataclass
class Message:
    """One entry of a catalogue."""

    texts: dict[str, str] = field(default_factory=dict)
    fuzzy: bool = False

    @property
    def name(self) -> str:
        """What tells it from the others, as it is written in the source."""
        return self.texts.get("msgid", "")

    @property
    def translated(self) -> bool:
        """Whether every form of it has a translation."""
        return all(text for key, text in self.texts.items() if key.startswith("msgstr"))


def read_catalogue(text: str) -> list[Message]:
    """The living entries of a .po file, without its header and what has fallen out of use."""
    found = []
    for block in re.split(r"\n\s*\n", text):
        message, key = Message(), ""
        for line in block.splitlines():
            if line.startswith("#,") and "fuzzy" in line:
                message.fuzzy = True
            elif begun := re.match(r'(msg\w+(?:\[\d+\])?) (".*")$', line):
                key = begun[1]
                message.texts[key] = ast.literal_eval(begun[2])
            elif line.startswith('"') and key:
                message.texts[key] += ast.literal_eval(line)
        if message.name:
            found.append(message)
    return found


def complaints(before: str, extracted: str, where: str) -> list[str]:
    """What is wrong with a catalogue, given it as it stands and as a new extraction leaves it."""
    known = {message.name: message for message in read_catalogue(before)}
    found = []
    for message in read_catalogue(extracted):
        short = message.name if len(message.name) <= 70 else message.name[:67] + "..."
        if message.name not in known:
            found.append(f"{where}: missing: {short!r}")
        elif message.fuzzy or known[message.name].fuzzy:
            found.append(f"{where}: fuzzy: {short!r}")
        elif not message.translated:
            found.append(f"{where}: empty: {short!r}")
    return found


def compiled_in_step(catalogue: Path) -> bool:
    """Whether the .mo beside a .po says the same."""
    compiled = catalogue.with_suffix(".mo")
    if not compiled.is_file():
        return False
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder, "fresh.mo")
        subprocess.run(["msgfmt", "--check-format", "-o", fresh, catalogue], check=True, capture_output=True)
        with fresh.open("rb") as new, compiled.open("rb") as old:
            return told(gettext.GNUTranslations(new)) == told(gettext.GNUTranslations(old))


def told(translations: gettext.GNUTranslations) -> dict[object, str]:
    """What a compiled catalogue says, without its header."""
    return {key: text for key, text in translations._catalog.items() if key != ""}  # type: ignore[attr-defined]


def extract(copy: Path, domain: str, locale: str) -> None:
    """Let Django gather every text of the copy into the copy's own catalogue."""
    command = [sys.executable, "manage.py", "makemessages", "-l", locale, "-d", domain, "--no-location", "--no-wrap"]
    environment = {**os.environ, "VAR_DIR": str(copy / "var"), "DATABASE_URL": ""}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"makemessages failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    """Say what is missing, fuzzy, empty or not compiled; answer 1 if anything is."""
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "cinema-copy")
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        for catalogue in sorted((ROOT / LOCALES).glob("*/LC_MESSAGES/*.po")):
            where = catalogue.relative_to(ROOT)
            extract(copy, catalogue.stem, catalogue.parts[-3])
            found += complaints(catalogue.read_text(), (copy / where).read_text(), str(where))
            if not compiled_in_step(catalogue):
                found.append(f"{where.with_suffix('.mo')} is out of step: run `make messages`")
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
