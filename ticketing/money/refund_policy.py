"""What may be given back: by whom, until when, up to which sum, at what fee. Rules are rows (``RefundPolicy``).

A showtime that was moved after an order was paid may be given back until it begins, without a fee.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.clock import before
from cinema.errors import Conflict
from cinema.money import part_of
from ticketing.money.policy_models import RefundPolicy
from ticketing.money.refund_models import Refund
from ticketing.programme.models import Showtime
from ticketing.sale.models import Order, Ticket

Audience = RefundPolicy.Audience
Until = RefundPolicy.Until


class RuleInThePast(Conflict):
    """It would change what people were told."""

    code = "rule_in_the_past"
    message = _("A refund rule holds from now on or later, and only one from any moment.")


@dataclass(frozen=True)
class RefundTerms:
    """What a customer is told before they pay, and on the ticket: until when, and what is kept of it.

    ``closes_at`` is None where tickets can be given back at any time; ``is_possible`` says whether there is a way now.
    """

    closes_at: datetime | None
    fee_percent: int
    fee_amount: int
    is_possible: bool
    max_amount: int | None = None

    @property
    def has_fee(self) -> bool:
        """Whether less comes back than was paid."""
        return bool(self.fee_percent or self.fee_amount)


def default_policy(audience: str) -> RefundPolicy:
    """The house's own rule where no row says another."""
    if audience == Audience.MANAGER:
        return RefundPolicy(audience=audience, until=Until.EVER, used_tickets=True)
    if audience == Audience.CLERK:
        return RefundPolicy(audience=audience, until=Until.END)
    return RefundPolicy(audience=audience, until=Until.START, minutes_before=settings.REFUND_CLOSE_MINUTES)


def policy_for(audience: str, *, at: datetime) -> RefundPolicy:
    """The rule that holds at this moment."""
    rules = RefundPolicy.objects.filter(audience=audience, valid_from__lte=at).order_by("-valid_from")
    return rules.first() or default_policy(audience)


def add_policy(*, policy: RefundPolicy, now: datetime) -> RefundPolicy:
    """Have a rule hold from its moment on. Raises RuleInThePast."""
    if policy.valid_from < now:
        raise RuleInThePast(field="valid_from")
    try:
        with transaction.atomic():
            policy.save(force_insert=True)
    except IntegrityError:
        raise RuleInThePast(field="valid_from") from None
    return policy


def audience_of(by: User) -> str:
    """Whose rule binds this member of staff."""
    return Audience.MANAGER if by.has_perm("ticketing.refund_beyond_limits") else Audience.CLERK


def staff_policy(by: User, now: datetime) -> RefundPolicy:
    """The rule that binds this member of staff now; administrators act by document, within no limit."""
    return default_policy(Audience.MANAGER) if by.is_superuser else policy_for(audience_of(by), at=now)


def closes_at(policy: RefundPolicy, showtime: Showtime) -> datetime | None:
    """The moment from which the rule allows nothing any more; None: never."""
    if policy.until == Until.EVER:
        return None
    if policy.until == Until.END:
        return showtime.ends_at
    return before(showtime.starts_at, timedelta(minutes=policy.minutes_before))


def terms_before_sale(*, showtime: Showtime, now: datetime) -> RefundTerms:
    """What holds for whoever buys a ticket of this showtime now."""
    return _terms(policy_for(Audience.CUSTOMER, at=now), showtime, now)


def terms_of(*, order: Order, now: datetime) -> RefundTerms:
    """What holds for this order: what its customer was told when it was paid."""
    return _terms(customers_policy(order, now), order.showtime, now)


def may_be_refunded_by_customer(*, order: Order, now: datetime) -> bool:
    """Whether the customer may still give the whole order back: paid, early enough, nobody admitted, not too much."""
    if order.status != Order.Status.PAID:
        return False
    policy = customers_policy(order, now)
    closes = closes_at(policy, order.showtime)
    if closes is not None and now >= closes:
        return False
    if policy.max_amount is not None and order.total_amount > policy.max_amount:
        return False
    return policy.used_tickets or all(ticket.status != Ticket.Status.USED for ticket in order.tickets.all())


def customers_policy(order: Order, now: datetime) -> RefundPolicy:
    """The rule by which this order's customer gives it back: that of the day it was paid; none, once it was moved."""
    if order.was_moved:
        return RefundPolicy(audience=Audience.CUSTOMER, until=Until.START, minutes_before=0)
    return policy_for(Audience.CUSTOMER, at=order.paid_at or now)


def fee_of(policy: RefundPolicy, prices: Iterable[int]) -> int:
    """The fee for tickets at these prices: rounded half up per ticket, and never more than the ticket cost."""
    return sum(min(price, part_of(price, policy.fee_percent, 100) + policy.fee_amount) for price in prices)


def beyond_limits(*, order: Order, tickets: Sequence[Ticket], by: User, now: datetime) -> bool:
    """Whether it takes a second person that this member of staff gives these tickets back.

    What they have given back of the same order before counts towards their sum.
    """
    policy = staff_policy(by, now)
    if any(is_beyond(policy, ticket, order.showtime, now) for ticket in tickets):
        return True
    if policy.max_amount is None:
        return False
    earlier = Refund.objects.decided().filter(payment__order=order, operator=by)
    before_now = earlier.aggregate(sum=Sum(F("amount") + F("fee_amount"), default=0))["sum"]
    return before_now + sum(ticket.price for ticket in tickets) > policy.max_amount


def is_beyond(policy: RefundPolicy, ticket: Ticket, showtime: Showtime, now: datetime) -> bool:
    """Whether this ticket alone is beyond the rule: used, or too late."""
    closes = closes_at(policy, showtime)
    return (closes is not None and now >= closes) or (ticket.status == Ticket.Status.USED and not policy.used_tickets)


def _terms(policy: RefundPolicy, showtime: Showtime, now: datetime) -> RefundTerms:
    closes = closes_at(policy, showtime)
    is_possible = closes is None or now < closes
    return RefundTerms(closes, policy.fee_percent, policy.fee_amount, is_possible, policy.max_amount)
