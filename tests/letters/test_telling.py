"""What customers are told, and that they are told it exactly when it has happened."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction

from accounts.models import Letter
from cinema.jobs.runs import work_off
from tests.factories import (
    a_clerk,
    a_customer,
    a_hall,
    a_movie,
    a_paid_order,
    a_showtime,
    afterwards,
    an_order,
    begun,
    money,
    pay,
)
from tests.working import mail_letters
from ticketing.money.call_offs import call_off_showtime
from ticketing.money.events import receive_event
from ticketing.money.in_house import pay_in_house
from ticketing.money.providers import PROVIDERS
from ticketing.money.refunds import refund_by_customer, refund_order
from ticketing.sale.broken_seats import move_ticket
from ticketing.sale.orders import cancel_order

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 5, 2, 11, 30, tzinfo=UTC)


@pytest.fixture
def showtime():
    """A film with a name in both languages, on a Saturday evening."""
    movie = a_movie("神女", title_en="The Goddess")
    return a_showtime(movie=movie, hall=a_hall(name="1号厅"), starts_at=EVENING)


def bought(showtime, now, *, language="zh-hans", seats=("A1", "A2"), **facts):
    return a_paid_order(customer=a_customer(language=language, **facts), showtime=showtime, seats=seats, now=now)


def only_letter():
    letter = Letter.objects.get()
    return letter.kind, letter.subject, letter.text.split("\n")


def test_a_sale_tells_film_time_hall_seats_and_sum(showtime, now):
    order = bought(showtime, now)

    letter = Letter.objects.get()
    assert (letter.recipient, letter.about, letter.about_id) == (order.customer, "order", order.pk)
    assert only_letter() == (
        "tickets",
        "您的电影票：《神女》，5月2日 19:30",
        [
            "购票成功，祝您观影愉快。",
            "",
            "影片：神女",
            "时间：5月2日 星期六 19:30",
            "影厅：1号厅",
            "座位：A1, A2",
            "合计：¥90",
            f"订单号：{order.number}",
            "",
            "入场时请逐张出示电子票的二维码。电子票可在订单页面查看。",
        ],
    )


def test_a_sale_in_english(showtime, now):
    order = bought(showtime, now, language="en")

    assert only_letter() == (
        "tickets",
        "Your tickets: The Goddess, May 2, 19:30",
        [
            "Thank you, the tickets are yours.",
            "",
            "Film: The Goddess",
            "Time: Saturday, May 2, 19:30",
            "Hall: 1号厅",
            "Seats: A1, A2",
            "Total: ¥90",
            f"Order number: {order.number}",
            "",
            "Please show the QR code of each ticket at the door. You find the tickets on the page of your order.",
        ],
    )


def test_a_declined_payment_tells_nothing(showtime, now):
    pay(an_order(showtime=showtime, now=now), now=now, authorise=False)

    assert not Letter.objects.exists()


def begin_to_pay(order, now):
    """The customer is at the bank; returns the bank's yes, to be heard when it comes."""
    ((headers, body),) = PROVIDERS["sandbox"].decide(begun(order, now).reference, authorise=True, now=now)
    return {"provider": "sandbox", "body": body, "headers": headers}


def test_a_payment_that_came_too_late_is_told_once_with_nothing_charged(showtime, now):
    late = an_order(showtime=showtime, now=now, seats=["A1"])
    word = begin_to_pay(late, now)
    an_order(showtime=showtime, now=late.expires_at, seats=["A1"])

    for _time in range(2):
        receive_event(**word, now=late.expires_at)

    assert only_letter() == (
        "not_sold",
        "未扣款：《神女》，5月2日 19:30",
        [
            "这些座位已无法为您出票。",
            "",
            "影片：神女",
            "时间：5月2日 星期六 19:30",
            "影厅：1号厅",
            "座位：A1",
            "",
            "您未支付任何费用。",
        ],
    )


def test_whoever_paid_another_way_hears_nothing_of_the_payment_that_was_let_go(showtime, now):
    order = an_order(showtime=showtime, now=now)
    word = begin_to_pay(order, now)
    pay_in_house(order=order, provider="cash", now=now, by=None)

    receive_event(**word, now=now)
    afterwards(now)

    assert only_letter()[0] == "tickets"


def test_an_undone_sale_leaves_no_letter(showtime, now):
    order = an_order(showtime=showtime, now=now)

    with transaction.atomic():
        pay_in_house(order=order, provider="cash", now=now, by=None)
        transaction.set_rollback(True)
    afterwards(now)

    assert not Letter.objects.exists()


def test_a_sale_at_the_counter_without_an_account_tells_nobody(showtime, now):
    order = an_order(showtime=showtime, now=now, clerk=a_clerk(), channel="counter")
    order.customer = None
    order.save()

    pay_in_house(order=order, provider="cash", now=now, by=None)

    assert not Letter.objects.exists()


def test_one_who_gives_tickets_back_reads_what_comes_back(showtime, now):
    order = bought(showtime, now)
    Letter.objects.all().delete()

    refund_by_customer(order=order, now=now)

    assert only_letter() == (
        "refunded",
        "退款通知：《神女》，5月2日 19:30",
        [
            "您已退票。",
            "",
            "影片：神女",
            "时间：5月2日 星期六 19:30",
            "影厅：1号厅",
            "座位：A1, A2",
            "",
            "退款 ¥90 正按原支付方式退回，到账后我们会再通知您。",
        ],
    )


def test_a_refund_of_one_ticket_by_staff_names_it_its_sum_and_the_reason(showtime, now):
    order = bought(showtime, now, language="en")
    Letter.objects.all().delete()

    refund_order(
        order=order,
        now=now,
        by=a_clerk(),
        ticket_ids=[order.tickets.last().pk],
        reason="The projector was out of focus",
    )

    assert only_letter() == (
        "refunded",
        "Money back: The Goddess, May 2, 19:30",
        [
            "We have taken these tickets back.",
            "",
            "Film: The Goddess",
            "Time: Saturday, May 2, 19:30",
            "Hall: 1号厅",
            "Seats: A2",
            "",
            "¥45 is on its way back to you, the way you paid. We tell you when it has been paid out.",
            "",
            "Reason: The projector was out of focus",
        ],
    )


def test_calling_a_showtime_off_tells_everybody_once_in_their_language(showtime, now):
    bought(showtime, now, seats=["A1"])
    bought(showtime, now, seats=["A2"], language="en", email="")
    an_order(showtime=showtime, now=now, seats=["A3"])
    an_order(showtime=showtime, now=now - timedelta(days=1), seats=["A4"])  # its hold has run out long ago
    Letter.objects.all().delete()

    call_off_showtime(showtime_id=showtime.pk, now=now, by=a_clerk(), reason="停电")
    work_off(clock=lambda: now, kinds={"call_off_order"})

    told = [(letter.kind, letter.status, letter.subject) for letter in Letter.objects.order_by("about_id")]
    assert told == [
        ("called_off", "waiting", "场次取消：《神女》，5月2日 19:30"),
        ("called_off", "site", "Called off: The Goddess, May 2, 19:30"),
        ("called_off", "waiting", "场次取消：《神女》，5月2日 19:30"),
    ]
    paid, _english, unpaid = (letter.text for letter in Letter.objects.order_by("about_id"))
    assert ("退款 ¥45 正按原支付方式退回，到账后我们会再通知您。" in paid, "原因：停电" in paid) == (True, True)
    assert "您未支付任何费用。" in unpaid


def test_an_unpaid_order_cancelled_by_staff_is_told_and_ones_own_is_not(showtime, now):
    theirs = an_order(showtime=showtime, now=now, seats=["A1"])
    own = an_order(showtime=showtime, now=now, seats=["A2"])

    cancel_order(order=theirs, now=now, by=a_clerk())
    cancel_order(order=own, now=now, by=own.customer)

    assert only_letter() == (
        "cancelled",
        "订单已取消：《神女》，5月2日 19:30",
        [
            "您未支付的订单已由影院取消。",
            "",
            "影片：神女",
            "时间：5月2日 星期六 19:30",
            "影厅：1号厅",
            "座位：A1",
            "",
            "您未支付任何费用。",
        ],
    )


def test_a_new_seat_is_told_with_the_old_one(showtime, now):
    order = bought(showtime, now, language="en", seats=["A1"])
    Letter.objects.all().delete()

    move_ticket(ticket_id=order.tickets.get().pk, to="B2", now=now, by=a_clerk())

    assert only_letter() == (
        "new_seat",
        "New seat B2: The Goddess, May 2, 19:30",
        [
            "Seat A1 can't be used. We have kept seat B2 for you instead, at no extra charge.",
            "",
            "Film: The Goddess",
            "Time: Saturday, May 2, 19:30",
            "Hall: 1号厅",
            "New seat: B2 (before: A1)",
            "",
            "Your ticket and its QR code stay valid.",
        ],
    )


def test_the_mail_brings_the_codes_and_the_calendar_entry_and_the_letter_holds_no_code(showtime, now):
    order = bought(showtime, now)
    codes = [ticket.code for ticket in order.tickets.all()]

    mail_letters(now)

    message = mail.outbox[0]
    names = [part.get_filename() for part in message.message().walk() if part.get_filename()]
    html = message.alternatives[0].content
    assert names == ["ticket-1.png", "ticket-2.png", f"order-{order.pk}.ics"]
    assert [code in html for code in codes] == [True, True]
    assert [code in Letter.objects.get().text for code in codes] == [False, False]


def test_a_ticket_given_back_before_the_mail_went_is_not_in_it(showtime, now):
    order = bought(showtime, now)
    given_back, kept = order.tickets.all()
    refund_order(order=order, now=now, by=None, ticket_ids=[given_back.pk])

    mail_letters(now)

    html = mail.outbox[0].alternatives[0].content
    assert (given_back.code in html, kept.code in html) == (False, True)


def test_nothing_to_pay_back_is_not_talked_of(now):
    free = a_showtime(now=now, price=money(0))
    order = an_order(showtime=free, now=now)
    pay_in_house(order=order, provider="free", now=now, by=None)
    Letter.objects.all().delete()

    refund_by_customer(order=order, now=now)

    assert "退款 ¥" not in Letter.objects.get().text
