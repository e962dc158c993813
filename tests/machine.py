"""What this machine has, and what happens where it lacks something."""

import os

import pytest

from runner.checks import TOOLS, how_to_get


def need(tool: str) -> str:
    """Where ``tool`` (a key of ``runner.checks.TOOLS``) is found. Without it: a skip, or a failure where CI is set."""
    find, _ = TOOLS[tool]
    if found := find():
        return str(found)
    sentence = f"needs {tool}. {how_to_get([tool])}"
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(sentence)
    pytest.skip(sentence)
