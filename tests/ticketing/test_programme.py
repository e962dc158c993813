"""Planning showtimes, laying out halls, and the map that shows them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Letter
from catalog.films import remove_movie, update_movie
from cinema.errors import InvalidInput
from tests.factories import (
    a_customer,
    a_hall,
    a_movie,
    a_paid_order,
    a_price_card,
    a_showtime,
    afterwards,
    an_administrator,
    an_order,
    money,
)
from ticketing.models import (
    Claim,
    Hall,
    Order,
    Showtime,
)
from ticketing.money.call_offs import Progress, call_off_showtime, progress_of
from ticketing.programme.scheduling import HallClosed, MovieRemoved, ShowtimesOverlap, add_showtime
from ticketing.programme.showtimes import ShowtimeNotFound
from ticketing.sale.film_changes import MovieInProgramme
from ticketing.sale.hall_changes import HallInUse, SeatsSold, remove_hall, replace_grid, set_hall_status, update_hall
from ticketing.sale.orders import cancel_order
from ticketing.sale.seatmap import seat_map
from ticketing.sale.showtime_changes import ShowtimeHasOrders, delete_showtime, update_showtime
from ticketing.venue.grids import BadGrid, GridChanged, SeatPlan, default_grid
from ticketing.venue.halls import HallNameTaken, HallNotFound, add_hall

pytestmark = pytest.mark.usefixtures("books")
PRICE = money(45)


def plan(hall, at, **facts):
    """A showtime of a new film of 100 minutes."""
    return add_showtime(**{"movie": a_movie(), "hall": hall, "starts_at": at, "price": PRICE, **facts})


def test_a_showtime_takes_the_hall_for_film_and_turnaround(now):
    hall = a_hall(turnaround_minutes=15)
    first = plan(hall, now)

    for minutes in (-114, -1, 0, 114):
        with pytest.raises(ShowtimesOverlap) as refusal:
            plan(hall, now + timedelta(minutes=minutes))
        assert refusal.value.details["other"] == first

    assert first.clears_at == now + timedelta(minutes=115)
    assert plan(hall, now + timedelta(minutes=115)).hall == plan(hall, now - timedelta(minutes=115)).hall
    assert plan(a_hall(), now).starts_at == now


def test_advertising_and_trailers_take_the_hall_too(now):
    hall = a_hall(turnaround_minutes=15, preshow_minutes=10)
    first = plan(hall, now)

    for minutes in (-124, 124):
        with pytest.raises(ShowtimesOverlap):
            plan(hall, now + timedelta(minutes=minutes))

    assert (first.film_starts_at, first.ends_at) == (now + timedelta(minutes=10), now + timedelta(minutes=110))
    assert plan(hall, now + timedelta(minutes=125), preshow_minutes=0).clears_at == now + timedelta(minutes=240)


def test_a_showtime_keeps_its_own_time_for_trailers_until_it_is_given_another(now):
    hall = a_hall(preshow_minutes=10)
    showtime = plan(hall, now)
    update_hall(hall_id=hall.pk, now=now, preshow_minutes=20)

    moved = update_showtime(showtime_id=showtime.pk, now=now, starts_at=now + timedelta(hours=1))
    longer = update_showtime(showtime_id=showtime.pk, now=now, preshow_minutes=25)

    assert (moved.preshow_minutes, longer.preshow_minutes) == (10, 25)
    assert longer.ends_at == now + timedelta(minutes=60 + 25 + 100)


@pytest.mark.parametrize("minutes", [-1, 61])
def test_trailers_that_make_no_sense_are_refused(now, minutes):
    with pytest.raises(InvalidInput):
        plan(a_hall(), now, preshow_minutes=minutes)


@pytest.mark.parametrize("how", ["insert", "update"])
def test_the_database_itself_refuses_an_overlap(now, how):
    hall = a_hall()
    a_showtime(hall=hall, starts_at=now)
    after = a_showtime(hall=hall, starts_at=now + timedelta(hours=3))
    early = now + timedelta(hours=1)

    acts = {
        "insert": lambda: a_showtime(hall=hall, starts_at=early),
        "update": lambda: Showtime.objects.filter(pk=after.pk).update(starts_at=early),
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        acts[how]()

    assert a_showtime(hall=hall, starts_at=early, status=Showtime.Status.CANCELLED).pk


def test_a_cancelled_showtime_comes_back_only_where_there_is_room(now):
    hall = a_hall()
    cancelled = a_showtime(hall=hall, starts_at=now, status=Showtime.Status.CANCELLED)
    other = plan(hall, now + timedelta(minutes=30))

    with pytest.raises(ShowtimesOverlap):
        update_showtime(showtime_id=cancelled.pk, now=now, status=Showtime.Status.PUBLISHED)
    delete_showtime(showtime_id=other.pk, now=now)

    assert update_showtime(showtime_id=cancelled.pk, now=now, status="published").status == "published"


@pytest.mark.parametrize("price", [-1, 10_000_001])
def test_a_price_that_makes_no_sense_is_refused(now, price):
    showtime = a_showtime(now=now)

    with pytest.raises(InvalidInput):
        plan(a_hall(), now, price=price)
    with pytest.raises(InvalidInput):
        update_showtime(showtime_id=showtime.pk, now=now, price=price)


def test_closed_halls_and_removed_films_are_not_planned(now):
    with pytest.raises(HallClosed):
        plan(a_hall(status=Hall.Status.BANNED), now)
    with pytest.raises(MovieRemoved):
        plan(a_hall(), now, movie=a_movie(status="removed"))
    with pytest.raises(InvalidInput):
        plan(a_hall(), now.replace(year=9999, month=12, day=31, hour=23))


@pytest.mark.parametrize("state", ["pending", "paid"])
def test_with_live_orders_it_neither_moves_nor_vanishes(now, state):
    showtime = a_showtime(now=now)
    (a_paid_order if state == "paid" else an_order)(now=now, showtime=showtime)
    changes = (
        {"movie": a_movie()},
        {"hall": a_hall()},
        {"starts_at": showtime.starts_at + timedelta(hours=1)},
        {"preshow_minutes": 10},
        {"status": Showtime.Status.DRAFT},
    )

    for change in changes:
        with pytest.raises(ShowtimeHasOrders):
            update_showtime(showtime_id=showtime.pk, now=now, **change)
    with pytest.raises(ShowtimeHasOrders):
        delete_showtime(showtime_id=showtime.pk, now=now)
    update_showtime(showtime_id=showtime.pk, now=now, price=money(60))

    assert an_order(now=now, showtime=showtime, seats=["A2"]).total_amount == money(60)
    assert Order.objects.order_by("id").first().total_amount == money(45)


def test_deleting_keeps_what_has_a_history(now):
    fresh, used = a_showtime(now=now), a_showtime(now=now)
    cancel_order(order=an_order(now=now, showtime=used), now=now)

    assert delete_showtime(showtime_id=fresh.pk, now=now) is True
    assert delete_showtime(showtime_id=used.pk, now=now) is False
    assert list(Showtime.objects.values_list("pk", "status")) == [(used.pk, "cancelled")]
    with pytest.raises(ShowtimeNotFound):
        delete_showtime(showtime_id=0, now=now)


def test_calling_off_gives_everything_back_and_again_is_harmless(now):
    showtime, boss = a_showtime(now=now), an_administrator()
    paid = a_paid_order(now=now, showtime=showtime, seats=["A1"])
    pending = an_order(now=now, showtime=showtime, seats=["A2"])

    call_off = call_off_showtime(showtime_id=showtime.pk, now=now, by=boss, reason="停电")
    before = progress_of(call_off)
    afterwards(now)

    assert (before.orders, before.waiting, before.is_done) == (2, 2, False)
    assert progress_of(call_off) == Progress(orders=2, waiting=0, on_the_way=0, at_box_office=0, failed=0, paid_back=1)
    assert set(Order.objects.values_list("pk", "status")) == {(paid.pk, "refunded"), (pending.pk, "cancelled")}
    assert call_off_showtime(showtime_id=showtime.pk, now=now, by=boss) == call_off


def test_a_film_with_paid_showtimes_to_come_stays(now):
    order = a_paid_order(now=now)
    movie_id = order.showtime.movie_id

    with pytest.raises(MovieInProgramme):
        remove_movie(movie_id=movie_id, now=now)

    assert remove_movie(movie_id=movie_id, now=order.showtime.starts_at) is False


def test_a_film_with_paid_showtimes_to_come_is_not_taken_down_by_a_plain_change_either(now):
    order = a_paid_order(now=now)
    movie_id = order.showtime.movie_id

    with pytest.raises(MovieInProgramme):
        update_movie(movie_id=movie_id, facts={"status": "removed"}, now=now)

    assert update_movie(movie_id=movie_id, facts={"title": "新名"}, now=now).is_on_show
    assert not update_movie(movie_id=movie_id, facts={"status": "removed"}, now=order.showtime.starts_at).is_on_show


def test_a_seat_keeps_its_identity_through_a_new_grid(now):
    hall = a_hall(rows=1, cols=3)
    order = a_paid_order(now=now, showtime=a_showtime(now=now, hall=hall), seats=["A2"])
    a1, a2, a3 = hall.seats.present()
    swapped = [SeatPlan("A", 2, x=1, y=0), SeatPlan("A", 1, x=2, y=0, kind="vip"), SeatPlan("B", 1, x=1, y=1)]

    replace_grid(hall_id=hall.pk, grid=swapped, now=now)

    present = list(hall.seats.present())
    assert [(seat.label, seat.kind) for seat in present] == [("A2", "standard"), ("A1", "vip"), ("B1", "standard")]
    assert [seat.pk for seat in present[:2]] == [a2.pk, a1.pk]
    assert hall.seats.get(pk=a3.pk).removed_at == now
    assert order.tickets.get().seat == a2


def test_sold_seats_to_come_cannot_be_taken_away(now):
    order = a_paid_order(now=now, seats=["C8"])
    hall = order.showtime.hall

    with pytest.raises(SeatsSold) as refusal:
        replace_grid(hall_id=hall.pk, grid=default_grid(4), now=now)
    with pytest.raises(SeatsSold):
        update_hall(hall_id=hall.pk, now=now, total_seats=25)
    present = hall.seats.present().count()
    replace_grid(hall_id=hall.pk, grid=default_grid(4), now=order.showtime.ends_at)

    assert (refusal.value.details["labels"], present, hall.seats.present().count()) == (["C8"], 24, 4)


def test_a_grid_that_someone_else_changed_is_refused(now):
    hall = a_hall()
    version = hall.grid_version
    replace_grid(hall_id=hall.pk, grid=default_grid(9), now=now, version=version)

    with pytest.raises(GridChanged):
        replace_grid(hall_id=hall.pk, grid=default_grid(5), now=now, version=version)

    assert hall.seats.present().count() == 9


BAD_GRIDS = {
    "same name": [SeatPlan("A", 1, 1, 0), SeatPlan("a", 1, 2, 0)],
    "same place": [SeatPlan("A", 1, 1, 0), SeatPlan("A", 2, 1, 0)],
    "same label in another way": [SeatPlan("1", 2, 1, 0), SeatPlan("1-", 2, 2, 0)],
    "no row": [SeatPlan("", 1, 1, 0)],
    "row of spaces": [SeatPlan(" ", 1, 1, 0)],
    "row with a space": [SeatPlan(" A", 1, 1, 0)],
    "row too long": [SeatPlan("A" * 11, 1, 1, 0)],
    "number too small": [SeatPlan("A", 0, 1, 0)],
    "number too big": [SeatPlan("A", 1000, 1, 0)],
    "outside": [SeatPlan("A", 1, -1, 0)],
    "unknown kind": [SeatPlan("A", 1, 1, 0, kind="throne")],
    "too many": [SeatPlan("A", n % 999 + 1, n % 999, n // 999) for n in range(2001)],
}


@pytest.mark.parametrize("grid", BAD_GRIDS.values(), ids=BAD_GRIDS)
def test_a_grid_that_makes_no_sense_changes_nothing(now, grid):
    hall = a_hall()

    with pytest.raises(BadGrid):
        replace_grid(hall_id=hall.pk, grid=grid, now=now)

    assert hall.seats.present().count() == 24


@pytest.mark.parametrize("total", [0, 1, 7, 120, 2000])
def test_a_default_grid_has_the_seats_asked_for(now, total):
    hall = add_hall(name="新厅", total_seats=total, hall_type="standard", now=now)

    assert hall.seats.present().count() == total


def test_halls_are_refused_what_makes_no_sense(now):
    hall = a_hall(name="一号厅")

    with pytest.raises(HallNameTaken):
        add_hall(name="一号厅", total_seats=1, hall_type="standard", now=now)
    with pytest.raises(HallNameTaken):
        update_hall(hall_id=a_hall().pk, now=now, name="一号厅")
    with pytest.raises(BadGrid):
        add_hall(name="新厅", total_seats=2001, hall_type="standard", now=now)
    for act in (set_hall_status, replace_grid, remove_hall):
        extra = {"set_hall_status": {"status": 1}, "replace_grid": {"grid": []}}.get(act.__name__, {})
        with pytest.raises(HallNotFound):
            act(hall_id=0, now=now, **extra)
    assert update_hall(hall_id=hall.pk, now=now, name="一号厅").name == "一号厅"


def test_a_hall_goes_or_is_retired_or_stays(now):
    empty, order = a_hall(), a_paid_order(now=now)
    hall_id = order.showtime.hall_id

    assert remove_hall(hall_id=empty.pk, now=now) is True
    with pytest.raises(HallInUse):
        remove_hall(hall_id=hall_id, now=now)
    assert remove_hall(hall_id=hall_id, now=order.showtime.starts_at) is False
    assert Hall.objects.get(pk=hall_id).hidden is True


def test_the_map_says_whose_each_seat_is(now):
    showtime = a_showtime(now=now, hall=a_hall(plan=["oooox"]), price_card=a_price_card(vip=20))
    me = a_customer()
    an_order(now=now, showtime=showtime, seats=["A1"], customer=me)
    an_order(now=now, showtime=showtime, seats=["A2"])
    a_paid_order(now=now, showtime=showtime, seats=["A3"])

    mine, anyone = seat_map(showtime=showtime, now=now, viewer=me), seat_map(showtime=showtime, now=now)
    later = seat_map(showtime=showtime, now=now + timedelta(minutes=10))

    assert [state.status for state in mine.seats] == ["held", "held", "sold", "available", "blocked"]
    assert [state.is_mine for state in mine.seats] == [True, False, False, False, False]
    assert [state.is_mine for state in anyone.seats] == [False] * 5
    assert [state.status for state in later.seats] == ["available", "available", "sold", "available", "blocked"]
    assert mine.seq == 4  # held, held, held, sold


def test_the_map_takes_two_statements_whatever_the_hall(now):
    counts = []
    for hall in (a_hall(rows=1, cols=2), a_hall(rows=20, cols=20)):
        showtime = a_showtime(now=now, hall=hall, price_card=a_price_card(child=-5))
        an_order(now=now, showtime=showtime, seats=["A1", "A2"])
        with CaptureQueriesContext(connection) as queries:
            seat_map(showtime=showtime, now=now)
        counts.append(len(queries))

    assert counts == [2, 2]


def test_an_unpaid_order_ends_at_once_when_a_seat_it_holds_is_taken_away_and_its_owner_is_told(now):
    showtime = a_showtime(now=now)
    losing = an_order(now=now, showtime=showtime, seats=["A1", "C8"])
    keeping = an_order(now=now, showtime=showtime, seats=["A2"])

    replace_grid(hall_id=showtime.hall_id, grid=default_grid(4), now=now)

    assert dict(Order.objects.values_list("pk", "status")) == {losing.pk: "cancelled", keeping.pk: "pending"}
    assert list(Claim.objects.values_list("order_id", flat=True)) == [keeping.pk]
    assert list(Letter.objects.values_list("recipient_id", "kind")) == [(losing.customer_id, "cancelled")]
