"""``python3 run.py prove``: the long proofs. They themselves stand in ``proofs/``, which says how to add one."""

import os
import subprocess
import tempfile
from pathlib import Path

from runner.checks import compiled_once
from runner.machine import ROOT, ready_environment


def prove(arguments: list[str]) -> int:
    """Run the proofs that are named, or all, inside the virtual environment; answer the exit code."""
    python = ready_environment("requirements-dev.txt")
    with tempfile.TemporaryDirectory(prefix="cinema-proofs-") as scratch:
        environment = {**os.environ, **compiled_once(Path(scratch)), "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [str(python), "-m", "proofs", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
