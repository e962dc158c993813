"""What the house is made of, written down for scanners."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from runner.machine import ROOT

VENDOR = ROOT / "static" / "vendor"


@pytest.fixture
def bill():
    """The document that the command writes."""
    written = StringIO()
    call_command("bill_of_materials", stdout=written)
    return json.loads(written.getvalue())


def locked(file: Path) -> dict[str, str]:
    """Package → version, of those that are wanted on every machine."""
    lines = re.findall(r"^([a-z0-9.-]+)==([^ ;]+) \\$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(lines)


def test_it_names_every_package_of_the_lock_in_the_version_that_is_locked(bill):
    wanted = {f"pkg:pypi/{name}@{version}" for name, version in locked(ROOT / "requirements.txt").items()}

    named = {one["purl"] for one in bill["components"]}

    assert len(wanted) > 50
    assert wanted - named == set()


def test_it_names_what_is_sent_to_browsers_with_its_licence(bill):
    files = {one["name"]: one for one in bill["components"] if one["purl"].startswith("pkg:npm/")}

    assert len(files) == len(list(VENDOR.iterdir()))
    assert {name: one["licenses"] for name, one in files.items()} == {
        "chart.js": [{"license": {"id": "MIT"}}],
        "hls.js": [{"license": {"id": "Apache-2.0"}}],
        "jsQR": [{"license": {"id": "Apache-2.0"}}],
    }


def test_it_says_who_needs_whom_and_points_at_nothing_that_is_not_there(bill):
    refs = [one["bom-ref"] for one in bill["components"]]
    needs = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    django = next(ref for ref in refs if ref.startswith("pkg:pypi/django@"))

    assert len(refs) == len(set(refs))
    assert set(needs) == {*refs, bill["metadata"]["component"]["bom-ref"]}
    assert {one for some in needs.values() for one in some} <= set(refs)
    assert any(one.startswith("pkg:pypi/asgiref@") for one in needs[django])


def test_it_says_that_it_is_one_of_cyclonedx_and_of_this_house(bill):
    house = bill["metadata"]["component"]

    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    assert (house["type"], house["name"]) == ("application", "cinema")
    assert all(one["name"] and one["version"] for one in bill["components"])
    assert str(settings.BASE_DIR) not in json.dumps(bill)
