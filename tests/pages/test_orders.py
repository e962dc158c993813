"""A customer's orders, from the checkout to the ticket."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Letter
from tests.factories import a_clerk, a_hall, a_paid_order, a_price_card, a_showtime, an_order
from ticketing.models import Claim, Order, Ticket
from ticketing.money.refunds import refund_order
from ticketing.sale.moves import move_showtime

pytestmark = pytest.mark.django_db
ACTIONS = ["cancel/", "refund/", "again/", "pay/"]


def run_out(order):
    """Let the order's hold end."""
    past = timezone.now() - timedelta(seconds=1)
    Order.objects.filter(pk=order.pk).update(expires_at=past)
    Claim.objects.filter(order=order).update(held_until=past)


def test_an_unpaid_order_shows_its_seats_and_the_time_left(mine, customer):
    order = an_order(customer=customer, seats=["A1", "A2"])

    page = mine.get(f"/orders/{order.pk}/")

    assert [line.label for line in page.context["lines"]] == ["A1", "A2"]
    assert 590 <= page.context["seconds_left"] <= 600


def test_a_paid_order_shows_its_tickets_each_with_its_code(mine, customer):
    order = a_paid_order(customer=customer, seats=["A1", "A2"])

    page = mine.get(f"/orders/{order.pk}/").content.decode()

    assert [f"/tickets/{ticket.code}.svg" in page for ticket in order.tickets.all()] == [True, True]


def test_tickets_of_a_moved_showtime_say_so_and_may_be_given_back_shortly_before_it(mine, customer):
    order = a_paid_order(customer=customer, seats=["A1"])
    soon = timezone.now() + timedelta(minutes=10)
    move_showtime(
        showtime_id=order.showtime_id, hall=order.showtime.hall, starts_at=soon, now=timezone.now(), by=a_clerk()
    )

    page = mine.get(f"/orders/{order.pk}/")
    mine.post(f"/orders/{order.pk}/refund/")

    assert "您购票后本场次有调整" in page.content.decode()
    assert Order.objects.get().status == "refunded"


def test_pages_tell_when_the_film_itself_begins(mine, customer):
    starts_at = timezone.localtime(timezone.now() + timedelta(days=1)).replace(hour=20, minute=0)
    showtime = a_showtime(starts_at=starts_at, preshow_minutes=10)
    order = a_paid_order(customer=customer, showtime=showtime)

    pages = [mine.get(address).content.decode() for address in (f"/showtimes/{showtime.pk}/", f"/orders/{order.pk}/")]

    assert ["正片约 20:10 开始" in page for page in pages] == [True, True]


def test_the_qr_code_is_a_picture_for_its_owner_only(mine, stranger, client, customer):
    ticket = a_paid_order(customer=customer).tickets.get()

    picture = mine.get(f"/tickets/{ticket.code}.svg")

    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<svg" in picture.content
    assert b"style=" not in picture.content
    assert stranger.get(f"/tickets/{ticket.code}.svg").status_code == 404
    assert client.get(f"/tickets/{ticket.code}.svg").status_code == 302


def test_a_paid_order_can_go_into_the_calendar(mine, stranger, customer):
    order = a_paid_order(customer=customer)

    entry = mine.get(f"/orders/{order.pk}/calendar.ics").content.decode()

    assert f"SUMMARY:{order.showtime.movie.title}" in entry.split("\r\n")
    assert stranger.get(f"/orders/{order.pk}/calendar.ics").status_code == 404


def test_someone_elses_order_is_not_found_and_untouched(stranger):
    order = an_order()

    answers = [stranger.get(f"/orders/{order.pk}/")]
    answers += [stranger.post(f"/orders/{order.pk}/{action}", {"provider": "sandbox"}) for action in ACTIONS]

    order.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404] * 5
    assert order.status == Order.Status.PENDING


def test_without_an_account_orders_lead_to_the_log_in(client):
    order = an_order()

    answers = [client.get("/orders/"), client.get(f"/orders/{order.pk}/")]
    answers += [client.post(f"/orders/{order.pk}/{action}") for action in ACTIONS]

    assert {answer["Location"].split("?")[0] for answer in answers} == {"/account/login/"}


@pytest.mark.parametrize("number", ["0", "9" * 25, "x"])
def test_an_unknown_order_is_not_found(mine, number):
    assert mine.get(f"/orders/{number}/").status_code == 404


def test_an_action_that_is_asked_for_as_a_page_does_nothing_and_leads_to_the_order(mine, customer):
    order = an_order(customer=customer)

    answers = [mine.get(f"/orders/{order.pk}/{action}") for action in ACTIONS]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, f"/orders/{order.pk}/")}
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_cancelling_frees_the_seats(mine, customer):
    order = an_order(customer=customer)

    mine.post(f"/orders/{order.pk}/cancel/")

    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert not Claim.objects.exists()


def test_a_paid_order_cannot_be_cancelled(mine, customer):
    order = a_paid_order(customer=customer)

    page = mine.post(f"/orders/{order.pk}/cancel/", follow=True)

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert "这笔订单已经支付。" in page.content.decode()


def test_a_paid_order_can_be_given_back_in_time(mine, customer):
    order = a_paid_order(customer=customer)

    mine.post(f"/orders/{order.pk}/refund/")

    order.refresh_from_db()
    assert (order.status, order.refunded_amount) == (Order.Status.REFUNDED, order.total_amount)


def test_a_paid_order_cannot_be_given_back_too_late(mine, customer):
    order = a_paid_order(customer=customer, showtime=a_showtime(starts_at=timezone.now() + timedelta(minutes=10)))

    page = mine.post(f"/orders/{order.pk}/refund/", follow=True)

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert "退票</button>" not in page.content.decode()
    assert "该订单已不能退票。" in page.content.decode()


def test_a_hold_that_ran_out_offers_the_same_seats_while_they_are_free(mine, customer):
    order = an_order(customer=customer, seats=["A1", "A2"])
    run_out(order)

    offer = mine.get(f"/orders/{order.pk}/").context["offer"]

    assert (offer.is_same, offer.labels) == (True, ["A1", "A2"])


def test_a_hold_that_ran_out_offers_the_nearest_equal_seats_else(mine, customer):
    showtime = a_showtime(hall=a_hall(plan=["oooooo", "vvoooo", "oooooo"]))
    order = an_order(customer=customer, showtime=showtime, seats=["C1", "C2"])
    run_out(order)
    an_order(showtime=showtime, seats=["C2"])

    offer = mine.get(f"/orders/{order.pk}/").context["offer"]

    assert (offer.is_same, [seat.kind for seat in offer.seats]) == (False, ["standard", "standard"])
    assert {seat.row_label for seat in offer.seats} <= {"B", "C"}


def test_a_hold_that_ran_out_offers_nothing_in_a_full_hall(mine, customer):
    showtime = a_showtime(hall=a_hall(rows=1, cols=2))
    order = an_order(customer=customer, showtime=showtime, seats=["A1", "A2"])
    run_out(order)
    an_order(showtime=showtime, seats=["A1"])

    page = mine.get(f"/orders/{order.pk}/")

    assert page.context["offer"].seats == []
    assert "本场已没有合适的座位。" in page.content.decode()


def test_taking_the_offer_holds_the_seats_at_the_same_prices(mine, customer):
    showtime = a_showtime(price_card=a_price_card(child=-15))
    order = an_order(customer=customer, showtime=showtime, seats=["A1", "A2"], price_types={"A1": "child"})
    run_out(order)
    offered = [line.seat_id for line in order.lines.all()]

    answer = mine.post(f"/orders/{order.pk}/again/", {"seats": offered})

    renewed = Order.objects.exclude(pk=order.pk).get()
    order.refresh_from_db()
    assert answer["Location"] == f"/orders/{renewed.pk}/"
    assert order.status == Order.Status.CANCELLED
    assert list(renewed.lines.values_list("label", "price_type")) == [("A1", "child"), ("A2", "adult")]


def test_an_offer_that_was_taken_meanwhile_is_refused_and_nothing_changes(mine, customer):
    order = an_order(customer=customer, seats=["A1"])
    run_out(order)
    an_order(showtime=order.showtime, seats=["A1"])

    mine.post(f"/orders/{order.pk}/again/", {"seats": [order.lines.get().seat_id]})

    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert Order.objects.of(customer).count() == 1


@pytest.mark.parametrize("garbage", [["x"], [], ["9" * 300], ["0"]])
def test_senseless_seats_are_not_held_again(mine, customer, garbage):
    order = an_order(customer=customer)
    run_out(order)

    answer = mine.post(f"/orders/{order.pk}/again/", {"seats": garbage})

    assert answer["Location"] == f"/orders/{order.pk}/"
    assert Order.objects.count() == 1


def test_the_list_shows_only_ones_own_orders_newest_first(mine, customer):
    first, second = an_order(customer=customer), a_paid_order(customer=customer)
    an_order()

    assert list(mine.get("/orders/").context["page"]) == [second, first]


def test_the_list_of_a_new_customer_says_what_to_do(mine):
    assert "还没有订单" in mine.get("/orders/").content.decode()


def test_the_list_takes_as_many_queries_for_three_orders_as_for_one(mine, customer, queries_of):
    a_paid_order(customer=customer, seats=["A1"])
    before = queries_of(mine, "/orders/")

    a_paid_order(customer=customer, seats=["A1", "A2"])
    an_order(customer=customer, seats=["A1", "A2", "A3"])

    assert queries_of(mine, "/orders/") == before


def test_an_order_takes_as_many_queries_for_three_tickets_as_for_one(mine, customer, queries_of):
    one = a_paid_order(customer=customer, seats=["A1"])
    three = a_paid_order(customer=customer, seats=["A1", "A2", "A3"])

    assert queries_of(mine, f"/orders/{one.pk}/") == queries_of(mine, f"/orders/{three.pk}/")


def test_an_order_takes_as_many_queries_for_three_letters_as_for_one(mine, customer, queries_of):
    order = a_paid_order(customer=customer, seats=["A1", "A2", "A3", "A4"])
    first, *more = list(order.tickets.all())[:3]
    refund_order(order=order, now=timezone.now(), by=None, ticket_ids=[first.pk])
    before = queries_of(mine, f"/orders/{order.pk}/")

    for ticket in more:
        refund_order(order=order, now=timezone.now(), by=None, ticket_ids=[ticket.pk])

    assert queries_of(mine, f"/orders/{order.pk}/") == before


def test_a_message_is_new_on_the_list_and_on_the_order_until_it_was_read(mine, customer):
    order = a_paid_order(customer=customer)
    refund_order(order=order, now=timezone.now(), by=None, reason="放映中断")

    listed = mine.get("/orders/").content.decode()
    first, second = (mine.get(f"/orders/{order.pk}/").content.decode() for _visit in range(2))
    listed_later = mine.get("/orders/").content.decode()

    assert ("新消息" in listed, "新消息" in listed_later) == (True, False)
    assert ("原因：放映中断" in first, "原因：放映中断" in second) == (True, True)
    assert (first.count(" open>"), second.count(" open>")) == (2, 0)


def test_looking_whether_the_page_is_there_reads_no_message(mine, customer):
    order = a_paid_order(customer=customer)

    mine.head(f"/orders/{order.pk}/")

    assert Letter.objects.unread().count() == 1


def test_a_stranger_reads_nobodys_messages(stranger, customer):
    order = a_paid_order(customer=customer)

    answer = stranger.get(f"/orders/{order.pk}/")

    assert (answer.status_code, Letter.objects.unread().count()) == (404, 1)


def test_a_message_quotes_what_staff_wrote_as_text(mine, customer):
    order = a_paid_order(customer=customer)
    refund_order(order=order, now=timezone.now(), by=None, reason="<script>alert(1)</script>")

    page = mine.get(f"/orders/{order.pk}/").content.decode()

    assert ("<script>alert" in page, "&lt;script&gt;alert(1)&lt;/script&gt;" in page) == (False, True)


def test_a_used_ticket_says_so(mine, customer):
    order = a_paid_order(customer=customer)
    Ticket.objects.filter(order=order).update(status=Ticket.Status.USED)

    assert "已使用" in mine.get(f"/orders/{order.pk}/").content.decode()
