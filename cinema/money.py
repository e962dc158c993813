"""Money: whole minor units (cents, fen, fils) of a currency, from the database to the edge.

Only where people or other programs read or write an amount does it become a number of major units, with as many
decimals as the currency has (JPY none, CNY two, KWD three). The house sells in one currency, ``CURRENCY``; each row
with money says which it was.

Rounding, stated once: half up per item; what a discount leaves over is on the last item.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cinema.currencies import DECIMALS
from cinema.errors import InvalidInput


class BadAmount(InvalidInput):
    """No number, or one with more decimals than the currency has."""

    code = "bad_amount"
    message = _("This is no amount of money.")


def house_currency() -> str:
    """The currency the house sells in."""
    return settings.CURRENCY


def decimals(currency: str = "") -> int:
    """How many decimals the currency has; the house's own unless given."""
    return DECIMALS[currency or settings.CURRENCY]


def units(currency: str = "") -> int:
    """How many minor units make one major unit."""
    return 10 ** decimals(currency)


def to_minor(amount: Decimal | int | str, currency: str = "") -> int:
    """An amount of major units in minor ones. Raises BadAmount where it has more decimals than the currency."""
    try:
        exact = Decimal(amount) * units(currency)
    except (InvalidOperation, ValueError, TypeError):
        raise BadAmount from None
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise BadAmount
    return int(exact)


def to_major(amount: int, currency: str = "") -> Decimal:
    """Minor units as major ones, with all decimals of the currency: 4500 is 45.00."""
    return Decimal(amount).scaleb(-decimals(currency))


def as_number(amount: int, currency: str = "") -> int | float:
    """Major units as a JSON number with at most the currency's decimals."""
    # What a currency can hold comes out of a float as it went in, for sums below 10**15 minor units.
    return amount / units(currency) if decimals(currency) else amount


def as_text(
    amount: int, currency: str = "", *, whole: bool = False, signed: bool = False, grouped: bool = False
) -> str:
    """Major units in digits: ``45.00``.

    ``whole`` drops decimals that say nothing, ``signed`` writes a plus too, ``grouped`` sets thousands apart.
    """
    places = 0 if whole and amount % units(currency) == 0 else decimals(currency)
    return f"{to_major(amount, currency):{'+' if signed else ''}{',' if grouped else ''}.{places}f}"


def as_price(amount: int, currency: str = "") -> str:
    """As people read it, with the currency's sign: ``¥45``, ``¥45.50``, ``KWD 1.250``."""
    return f"{sign(currency)}{as_text(amount, currency, whole=True)}"


def sign(currency: str = "") -> str:
    """What stands before an amount."""
    code = currency or settings.CURRENCY
    return "¥" if code == "CNY" else f"{code} "


def part_of(amount: int, numerator: int, denominator: int) -> int:
    """A fraction of an amount, rounded half up (away from nothing)."""
    if denominator <= 0:
        raise ValueError("A denominator is above nothing.")
    size = (2 * abs(amount * numerator) + denominator) // (2 * denominator)
    return size if amount * numerator >= 0 else -size


def shared_out(total: int, weights: Sequence[int]) -> list[int]:
    """A sum shared out among items by their weights: half up for each, what is left over on the last.

    Where all weigh nothing, the last takes it all.
    """
    whole = sum(weights)
    if not weights:
        return []
    shares = [part_of(total, weight, whole) if whole else 0 for weight in weights[:-1]]
    return [*shares, total - sum(shares)]
