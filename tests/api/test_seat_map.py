"""The seat map by API: as its serializers say, never out of date, and not sent again to whoever has it."""

import pytest
from django.utils import timezone

from tests.api.conftest import BEFORE
from tests.factories import a_hall, a_paid_order, a_price_card, a_showtime, an_order, money
from ticketing.api.seats import BookingSeats, V1Seats
from ticketing.models import PriceRule, Showtime
from ticketing.sale.broken_seats import set_for_sale
from ticketing.sale.seatmap import AVAILABLE, HELD, SOLD, seat_map

pytestmark = pytest.mark.django_db


@pytest.fixture
def showtime(house):
    """A showtime at four prices, with a seat in every state."""
    hall = a_hall(plan=["oo_vvx", "ccwm_o"])
    found = a_showtime(hall=hall, now=BEFORE, price_card=a_price_card(vip="20.5", child=-15))
    an_order(showtime=found, seats=["A1"], now=BEFORE)
    a_paid_order(showtime=found, seats=["A2"], now=BEFORE)
    return found


def test_v1_writes_what_its_serializer_says(showtime, customer, as_user):
    an_order(showtime=showtime, seats=["B1", "B2"], customer=customer, now=BEFORE)

    told = as_user(customer).get(f"/api/v1/schedules/{showtime.pk}/seats").json()["data"]

    seats = seat_map(showtime=showtime, now=timezone.now(), viewer=customer)
    types = [{"priceType": "adult", "difference": 0}, {"priceType": "child", "difference": money(-15)}]
    facts = {"seq": seats.seq, "seats": seats.seats, "availableCount": 5, "priceTypes": types}
    assert told == V1Seats(facts).data
    assert {seat["status"] for seat in told["seats"]} == {"available", "held", "sold", "blocked"}
    assert [seat["label"] for seat in told["seats"] if seat["isMine"]] == ["B1", "B2"]


def test_booking_writes_what_its_serializer_says(showtime, nobody):
    told = nobody.get("/api/showtime/seats", showtime_id=showtime.pk).json()["data"]

    seats = seat_map(showtime=showtime, now=timezone.now())
    taken = seats.count(HELD) + seats.count(SOLD)
    facts = {"seats": seats.seats, "selected_count": taken, "available_count": seats.count(AVAILABLE)}
    assert told == BookingSeats(facts).data


def somebody_holds(showtime):
    """Another seat is held."""
    an_order(showtime=showtime, seats=["A4"], now=BEFORE)


def a_seat_breaks(showtime):
    """A seat goes off sale."""
    set_for_sale(seat=showtime.hall.seats.get(row_label="A", col_number=4), is_available=False, now=BEFORE)


def dearer(showtime):
    """VIP costs more."""
    PriceRule.objects.filter(seat_kind="vip").update(amount=money(30))


def cheaper(showtime):
    """The showtime costs less."""
    Showtime.objects.filter(pk=showtime.pk).update(price=money(30))


@pytest.mark.parametrize("change", [somebody_holds, a_seat_breaks, dearer, cheaper])
def test_who_has_the_map_is_sent_it_again_only_when_it_has_changed(showtime, customer, as_user, change):
    caller, path = as_user(customer), f"/api/v1/schedules/{showtime.pk}/seats"
    first = caller.get(path)
    caller.headers["if-none-match"] = first["ETag"]
    same = caller.get(path)

    change(showtime)

    changed = caller.get(path)
    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.json()["data"]["seats"] != first.json()["data"]["seats"]


def test_the_map_of_one_caller_is_kept_by_nobody_else(showtime, customer, as_user):
    answer = as_user(customer).get(f"/api/v1/schedules/{showtime.pk}/seats")

    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Accept-Language"} <= {name.strip() for name in answer["Vary"].split(",")}
