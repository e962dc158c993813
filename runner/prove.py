"""``python3 run.py prove``: the long proofs. They themselves stand in ``proofs/``, which says how to add one."""

import os
import subprocess

from runner.machine import ROOT, ready_environment


def prove(arguments: list[str]) -> int:
    """Run the proofs that are named, or all, inside the virtual environment; answer the exit code."""
    python = ready_environment("requirements-dev.txt")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.run([str(python), "-m", "proofs", *arguments], cwd=ROOT, env=environment, check=False).returncode
