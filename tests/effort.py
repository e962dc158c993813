"""How many examples a property is tried with."""

import os


def examples(count: int) -> int:
    """So many at every run, and ``EXAMPLES_TIMES`` as many when `run.py prove fuzz` says so."""
    return count * int(os.environ.get("EXAMPLES_TIMES", "1"))
