"""docs/api.md, step by step as printed, against a real server with the demo cinema."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once  # its calls are made on both by tests/wire
DOCUMENT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
HERE = "http://127.0.0.1:8000"


def printed(language):
    """All blocks of code in that language, in order, as one script."""
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL))


@pytest.fixture(scope="module")
def cinema(serve):
    """The address of a server with the demo cinema."""
    return serve(demo=True)


@pytest.mark.parametrize("language", ["sh", "python"])
def test_every_step_works_as_printed(cinema, language):
    script = printed(language).replace(HERE, cinema.url)
    command = ["bash", "-e", "-u", "-c", script] if language == "sh" else [sys.executable, "-c", script]

    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    *_rest, last = done.stdout.strip().splitlines()
    assert "paid" in last
    assert len(re.findall(r"'[2-9A-Z]{16}'", last)) == 2
