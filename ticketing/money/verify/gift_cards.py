"""Gift cards against what the journal says of them: issued, spent, put back onto, blocked."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from ticketing.journal import JournalEntry, Kind, plain
from ticketing.money.gift_card_models import GiftCard
from ticketing.money.providers.counter import GIFT_CARD
from ticketing.money.verify.tills import Row, differences

CARD = [
    "code_hash", "last_four", "initial_amount", "balance_amount", "currency", "state", "method", "issued_at",
    "issued_by_id", "shift_id", "reason", "expires_at", "key",
]  # fmt: skip
OF_CARDS = Q(kind__in=[Kind.GIFT_CARD, Kind.GIFT_CARD_STATE]) | Q(provider=GIFT_CARD)


def compare_gift_cards() -> Iterator[str]:
    """All of them, whatever they are asked of: a balance is the sum of all that ever happened to it."""
    cards: dict[int, Row] = {}
    for entry in JournalEntry.objects.filter(OF_CARDS).order_by("pk").values().iterator(5_000):
        told = {name: plain(value) for name, value in entry.items()}
        try:
            _take(told, told["facts"], cards)
        except (AttributeError, KeyError, TypeError, ValueError) as fault:  # somebody has changed what it says
            yield f"Journal entry {told['id']} makes no sense ({type(fault).__name__}: {fault})."
    rows = GiftCard.objects.order_by("pk").values("pk", *CARD).iterator(5_000)
    found = {row.pop("pk"): {name: plain(value) for name, value in row.items()} for row in rows}
    yield from differences("Gift card", cards, found)


def _take(entry: Row, facts: dict[str, Any], cards: dict[int, Row]) -> None:
    match entry["kind"]:
        case Kind.GIFT_CARD:
            if facts["card"] in cards:
                raise ValueError("the card was issued by then")
            cards[facts["card"]] = _issued(entry, facts)
        case Kind.GIFT_CARD_STATE:
            cards[facts["card"]]["state"] = facts["state"]
        case Kind.SALE | Kind.TENDER:
            cards[facts["card"]]["balance_amount"] -= entry["amount"]
        case Kind.PAID_OUT | Kind.RETURNED:
            cards[facts["card"]]["balance_amount"] += entry["amount"]
            cards[facts["card"]]["expires_at"] = facts["expires_at"]


def _issued(entry: Row, facts: dict[str, Any]) -> Row:
    return {
        "code_hash": facts["hash"],
        "last_four": facts["last_four"],
        "initial_amount": entry["amount"],
        "balance_amount": entry["amount"],
        "currency": entry["currency"],
        "state": GiftCard.State.ACTIVE,
        "method": entry["provider"],
        "issued_at": entry["at"],
        "issued_by_id": entry["operator_id"],
        "shift_id": entry["shift_id"],
        "reason": entry["reason"],
        "expires_at": facts["expires_at"],
        "key": facts["key"],
    }
