"""The player's control loop, tested in virtual time by node."""

import subprocess
from pathlib import Path

import pytest

from tests.machine import need

TESTS = Path(__file__).parent / "js"


@pytest.mark.sqlite
def test_the_control_loop_keeps_its_promises_in_virtual_time():
    result = subprocess.run(
        [need("node"), "--test", *map(str, sorted(TESTS.glob("*.test.mjs")))],
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert (result.returncode, result.stdout if result.returncode else "") == (0, "")
