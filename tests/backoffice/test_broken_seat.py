"""A broken seat goes off sale, and who has a ticket for it gets another seat; the books stay in order."""

import pytest
from django.urls import reverse

from ticketing.door.admission import admit_ticket
from ticketing.models import (
    Claim,
    Seat,
    Showtime,
    Ticket,
)
from ticketing.money.refunds import refund_order
from ticketing.money.verify import find_faults
from ticketing.sale.broken_seats import TicketStays, move_ticket, nearest_free, set_for_sale, tickets_on
from ticketing.sale.claims import SeatsTaken


@pytest.fixture
def seat(hall) -> Seat:
    """The seat that broke."""
    return hall.seats.get(row_label="C", col_number=5)


def test_blocked_seat_is_sold_no_more_and_its_tickets_stay(seat, sell, now):
    order = sell("C5")

    set_for_sale(seat=seat, is_available=False, now=now)

    seat.refresh_from_db()
    assert (seat.is_available, order.tickets.get().status) == (False, "valid")


def test_ticket_moves_to_the_nearest_seat_and_the_books_are_in_order(seat, sell, boss, now):
    order = sell("C5")
    ticket = tickets_on(seat=seat, now=now)[0]
    code = ticket.code
    free = nearest_free(ticket=ticket, now=now)

    move_ticket(ticket_id=ticket.pk, to=free.label, now=now, by=boss, reason="broken")

    moved = Ticket.objects.select_related("line").get(order=order)
    assert free.label in {"C4", "C6", "B5", "D5"}
    assert (moved.code, moved.line.label, moved.seat_id) == (code, free.label, free.pk)
    assert list(Claim.objects.values_list("seat_id", "status")) == [(free.pk, "sold")]
    assert list(find_faults(now=now)) == []


def test_moved_ticket_can_be_given_back(seat, sell, boss, now):
    order = sell("C5", "C6")
    move_ticket(ticket_id=tickets_on(seat=seat, now=now)[0].pk, to="A1", now=now, by=boss)

    refund_order(order=order, now=now, by=boss)

    assert (Claim.objects.count(), list(find_faults(now=now))) == (0, [])


@pytest.mark.parametrize("taken", ["C6", "D1", "Z9"])
def test_ticket_does_not_move_to_a_seat_that_is_not_free(taken, seat, sell, boss, now):
    sell("C5", "C6")
    sell("D1")

    with pytest.raises(SeatsTaken):
        move_ticket(ticket_id=tickets_on(seat=seat, now=now)[0].pk, to=taken, now=now, by=boss)

    assert list(find_faults(now=now)) == []


def test_ticket_does_not_move_to_a_seat_its_order_gave_back(seat, sell, boss, now):
    order = sell("C5", "C6")
    refund_order(order=order, now=now, by=boss, ticket_ids=[order.tickets.get(line__label="C6").pk])

    with pytest.raises(SeatsTaken):
        move_ticket(ticket_id=tickets_on(seat=seat, now=now)[0].pk, to="C6", now=now, by=boss)


def test_used_or_refunded_ticket_stays(seat, sell, boss, now):
    used, refunded = sell("C5").tickets.get(), sell("D5").tickets.get()
    Showtime.objects.filter(pk=used.showtime_id).update(starts_at=now)  # its doors are open
    admit_ticket(code=used.code, by=boss, now=now, showtime_id=used.showtime_id)
    refund_order(order=refunded.order, now=now, by=boss)

    for ticket in (used, refunded):
        with pytest.raises(TicketStays):
            move_ticket(ticket_id=ticket.pk, to="A1", now=now, by=boss)


def test_page_shows_who_is_affected_blocks_and_moves(seat, hall, sell, office):
    order = sell("C5")
    address = reverse("admin:ticketing_hall_broken", args=[hall.pk]) + "?seat=c5"

    page = office.get(address)
    office.post(address, {"act": "block"})
    office.post(address, {"act": "move", "ticket": order.tickets.get().pk, "to": "A1"})

    seat.refresh_from_db()
    assert [ticket.order_id for ticket, _free in page.context["tickets"]] == [order.pk]
    assert (seat.is_available, order.lines.get().label) == (False, "A1")
    assert office.get(address).context["tickets"] == []


def test_page_of_a_seat_that_does_not_exist_says_so(hall, office):
    response = office.get(reverse("admin:ticketing_hall_broken", args=[hall.pk]), {"seat": "Q99"})

    assert (response.status_code, response.context["seat"]) == (200, None)


def test_usher_moves_nobody(client, customer, hall):
    customer.is_staff = True
    customer.save()
    client.force_login(customer, backend="accounts.backends.OpenAccounts")

    assert client.post(reverse("admin:ticketing_hall_broken", args=[hall.pk]) + "?seat=C5").status_code == 403
