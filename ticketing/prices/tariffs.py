"""What a seat costs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from cinema.errors import InvalidInput
from ticketing.prices.models import PriceRule, PriceType
from ticketing.programme.models import Showtime


class PriceTypeNotOffered(InvalidInput):
    """This showtime has no such price type."""

    code = "price_type_not_offered"
    message = _("This price is not offered for the showtime.")


class OfAKind(Protocol):
    """A seat, as far as its price goes."""

    @property
    def kind(self) -> str:
        """Its kind."""


@dataclass(frozen=True)
class Tariff:
    """A showtime's price with the surcharges and reductions of its price card."""

    base: int
    by_kind: Mapping[str, int] = field(default_factory=dict)
    by_type: Mapping[str, int] = field(default_factory=dict)

    @property
    def price_types(self) -> list[str]:
        """The price types on offer, adult first."""
        return [kind for kind in PriceType.values if kind == PriceType.ADULT or kind in self.by_type]

    @property
    def key(self) -> tuple:
        """All that it says, fit to be the key of what is kept."""
        return self.base, tuple(sorted(self.by_kind.items())), tuple(sorted(self.by_type.items()))

    def price(self, seat: OfAKind, price_type: str = PriceType.ADULT) -> int:
        """What this seat costs this kind of person, never below nothing. Raises PriceTypeNotOffered."""
        if price_type not in self.price_types:
            raise PriceTypeNotOffered(price_type=price_type)
        amount = self.base + self.by_kind.get(seat.kind, 0) + self.by_type.get(price_type, 0)
        return max(amount, 0)


def tariff_of(showtime: Showtime) -> Tariff:
    """The showtime's tariff: one query when it has a price card, none without."""
    if showtime.price_card_id is None:
        return Tariff(base=showtime.price)
    rules = PriceRule.objects.filter(card_id=showtime.price_card_id)
    return tariff_of_rules(showtime.price, rules.values_list("seat_kind", "price_type", "amount"))


def tariff_of_rules(base: int, rules: Iterable[tuple[str, str, int]]) -> Tariff:
    """The tariff of a price and a card's rules, each for a seat kind or for a price type."""
    known = list(rules)
    return Tariff(
        base=base,
        by_kind={kind: amount for kind, _type, amount in known if kind},
        by_type={price_type: amount for _kind, price_type, amount in known if price_type},
    )
