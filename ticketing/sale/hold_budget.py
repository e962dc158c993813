"""What may be held without being paid for: a budget of seat-minutes, so that nobody hoards a hall.

Twenty-two throw-away accounts of one address held 255 of 259 seats within seconds, and whoever cancelled and held again
went on for ever. A hold spends its seats times its minutes; paying gives all of it back, cancelling what is left of it.
Counted by the rate limiter before and after the transaction, so that no sale waits for it holding a lock.
"""

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cinema.rate_limits import Caller, RateLimited, give_back, policy, try_take
from ticketing.sale.models import Order

LEAST_SHARE = 5  # a hold costs a fifth of itself, however soon it is given up


class TooManyUnpaidSeats(RateLimited):
    """Too many seats have been held and not paid for, by this account or where it comes from."""

    code = "too_many_unpaid_seats"
    message = _("Too many seats have been held here without being paid for. Please pay first, or try again later.")


def spend_hold(*, caller: Caller, showtime_id: int, seats: int) -> str:
    """Spend what holding so many seats costs; returns who did, to be kept with the order. Raises TooManyUnpaidSeats."""
    payer, cost = caller.sealed(), seats * settings.HOLD_MINUTES
    limits = policy.holds(showtime_id)
    for number, limit in enumerate(limits):
        if seconds := try_take([limit], payer, cost=cost):
            give_back(limits[:number], payer, cost)
            raise TooManyUnpaidSeats(seconds=seconds)
    return payer.as_text()


def return_hold(*, held_from: str, showtime_id: int, seats: int) -> None:
    """Give back what a hold cost that didn't come about."""
    _give_back(held_from, showtime_id, seats * settings.HOLD_MINUTES)


def hold_was_paid(*, order: Order, seats: int) -> None:
    """The order is paid: once that is committed all that its hold cost is given back."""
    _give_back_on_commit(order, seats * settings.HOLD_MINUTES)


def hold_was_given_up(*, order: Order, seats: int, now: datetime) -> None:
    """The order was cancelled: once that is committed what is left of its hold is given back."""
    left = min((order.expires_at - now) / timedelta(minutes=1), settings.HOLD_MINUTES * (1 - 1 / LEAST_SHARE))
    _give_back_on_commit(order, int(seats * left))


def _give_back_on_commit(order: Order, minutes: int) -> None:
    if order.held_from and minutes > 0:
        transaction.on_commit(partial(_give_back, order.held_from, order.showtime_id, minutes), robust=True)


def _give_back(held_from: str, showtime_id: int, minutes: int) -> None:
    give_back(policy.holds(showtime_id), Caller.from_text(held_from), minutes)
