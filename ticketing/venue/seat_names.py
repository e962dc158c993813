"""What a seat is called by those who ask for it: its id or its label."""

from collections.abc import Sequence

from django.db.models import Q


def seats_named(references: Sequence[int | str]) -> Q:
    """Finds the seats these ids or labels may name."""
    ids, labels = names_of_seat(references)
    found = Q(pk__in=ids)
    for row, number in labels:
        found |= Q(row_label__iexact=row, col_number=number)
    return found


def names_of_seat(references: Sequence[int | str]) -> tuple[list[int], list[tuple[str, int]]]:
    """The ids and the (row, number) these references may mean: every way to part a label is tried."""
    ids, labels = [], []
    for reference in references:
        text = str(reference).strip()
        if text.isascii() and text.isdigit() and len(text) < 19:
            ids.append(int(text))
        for digits in range(1, 4):
            row, number = text[:-digits].removesuffix("-"), text[-digits:]
            if row and number.isascii() and number.isdigit():
                labels.append((row, int(number)))
    return ids, labels
