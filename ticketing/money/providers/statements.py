"""Providers' statements: CSV of whatever kind, as lines about money that was taken or paid back."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cinema.errors import InvalidInput


class BadStatement(InvalidInput):
    """Not the file that this provider hands out, or one without the columns that are needed."""

    code = "bad_statement"
    message = _("This is no statement of this provider.")


@dataclass(frozen=True)
class StatementLine:
    """What a provider says it took for a payment, or gave back for a refund. Without a reference it is none of ours."""

    number: str  # the provider's own
    reference: UUID | None
    amount: int
    currency: str
    is_refund: bool = False


def rows_of(file: bytes, *columns: str) -> Iterator[dict[str, str]]:
    """The rows below the first line that has all these columns, up to the first of another shape.

    Cells are without the signs that keep spreadsheets from making numbers of them. Raises BadStatement.
    """
    table = csv.reader(_text(file).splitlines())
    for header in table:
        names = [name.strip("`\t ") for name in header]
        if set(columns) <= set(names):
            break
    else:
        raise BadStatement(_("It has no line with the columns %(names)s.") % {"names": ", ".join(columns)})
    for cells in table:
        if len(cells) != len(names) or cells[0].startswith("#"):
            return
        yield dict(zip(names, (cell.strip("`\t ") for cell in cells), strict=True))


def _text(file: bytes) -> str:
    for coding in ("utf-8-sig", "gb18030"):
        try:
            return file.decode(coding)
        except UnicodeDecodeError:
            continue
    raise BadStatement
