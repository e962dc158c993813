"""A few customers with a story each, told through the same functions the pages call."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from accounts.bans import ban_user
from accounts.models import User
from cinema.clock import after, before, local
from cinema.demo.people import People
from cinema.demo.timetable import DUNE
from cinema.jobs.runs import work_off
from ticketing.door.admission import admit_ticket
from ticketing.jobs import AFTER_SALES
from ticketing.models import Claim, Hall, Order, PriceType, Seat, Showtime
from ticketing.money.call_offs import call_off_showtime
from ticketing.money.events import receive_event
from ticketing.money.in_house import pay_in_house
from ticketing.money.payments import begin_payment, start_payment
from ticketing.money.providers import PROVIDERS
from ticketing.money.refunds import refund_by_customer, refund_order
from ticketing.programme.scheduling import add_showtime
from ticketing.sale.best_seats import best_available
from ticketing.sale.holds import hold_seats
from ticketing.sale.orders import cancel_order

SOON = timedelta(hours=3)
ROOMY = 40  # seats taken at most, so that a story finds its seats side by side

Showings = Sequence[tuple[str, Showtime]]


def tell_stories(*, showings: Showings, people: People, now: datetime) -> None:
    """Orders in every state, for lin and for others; the crowd has its seats already."""
    taken = Counter(Claim.objects.values_list("showtime_id", flat=True))
    in_order = sorted(showings, key=lambda showing: (showing[1].starts_at, showing[1].pk))
    seen = [showtime for _slug, showtime in in_order if showtime.ends_at < now]
    roomy = [showing for showing in in_order if showing[1].starts_at > now + SOON and taken[showing[1].pk] < ROOMY]
    coming = [showtime for _slug, showtime in roomy if showtime.hall.hall_type != Hall.Type.VIP]
    pairs = [showtime for _slug, showtime in roomy if showtime.hall.hall_type == Hall.Type.VIP]
    dune = [showtime for slug, showtime in roomy if slug == DUNE and showtime.hall.hall_type == Hall.Type.IMAX]
    _story_of_lin(people, seen=seen, coming=[*pairs[4:5], *coming], dune=dune, now=now)
    _stories_of_regulars(people.regulars, people.clerk, coming=coming, now=now)
    _called_off(people, showings=showings, now=now)
    work_off(clock=lambda: now, kinds={"ask_payment", *AFTER_SALES})
    ban_user(user_id=people.regulars[-1].pk, by=people.admin, reason="在留言里反复剧透")


def _story_of_lin(people: People, *, seen: list, coming: list, dune: list, now: datetime) -> None:
    lin, door = people.lin, people.clerk
    watched = [buy(customer=lin, showtime=showtime, count=2, at=_before(showtime, now)) for showtime in seen[-3::2]]
    for order in watched:
        for ticket in order.tickets.all():
            admit_ticket(code=ticket.code, by=door, now=before(order.showtime.starts_at, timedelta(minutes=5)))
    buy(customer=lin, showtime=dune[1], count=3, at=now - timedelta(hours=20), types={2: PriceType.STUDENT})
    buy(customer=lin, showtime=coming[0], count=2, at=now - timedelta(hours=5))
    changed = buy(customer=lin, showtime=coming[14], count=2, at=now - timedelta(days=1, hours=2))
    refund_by_customer(order=changed, now=now - timedelta(hours=8))
    follow_up(at=now - timedelta(hours=8))
    fewer = buy(customer=lin, showtime=coming[20], count=4, at=now - timedelta(hours=9))
    one = fewer.tickets.order_by("id").last()
    refund_order(order=fewer, now=now - timedelta(hours=7), by=door, reason="少来一位", ticket_ids=[one.pk])
    follow_up(at=now - timedelta(hours=7))
    given_up = hold(customer=lin, showtime=coming[6], count=1, at=now - timedelta(hours=30))
    cancel_order(order=given_up, now=now - timedelta(hours=29, minutes=57), by=lin)
    hold(customer=lin, showtime=coming[5], count=2, at=now - timedelta(minutes=settings.HOLD_MINUTES + 30))
    hold(customer=lin, showtime=dune[2], count=2, at=now)


def _stories_of_regulars(regulars: Sequence[User], clerk: User, *, coming: list, now: datetime) -> None:
    for number, user in enumerate(regulars[:6]):
        early = now - timedelta(hours=2 + number)
        order = buy(customer=user, showtime=coming[number * 4 + 1], count=2, at=early)
        if number % 3 == 0:
            refund_by_customer(order=order, now=after(early, timedelta(minutes=40)))
            follow_up(at=after(early, timedelta(minutes=40)))
        if number % 3 == 1:
            hold(customer=user, showtime=coming[number + 7], count=2, at=now - timedelta(minutes=50))
        if number % 3 == 2:
            cancel_order(order=hold(customer=user, showtime=coming[number], count=3, at=early), now=early, by=user)
        hold(customer=user, showtime=coming[number * 3], count=1 + number % 3, at=now - timedelta(seconds=30 * number))
    declined = hold(customer=regulars[6], showtime=coming[2], count=2, at=now - timedelta(minutes=4))
    pay(order=declined, at=now - timedelta(minutes=2), authorise=False)
    at_counter = hold(customer=None, showtime=coming[1], count=2, at=now - timedelta(minutes=25), clerk=clerk)
    pay_in_house(order=at_counter, provider="cash", now=now - timedelta(minutes=24), by=clerk)


def _called_off(people: People, *, showings: Showings, now: datetime) -> None:
    """A showtime that had to be cancelled with its orders refunded, and one that is still a draft."""
    last = max((showtime for _slug, showtime in showings), key=lambda showtime: (showtime.starts_at, showtime.pk))
    facts = {"movie": last.movie, "hall": last.hall, "price": last.price, "price_card": last.price_card}
    later = after(last.starts_at, timedelta(days=1))
    cancelled = add_showtime(starts_at=later, **facts)
    for customer in [people.lin, *people.regulars[:2]]:
        buy(customer=customer, showtime=cancelled, count=2, at=now - timedelta(hours=3))
    call_off_showtime(showtime_id=cancelled.pk, now=now - timedelta(hours=1), by=people.admin, reason="放映机检修")
    follow_up(at=now - timedelta(hours=1))
    add_showtime(starts_at=later, status=Showtime.Status.DRAFT, **facts)


def hold(
    *,
    customer: User | None,
    showtime: Showtime,
    count: int,
    at: datetime,
    types: dict[int, str] | None = None,
    clerk: User | None = None,
) -> Order:
    """Hold the best neighbouring seats; ``types`` names the price type of the party's nth person."""
    party: list[Seat] = best_available(showtime=showtime, count=min(count, settings.MAX_SEATS_PER_ORDER), now=at)
    return hold_seats(
        showtime_id=showtime.pk,
        seats=[seat.pk for seat in party],
        customer=customer,
        now=at,
        price_types={str(party[nth].pk): kind for nth, kind in (types or {}).items() if nth < len(party)},
        channel=Order.Channel.COUNTER if clerk else Order.Channel.WEB,
        clerk=clerk,
    )


def buy(*, customer: User, showtime: Showtime, count: int, at: datetime, types: dict[int, str] | None = None) -> Order:
    """Hold and pay, two minutes later."""
    return pay(
        order=hold(customer=customer, showtime=showtime, count=count, at=at, types=types),
        at=after(at, timedelta(minutes=2)),
    )


def pay(*, order: Order, at: datetime, authorise: bool = True) -> Order:
    """Pay at the sandbox bank, or decline there; with a card at the counter where the house has no sandbox."""
    if "sandbox" not in settings.PAYMENT_PROVIDERS:
        if authorise:
            pay_in_house(order=order, provider="card", now=at, by=None)
    else:
        payment = start_payment(order=order, provider="sandbox", now=at)
        begin_payment(payment=payment, now=at)
        for headers, body in PROVIDERS["sandbox"].decide(payment.reference, authorise=authorise, now=at):
            receive_event(provider="sandbox", headers=headers, body=body, now=at)
    follow_up(at=at)
    return Order.objects.select_related("showtime__movie", "showtime__hall").get(pk=order.pk)


def follow_up(*, at: datetime) -> None:
    """What the house does after a sale, a refund or a call-off, as it was done then."""
    work_off(clock=lambda: at, kinds=AFTER_SALES)


def _before(showtime: Showtime, now: datetime) -> datetime:
    return before(min(now, showtime.starts_at), timedelta(hours=6, minutes=local(showtime.starts_at).minute))
