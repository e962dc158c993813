"""How a document's call is written down, and how an answer is held against the document's sample."""

import re
from dataclasses import dataclass, field
from typing import Any

MOMENTS = [r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", r"\d{4}-\d\d-\d\d"]
SAID = {"status", "code", "message"}  # of an envelope: to the letter, where the sample has a value


@dataclass(frozen=True)
class Call:
    """One call. ``section`` is the document's number of it, or empty for what the document takes to be there.

    ``{names}`` in the path and whole values ``"{name}"`` in query and body are filled with what earlier calls kept:
    ``keep`` names a value of the answer by its keys. ``by`` is whose token is sent. ``answer`` is the sample.
    """

    section: str
    request: str
    body: dict[str, Any] | None = None
    query: dict[str, Any] | None = None
    by: str = ""
    answer: Any = None
    keep: dict[str, tuple[str | int, ...]] = field(default_factory=dict)
    may_be_empty: bool = False

    def __str__(self) -> str:
        return f"{self.section or 'before'} {self.request}"


def filled(what: Any, known: dict[str, Any]) -> Any:
    """A path, query or body with what is known put into its places."""
    if isinstance(what, dict):
        return {key: filled(value, known) for key, value in what.items()}
    if isinstance(what, list):
        return [filled(value, known) for value in what]
    if isinstance(what, str) and re.fullmatch(r"\{[\w ]+\}", what):
        return known[what[1:-1]]
    return what


def differences(answer: Any, sample: Any, at: str = "answer") -> list[str]:
    """Where an answer lacks a name of the sample or has another type; more names may be there.

    A sample that is a type stands for any value of it; of a list, every row must be like the sample's first.
    """
    if isinstance(sample, type):
        return [] if type(answer) is sample else [f"{at} is {answer!r}, no {sample.__name__}"]
    if isinstance(sample, dict):
        if not isinstance(answer, dict):
            return [f"{at} is {answer!r}, no object"]
        missing = [f"{at} has no {key}" for key in sample if key not in answer]
        return missing + [
            line
            for key, value in sample.items()
            if key in answer
            for line in differences_of(answer[key], value, f"{at}.{key}", exact=at == "answer" and key in SAID)
        ]
    if isinstance(sample, list):
        if not isinstance(answer, list):
            return [f"{at} is {answer!r}, no list"]
        return [line for n, row in enumerate(answer) for line in differences(row, sample[0], f"{at}[{n}]")]
    return differences_of(answer, sample, at, exact=False)


def differences_of(answer: Any, sample: Any, at: str, *, exact: bool) -> list[str]:
    """The same for a value by itself."""
    if isinstance(sample, dict | list | type):
        return differences(answer, sample, at)
    if exact or sample is None:
        return [] if answer == sample else [f"{at} is {answer!r}, not {sample!r}"]
    if isinstance(sample, float):
        fine = isinstance(answer, int | float) and not isinstance(answer, bool)
    else:
        fine = type(answer) is type(sample)
    if fine and isinstance(sample, str):
        fine = all(re.fullmatch(moment, answer) for moment in MOMENTS if re.fullmatch(moment, sample))
    return [] if fine else [f"{at} is {answer!r}, not like {sample!r}"]


def empty_lists(answer: Any, sample: Any, at: str = "answer") -> list[str]:
    """Which lists of the sample came without a row, so that nothing was compared."""
    if isinstance(sample, list):
        return [] if answer else [f"{at} is empty"]
    if not isinstance(sample, dict) or not isinstance(answer, dict):
        return []
    return [line for key in sample if key in answer for line in empty_lists(answer[key], sample[key], f"{at}.{key}")]
