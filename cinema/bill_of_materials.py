"""What this house is made of: every installed package and every third-party file for browsers, as CycloneDX has it.

Read from what is installed, not from what was asked for. With it a scanner of the operator's own, which has advisories,
says what is to be updated: ``docs/security.md`` names one.
"""

import re
import tomllib
import uuid
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SPEC_VERSION = "1.6"
# "hls.js 1.7.4 …, Apache-2.0": how each folder of static/vendor says what it holds.
ABOUT = re.compile(r"(\S+) (\d[\d.]*\d)\b.*?\b(MIT|Apache-2\.0|BSD-\d-Clause|ISC)\b", re.DOTALL)
MAX_LICENSE_NAME = 80  # beyond it is no name: some packages put the whole text there


def bill_of_materials(*, root: Path, now: datetime) -> dict[str, Any]:
    """The document; ``root`` is the project's folder."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = {canonicalize_name(found.metadata["Name"]): found for found in metadata.distributions()}
    house = {"type": "application", "bom-ref": project["name"], "name": project["name"], "version": project["version"]}
    browser_files = list(_browser_files(root / "static" / "vendor"))
    components = [_package(found) for _name, found in sorted(packages.items())] + browser_files
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC_VERSION,
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {"timestamp": now.isoformat(timespec="seconds"), "component": house},
        "components": components,
        "dependencies": [
            {"ref": project["name"], "dependsOn": [one["bom-ref"] for one in components]},
            *({"ref": _purl(found), "dependsOn": sorted(_needs(found, packages))} for found in packages.values()),
            *({"ref": one["bom-ref"], "dependsOn": []} for one in browser_files),
        ],
    }


def _package(found: metadata.Distribution) -> dict[str, Any]:
    component = {"type": "library", "bom-ref": _purl(found), "name": found.metadata["Name"], "version": found.version}
    component |= {"purl": _purl(found), "description": _said(found, "Summary")}
    licences = list(_licences(found))
    return component | ({"licenses": licences} if licences else {})


def _purl(found: metadata.Distribution) -> str:
    return f"pkg:pypi/{canonicalize_name(found.metadata['Name'])}@{found.version}"


def _licences(found: metadata.Distribution) -> Iterator[dict[str, Any]]:
    """An SPDX expression where the package has one, else the names it gives itself."""
    if expression := _said(found, "License-Expression"):
        yield {"expression": expression}
        return
    names = [
        one.split(" :: ")[-1] for one in found.metadata.get_all("Classifier") or () if one.startswith("License ::")
    ]
    written = _said(found, "License")
    if not names and written and len(written) <= MAX_LICENSE_NAME and "\n" not in written:
        names = [written]
    yield from ({"license": {"name": name}} for name in names)


def _said(found: metadata.Distribution, name: str) -> str:
    return found.metadata[name].strip() if name in found.metadata else ""


def _needs(found: metadata.Distribution, packages: dict[Any, metadata.Distribution]) -> Iterator[str]:
    """What of the installed it asks for here; what belongs to an extra nobody chose may be installed for another."""
    for text in found.requires or ():
        wanted = Requirement(text)
        needed = packages.get(canonicalize_name(wanted.name))
        if needed is not None and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            yield _purl(needed)


def _browser_files(folder: Path) -> Iterator[dict[str, Any]]:
    for one in sorted(folder.iterdir()):
        about = (one / "VERSION").read_text(encoding="utf-8")
        name, version, licence = ABOUT.match(about).groups()  # type: ignore[union-attr]
        purl = f"pkg:npm/{name.lower()}@{version}"
        component = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
        yield component | {"licenses": [{"license": {"id": licence}}]}
