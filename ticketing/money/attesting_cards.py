"""What the journal is told of gift cards: issued, blocked. What they pay is told with its sale, what goes back too."""

from datetime import datetime
from typing import Any

from accounts.models import User
from ticketing.journal import Entry, Kind, accounts, plain, post
from ticketing.money.attesting_tills import till_of
from ticketing.money.gift_card_models import GiftCard
from ticketing.money.models import Payment


def post_card_issued(card: GiftCard) -> None:
    """A card was sold, or given away: the house owes its value."""
    till = till_of(card.shift)
    given = card.method == GiftCard.Method.GIVEN
    where = accounts.GOODWILL if given else accounts.money_at(card.method, till=till.till if till else "")
    post(
        Entry(
            kind=Kind.GIFT_CARD,
            at=card.issued_at,
            currency=card.currency,
            amount=card.initial_amount,
            postings={where: card.initial_amount, accounts.GIFT_CARDS: -card.initial_amount},
            provider=card.method,
            operator=card.issued_by,
            reason=card.reason,
            till=till,
            facts={
                "card": card.pk,
                "hash": card.code_hash,
                "last_four": card.last_four,
                "expires_at": plain(card.expires_at),
                "key": card.key,
            },
        )
    )


def post_card_state(card: GiftCard, *, by: User, reason: str, now: datetime) -> None:
    """A card was blocked, or let pay again."""
    facts = {"card": card.pk, "state": str(card.state)}
    post(
        Entry(kind=Kind.GIFT_CARD_STATE, at=now, currency=card.currency, operator=by, reason=reason[:200], facts=facts)
    )


def card_facts(payment: Payment) -> dict[str, Any]:
    """Onto which card money of this payment goes back, and until when that is good; nothing for other payments."""
    if payment.gift_card is None:
        return {}
    return {"card": payment.gift_card_id, "expires_at": plain(payment.gift_card.expires_at)}
