"""Gift cards: issued, looked up by their code, blocked; what takes from a balance and puts back.

A code is told once, when the card is issued. The house keeps a hash of it made with a key that is not in the database,
so whoever reads the database can't pay with what stands there. Cards are locked after their order, by their ids.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.clock import after
from cinema.errors import Conflict, InvalidInput, NotFound
from cinema.money import units
from cinema.rate_limits import Caller, give_back, policy, take
from ticketing.money.attesting_cards import post_card_issued, post_card_state
from ticketing.money.gift_card_models import GiftCard
from ticketing.money.models import Payment
from ticketing.money.shifts import shift_to_book
from ticketing.sale.models import CODE_ALPHABET

State, Method = GiftCard.State, GiftCard.Method
LENGTH = 16
GOOD_AFTER_REFUND = timedelta(days=90)  # a card that money goes back onto is good for so long at least


class GiftCardNotFound(NotFound):
    """No card has this code, or it is blocked."""

    code = "gift_card_not_found"
    message = _("There is no gift card with this code. Please look at it again.")


class GiftCardExpired(Conflict):
    """It was good until ``details['until']``."""

    code = "gift_card_expired"
    message = _("This gift card has expired.")


class GiftCardSpent(Conflict):
    """Nothing is left on it, or less than is wanted."""

    code = "gift_card_spent"
    message = _("There is not that much left on this gift card.")


class BadGiftCardValue(InvalidInput):
    """A card has a value, up to ``MAX_GIFT_CARD``."""

    code = "bad_gift_card_value"
    message = _("A gift card has a value between nothing and the highest the house allows.")


class GiftCardNeedsReason(InvalidInput):
    """What is given away, and who blocks a card, needs a word why."""

    code = "gift_card_needs_reason"
    message = _("Please say why.")


class GiftCardIssuedAlready(Conflict):
    """The same form was sent before."""

    code = "gift_card_issued_already"
    message = _("This gift card was issued already. Its code was shown once; if it is lost, block the card.")


@dataclass(frozen=True)
class Issued:
    """A new card with its code, which nobody can be told a second time."""

    card: GiftCard
    code: str


def issue_gift_card(*, amount: int, method: str, by: User, now: datetime, reason: str = "", key: str = "") -> Issued:
    """Sell a card for cash or at the terminal, or (``given``) give one away for a reason.

    The same ``key`` again issues none. Raises BadGiftCardValue, GiftCardNeedsReason, ShiftNeeded,
    GiftCardIssuedAlready.
    """
    if not 0 < amount <= settings.MAX_GIFT_CARD * units():
        raise BadGiftCardValue(field="amount")
    if method == Method.GIVEN and not reason.strip():
        raise GiftCardNeedsReason(field="reason")
    code = "".join(secrets.choice(CODE_ALPHABET) for _place in range(LENGTH))
    try:
        with transaction.atomic():
            card = GiftCard.objects.create(
                code_hash=hashes_of(code)[0],
                last_four=code[-4:],
                initial_amount=amount,
                balance_amount=amount,
                method=Method(method),
                issued_at=now,
                issued_by=by,
                shift=None if method == Method.GIVEN else shift_to_book(method=method, by=by),
                reason=reason.strip()[:200],
                expires_at=after(now, timedelta(days=settings.GIFT_CARD_DAYS)),
                key=key[:64],
            )
            post_card_issued(card)
    except IntegrityError:
        raise GiftCardIssuedAlready from None
    return Issued(card, "-".join(code[at : at + 4] for at in range(0, LENGTH, 4)))


def find_gift_card(*, code: str, now: datetime, caller: Caller | None = None) -> GiftCard:
    """The card of this code that pays now. Wrong codes count against whoever tries them.

    Raises RateLimited, GiftCardNotFound, GiftCardExpired, GiftCardSpent.
    """
    if caller is not None:
        take(policy.GIFT_CARD_CODES, caller)
    card = GiftCard.objects.filter(code_hash__in=hashes_of(code), state=State.ACTIVE).first()
    if card is None:
        raise GiftCardNotFound(field="code")
    if caller is not None:
        give_back(policy.GIFT_CARD_CODES, caller, 1)
    if not card.is_good(now):
        raise GiftCardExpired(field="code", until=card.expires_at)
    if not card.balance_amount:
        raise GiftCardSpent(field="code")
    return card


def set_gift_card_state(*, card_id: int, state: str, by: User, now: datetime, reason: str) -> GiftCard:
    """Block a card that was lost, or let it pay again. Doing it twice changes nothing.

    Raises GiftCardNotFound, GiftCardNeedsReason.
    """
    if not reason.strip():
        raise GiftCardNeedsReason(field="reason")
    with transaction.atomic():
        card = GiftCard.objects.select_for_update(no_key=True).filter(pk=card_id).first()
        if card is None:
            raise GiftCardNotFound
        if card.state != State(state):
            card.state = State(state)
            card.save(update_fields=["state"])
            post_card_state(card, by=by, reason=reason.strip(), now=now)
    return card


def take_from_card(*, card: GiftCard, amount: int, now: datetime) -> None:
    """Take so much off its balance: by one conditional update, so that 64 at once spend what is there and no more.

    Must run inside the transaction that uses it, the order's row locked. Raises GiftCardSpent.
    """
    good = GiftCard.objects.good(now).filter(pk=card.pk, balance_amount__gte=amount)
    if amount <= 0 or not good.update(balance_amount=F("balance_amount") - amount):
        raise GiftCardSpent(field="code")


def put_back(*, payment: Payment, amount: int, now: datetime) -> None:
    """Put so much of this payment back onto its card, which is good for a while longer then, if it was about to expire.

    Must run inside the transaction that gives it back, the order's row locked.
    """
    card = GiftCard.objects.select_for_update(no_key=True, of=("self",)).get(payments=payment)
    card.balance_amount += amount
    card.expires_at = max(card.expires_at, after(now, GOOD_AFTER_REFUND))
    card.save(update_fields=["balance_amount", "expires_at"])
    payment.gift_card = card  # the journal is told how the card stands now


def lock_cards(payments: Collection[Payment]) -> None:
    """Lock all cards of these payments by their ids, so that two who put back onto the same ones don't deadlock."""
    ids = {payment.gift_card_id for payment in payments if payment.gift_card_id}
    if len(ids) > 1:
        list(GiftCard.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def hashes_of(code: str) -> list[str]:
    """What a code may be stored as: by the key that is used now, then by those before it."""
    told = "".join(sign for sign in code.upper() if sign in CODE_ALPHABET).encode()
    keys = [settings.JOURNAL_KEY, *settings.JOURNAL_KEY_FALLBACKS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.new(b"gift card " + key.encode(), told, hashlib.sha256).hexdigest() for key in keys if key]
