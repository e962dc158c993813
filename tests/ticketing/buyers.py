"""A process full of buyers, each a thread with a database connection of its own.

Driven by ``races.py``: a line of JSON in, a line of JSON out. Runs on whatever database DATABASE_URL names.
"""

import contextlib
import importlib
import json
import random
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.contrib.auth import login  # noqa: E402
from django.db import IntegrityError, connection  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.session_store import SessionStore  # noqa: E402
from cinema.errors import CinemaError  # noqa: E402
from cinema.jobs import Job  # noqa: E402
from cinema.jobs.runs import work_off  # noqa: E402
from cinema.money import as_text  # noqa: E402
from tests.factories import (  # noqa: E402
    a_clerk,
    a_customer,
    a_hall,
    a_paid_order,
    a_showtime,
)
from ticketing.door.admission import admit_ticket  # noqa: E402
from ticketing.jobs import AFTER_SALES  # noqa: E402
from ticketing.models import (  # noqa: E402
    CallOff,
    Claim,
    Order,
    Payment,
    SandboxCharge,
    Showtime,
    Ticket,
)
from ticketing.money.call_offs import call_off_showtime, progress_of  # noqa: E402
from ticketing.money.in_house import pay_in_house  # noqa: E402
from ticketing.money.refunds import refund_order  # noqa: E402
from ticketing.money.verify import find_faults  # noqa: E402
from ticketing.sale import holds  # noqa: E402
from ticketing.sale.claims import SeatsTaken  # noqa: E402
from ticketing.sale.moves import move_showtime  # noqa: E402

NOW = datetime(2026, 5, 1, tzinfo=UTC)
BETWEEN_ROUNDS = timedelta(minutes=11)  # longer than a hold: what an earlier round took can be taken over


def when(number: int) -> datetime:
    """The moment at which this round takes place."""
    return NOW + number * BETWEEN_ROUNDS


def lay(*, seats: int, buyers: int) -> dict:
    """A showtime in a long hall, and people who want in."""
    showtime = a_showtime(hall=a_hall(rows=-(-seats // 40), cols=40), starts_at=NOW + timedelta(days=300))
    people = User.objects.bulk_create(User(username=f"buyer{n}") for n in range(buyers))
    return {
        "showtime": showtime.pk,
        "seats": list(showtime.hall.seats.values_list("pk", flat=True)),
        "customers": [person.pk for person in people],
    }


def race(*, showtime: int, number: int, wants: list[tuple[int, list[int]]], start_at: float) -> list[str]:
    """Everyone tries at the same moment; answers what each got: won, taken, or the name of an error."""
    barrier = threading.Barrier(len(wants))

    def buy(want: tuple[int, list[int]]) -> str:
        customer_id, seats = want
        customer = User(pk=customer_id)
        connection.ensure_connection()
        barrier.wait()
        time.sleep(max(0.0, start_at - time.time()))
        try:
            holds.hold_seats(showtime_id=showtime, seats=seats, customer=customer, now=when(number))
        except SeatsTaken:
            return "taken"
        except Exception as error:
            return f"{type(error).__name__}: {error}".splitlines()[0]
        return "won"

    return list(threads(len(wants)).map(buy, wants))


def look(*, showtime: int, number: int) -> list[list]:
    """The orders of a round: whose, with the seats of its lines and the seats it has."""
    orders = Order.objects.filter(showtime=showtime, created_at=when(number)).prefetch_related("lines", "claims")
    return [
        [
            order.customer_id,
            sorted(line.seat_id for line in order.lines.all()),
            sorted(claim.seat_id for claim in order.claims.all()),
        ]
        for order in orders
    ]


def faults(*, number: int) -> list[str]:
    """What ``verify`` finds wrong at the end of a round."""
    return list(find_faults(now=when(number)))


def jostle(*, buyers: int, moves: int) -> dict:
    """A showtime goes to and fro between two equal halls while people buy and give back; what each attempt came to."""
    showtime, other, clerk = a_showtime(hall=a_hall(), starts_at=NOW + timedelta(days=9)), a_hall(), a_clerk()
    halls, done = [other, showtime.hall], threading.Event()
    people = [a_customer() for _each in range(buyers)]

    def outcome(act: Callable[[], object]) -> str:
        try:
            act()
        except CinemaError as refusal:
            return refusal.code
        except Exception as error:
            return f"{type(error).__name__}: {error}".splitlines()[0]
        return "done"

    def buy(customer: User, seat: str) -> None:
        order = holds.hold_seats(showtime_id=showtime.pk, seats=[seat], customer=customer, now=NOW)
        pay_in_house(order=order, provider="cash", now=NOW, by=clerk)
        if seat[-1] in "135":
            refund_order(order=order, now=NOW, by=clerk)

    def shop_on(customer: User) -> list[str]:
        chance, results = random.Random(customer.pk), []
        while not done.is_set():
            seat = f"{chance.choice('ABC')}{chance.randint(1, 8)}"
            results.append(outcome(lambda seat=seat: buy(customer, seat)))
            time.sleep(chance.random() / 5)  # to choose another seat
        return results

    def carry() -> list[str]:
        starts_at = showtime.starts_at
        try:
            return [
                outcome(
                    lambda n=n: move_showtime(
                        showtime_id=showtime.pk, hall=halls[n % 2], starts_at=starts_at, now=NOW, by=clerk
                    )
                )
                for n in range(moves)
            ]
        finally:
            done.set()

    shopping = [threads(buyers + 1).submit(shop_on, customer) for customer in people]
    carried = threads(buyers + 1).submit(carry).result()
    return {"moves": carried, "sales": [result for each in shopping for result in each.result()]}


def uncheck() -> bool:
    """Switch off every check of the code's own: claims are simply inserted, nobody is locked, nothing is compared."""

    def take_seats(*, order: Order, seat_ids: list[int], held_until: datetime, **_: object) -> None:
        try:
            Claim.objects.bulk_create(
                Claim(showtime_id=order.showtime_id, seat_id=seat_id, order=order, status="held", held_until=held_until)
                for seat_id in sorted(seat_ids)
            )
        except IntegrityError as refusal:
            if "one_owner_a_seat" in str(refusal) or "ticketing_claim.showtime_id" in str(refusal):
                raise SeatsTaken from refusal
            raise

    def announce_seats(**_: object) -> None:
        """Nobody is told."""

    def lock_customer(*_: object) -> None:
        """Nobody is locked."""

    def refuse_taken(*_: object) -> None:
        """Nobody is turned away early."""

    holds.take_seats, holds.announce_seats = take_seats, announce_seats
    holds._lock_customer, holds._refuse_taken = lock_customer, refuse_taken
    return True


def shop(*, seats: int) -> dict:
    """A showtime tomorrow by the true clock, and a customer who is logged in."""
    customer = a_customer()
    request = HttpRequest()
    request.session = SessionStore()
    login(request, customer, backend="accounts.backends.OpenAccounts")
    request.session.save()
    showtime = a_showtime(hall=a_hall(rows=1, cols=seats))
    return {"showtime": showtime.pk, "session": request.session.session_key}


def settle() -> dict:
    """What ``manage.py work --until-empty`` and then ``verify`` would do; returns the faults."""
    later = timezone.now() + timedelta(minutes=2)  # past the lease of a worker that was killed, and past back-off
    work_off(clock=lambda: later, kinds=AFTER_SALES | {"ask_payment"})
    return {"faults": list(find_faults(now=timezone.now()))}


def state(*, label: str) -> dict:
    """What has become of the seat: the status of its orders, payments and charges, its tickets, the money kept."""
    orders = Order.objects.filter(lines__label=label).order_by("id")
    references = Payment.objects.filter(order__in=orders).values("reference")
    charges = SandboxCharge.objects.filter(reference__in=references, status="captured")
    return {
        "orders": [order.status for order in orders],
        "payments": sorted(Payment.objects.filter(order__in=orders).values_list("status", flat=True)),
        "claims": sorted(Claim.objects.filter(order__in=orders).values_list("status", flat=True)),
        "tickets": sorted(Ticket.objects.filter(order__in=orders).values_list("status", flat=True)),
        "kept": as_text(sum(charge.amount - charge.refunded_amount for charge in charges)),
        "order": orders.last().pk if orders else None,
    }


def fill(*, orders: int) -> int:
    """A showtime tomorrow by the true clock with so many paid orders, all their jobs done; returns its id."""
    showtime = a_showtime(hall=a_hall(rows=orders // 10, cols=10))
    customer = a_customer()
    for seat in showtime.hall.seats.present():
        a_paid_order(showtime=showtime, seats=[seat.pk], customer=customer)
    return showtime.pk


def call_off(*, showtime: int) -> None:
    """Call the showtime off; its orders are left to the workers."""
    call_off_showtime(showtime_id=showtime, now=timezone.now(), by=a_clerk(), reason="停电")


def still_to_be_given_back(*, showtime: int) -> int:
    """How many orders of a called-off showtime still stand."""
    return Order.objects.live().filter(showtime=showtime).count()


def call_off_state(*, showtime: int) -> dict:
    """How far the call-off is, whether the door lets anybody in, and what ``verify`` says."""
    progress = progress_of(CallOff.objects.get(showtime=showtime))
    admitted = []
    for ticket in Ticket.objects.filter(showtime=showtime, status="valid")[:3]:
        with contextlib.suppress(CinemaError):
            at = ticket.showtime.starts_at
            admitted.append(admit_ticket(code=ticket.code, by=a_clerk(), now=at, showtime_id=showtime).pk)
    charges = SandboxCharge.objects.filter(status="captured")
    return {
        "waiting": progress.waiting,
        "paid_back": progress.paid_back,
        "is_done": progress.is_done,
        "admitted": admitted,
        "kept": str(sum(charge.amount - charge.refunded_amount for charge in charges)),
        "running": Job.objects.running().count(),
        "faults": list(find_faults(now=timezone.now())),
    }


_pools: list[ThreadPoolExecutor] = []


def threads(count: int) -> ThreadPoolExecutor:
    """The same threads every time, so that each keeps its connection."""
    if not _pools:
        _pools.append(ThreadPoolExecutor(count))
    return _pools[0]


DEEDS: dict[str, Callable] = {
    deed.__name__: deed
    for deed in (
        lay,
        race,
        look,
        faults,
        jostle,
        uncheck,
        shop,
        settle,
        state,
        fill,
        call_off,
        call_off_state,
        still_to_be_given_back,
    )
}

if __name__ == "__main__":
    importlib.import_module("cinema.urls")  # as a server would have it
    assert Showtime is not None
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(DEEDS[asked.pop("do")](**asked)), flush=True)
