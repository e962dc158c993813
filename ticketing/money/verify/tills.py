"""Shifts, cash movements, closed days and filed returns against what the journal says of them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from ticketing.journal import JournalEntry, Kind, plain
from ticketing.money.attesting_tills import KINDS
from ticketing.money.till_models import CashMovement, Shift

Row = dict[str, Any]
SHIFT = [
    "clerk_id", "opened_at", "float_amount", "currency", "closed_at", "closed_by_id", "expected_amount",
    "counted_amount", "note", "z_number", "figures", "till__code",
]  # fmt: skip
MOVEMENT = ["shift_id", "kind", "amount", "currency", "reason", "by_id", "at", "key"]
OF_SHIFTS = [Kind.SHIFT_OPENED, Kind.COUNT, *KINDS.values()]
WORDS = {kind: word for word, kind in KINDS.items()}


def compare_tills(begin: datetime | None) -> Iterator[str]:
    """All shifts, or only those in which something happened since."""
    shifts, movements, again = _expected(begin)
    yield from again
    yield from differences("Shift", shifts, _rows(Shift, shifts, begin, "opened_at", SHIFT))
    yield from differences("Cash movement", movements, _rows(CashMovement, movements, begin, "at", MOVEMENT))


def differences(what: str, wanted: Mapping[int, Row], found: Mapping[int, Row]) -> Iterator[str]:
    """Rows that are gone, that the journal doesn't know, or that say something else."""
    for pk in sorted(wanted.keys() | found.keys()):
        if pk not in found:
            yield f"{what} {pk} is gone; the journal knows it."
        elif pk not in wanted:
            yield f"{what} {pk} is not in the journal."
        else:
            for name, right in wanted[pk].items():
                if found[pk][name] != right:
                    yield f"{what} {pk}: {name} is {found[pk][name]}, the journal says {right}."


def _expected(begin: datetime | None) -> tuple[dict[int, Row], dict[int, Row], list[str]]:
    entries = JournalEntry.objects.filter(kind__in=OF_SHIFTS)
    if begin is not None:
        recent = entries.filter(Q(at__gte=begin) | Q(recorded_at__gte=begin)).values("shift_id")
        entries = entries.filter(shift_id__in=recent)
    shifts: dict[int, Row] = {}
    movements: dict[int, Row] = {}
    faults: list[str] = []
    known = set()
    for entry in entries.order_by("pk").values().iterator(5_000):
        told = {name: plain(value) for name, value in entry.items()}
        facts = told["facts"] if isinstance(told["facts"], dict) else {}
        said = (told["kind"], facts.get("movement", told["shift_id"]))
        if said in known:
            faults.append(f"Journal entry {told['id']} says again what another has said.")
            continue
        known.add(said)
        try:
            _take(told, shifts, movements)
        except (KeyError, TypeError) as fault:  # somebody has changed what it says
            faults.append(f"Journal entry {told['id']} makes no sense ({type(fault).__name__}: {fault}).")
    return shifts, movements, faults


def _take(entry: Row, shifts: dict[int, Row], movements: dict[int, Row]) -> None:
    if entry["kind"] == Kind.SHIFT_OPENED:
        shifts[entry["shift_id"]] = _opened(entry)
    elif entry["kind"] == Kind.COUNT:
        shifts.setdefault(entry["shift_id"], {}).update(_counted(entry))
    else:
        movements[entry["facts"]["movement"]] = _moved(entry)


def _opened(entry: Row) -> Row:
    return {
        "clerk_id": entry["operator_id"],
        "opened_at": entry["at"],
        "float_amount": entry["amount"],
        "currency": entry["currency"],
        "till__code": entry["till"],
        "note": "",
        "figures": {},
        **dict.fromkeys(("closed_at", "closed_by_id", "expected_amount", "counted_amount", "z_number")),
    }


def _counted(entry: Row) -> Row:
    facts = entry["facts"]
    return {
        "closed_at": entry["at"],
        "closed_by_id": entry["operator_id"],
        "expected_amount": facts["expected"],
        "counted_amount": facts["counted"],
        "note": entry["reason"],
        "z_number": facts["z_number"],
        "figures": facts["figures"],
    }


def _moved(entry: Row) -> Row:
    return {
        "shift_id": entry["shift_id"],
        "kind": WORDS[entry["kind"]],
        "amount": entry["amount"],
        "currency": entry["currency"],
        "reason": entry["reason"],
        "by_id": entry["operator_id"],
        "at": entry["at"],
        "key": entry["facts"]["key"],
    }


def _rows(
    model: type[Model], wanted: Mapping[int, Row], begin: datetime | None, at: str, columns: list[str]
) -> dict[int, Row]:
    rows = model._default_manager.order_by("pk")
    if begin is not None:
        rows = rows.filter(Q(pk__in=list(wanted)) | Q(**{f"{at}__gte": begin}))
    found = rows.values("pk", *columns)
    return {row.pop("pk"): {name: plain(value) for name, value in row.items()} for row in found.iterator(5_000)}
