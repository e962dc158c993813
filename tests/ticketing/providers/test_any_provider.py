"""What has to hold with any provider, each over real HTTP: every journey, and whatever can happen on the way."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.factories import a_customer, a_showtime, an_order
from tests.ticketing.providers.conftest import SERVERS
from tests.working import do_jobs
from ticketing.jobs import AFTER_SALES
from ticketing.models import Order, Payment, ProviderEvent
from ticketing.money.events import receive_event
from ticketing.money.online import pay_online
from ticketing.money.providers.base import BadSignature, ProviderUnavailable
from ticketing.money.verify import find_faults

HOUR = timedelta(hours=1)
asked_at_the_beginning = pytest.mark.parametrize(
    "server",
    [kind for kind in SERVERS if kind.is_asked_at_the_beginning],
    indirect=True,
    ids=lambda kind: kind.name,
)


def go(order, server, now):
    """The customer presses *pay*; returns the payment, and where they were sent."""
    address = pay_online(order=order, provider=server.name, now=now)
    server.visit(address)
    return Payment.objects.filter(order=order).latest("pk"), address


def hear(server, call, now):
    """What the provider said arrives."""
    headers, body = call
    return receive_event(provider=server.name, headers=headers, body=body, now=now)


def post(client, server, call):
    """What the provider said arrives by HTTP."""
    headers, body = call
    return client.post(f"/payments/{server.name}/notify/", body, headers["Content-Type"], headers=headers)


def paid(server, now, **facts):
    """An order paid there, and what follows of it done."""
    payment, _address = go(an_order(now=now, **facts), server, now)
    hear(server, server.customer_pays(payment), now)
    do_jobs(*AFTER_SALES, at=now)
    return payment


def state(payment):
    payment.refresh_from_db()
    return Order.objects.get(pk=payment.order_id).status, payment.status


def is_in_order(now):
    """The house's books add up, and nothing is left undone."""
    return list(find_faults(now=now)) == []


def test_paying_sells_and_takes_the_money(server, house, now):
    payment = paid(server, now)

    assert state(payment) == ("paid", "captured")
    assert server.money(payment) == ("taken", 0)


def test_what_is_asked_for_is_the_orders_sum_in_its_currency(server, now):
    payment, address = go(an_order(now=now, seats=["A1", "A2"]), server, now)

    assert server.asked_sum(payment) == (9000, "CNY")
    assert address.startswith(("http", "/scan/"))


def test_who_leaves_without_paying_keeps_their_seats_for_a_while_and_may_come_back(server, now):
    payment, _address = go(an_order(now=now), server, now)
    if (call := server.customer_leaves(payment)) is not None:
        hear(server, call, now)
    else:
        do_jobs("ask_payment", at=now + 2 * HOUR)
    do_jobs("void_payment", at=now + 2 * HOUR)
    left = state(payment)

    again, _address = go(payment.order, server, now)
    hear(server, server.customer_pays(again), now)
    do_jobs(*AFTER_SALES, at=now)

    assert (left, state(again)) == (("pending", "expired"), ("paid", "captured"))


def test_who_presses_pay_twice_meets_the_same_payment(server, now):
    order = an_order(now=now)
    first, address = go(order, server, now)
    second, same_address = go(order, server, now + timedelta(seconds=3))

    hear(server, server.customer_pays(first), now)
    do_jobs(*AFTER_SALES, at=now)

    assert (second, server.number_of_payments()) == (first, 1)
    assert urlsplit(same_address)[:3] == urlsplit(address)[:3]
    assert state(first) == ("paid", "captured")


def test_a_notification_that_comes_twice_is_heard_once(server, now):
    payment, _address = go(an_order(now=now), server, now)
    call = server.customer_pays(payment)

    for _time in range(3):
        hear(server, call, now)
        do_jobs(*AFTER_SALES, at=now)

    assert state(payment) == ("paid", "captured")
    assert (server.money(payment), ProviderEvent.objects.count()) == (("taken", 0), 1)


def test_money_for_seats_that_others_have_by_then_stays_with_its_owner(server, now):
    showtime = a_showtime(now=now)
    payment, _address = go(an_order(showtime=showtime, now=now), server, now)
    call, later = server.customer_pays(payment), now + timedelta(minutes=11)
    an_order(showtime=showtime, now=later, customer=a_customer())

    server.now = later
    hear(server, server.again(call), later)
    do_jobs(*AFTER_SALES, at=later)

    assert state(payment)[1] in {"voided", "returned"}
    assert server.money(payment) in {("let go", 0), ("taken", payment.amount)}


def test_a_notification_that_comes_a_day_late_finds_the_film_over_and_the_money_goes_back(server, now):
    showtime = a_showtime(now=now)
    payment, _address = go(an_order(showtime=showtime, now=now), server, now)
    call, later = server.customer_pays(payment), now + 25 * HOUR

    server.now = later
    hear(server, server.again(call), later)
    do_jobs(*AFTER_SALES, at=later)

    assert (state(payment)[0], state(payment)[1] in {"voided", "returned"}) == ("pending", True)
    assert server.money(payment) in {("let go", 0), ("taken", payment.amount)}


def test_a_notification_that_never_comes_is_asked_for(server, now):
    payment, _address = go(an_order(now=now), server, now)
    server.customer_pays(payment)

    do_jobs("ask_payment", *AFTER_SALES, at=now + timedelta(minutes=3))

    assert state(payment) == ("paid", "captured")
    assert server.money(payment) == ("taken", 0)


def test_nobody_is_asked_to_pay_after_we_gave_up_and_who_did_in_that_moment_is_heard(server, now):
    payment, _address = go(an_order(now=now), server, now)
    do_jobs("ask_payment", at=now + 25 * HOUR)
    given_up = state(payment)

    server.customer_pays(payment)
    do_jobs(*AFTER_SALES, at=now + 25 * HOUR)

    assert given_up == ("pending", "expired")
    assert state(payment)[1] in {"voided", "returned"}  # the film is over
    assert server.money(payment) in {("let go", 0), ("taken", payment.amount)}


def test_a_notification_that_is_forged_or_stale_is_turned_away(server, now):
    payment, _address = go(an_order(now=now), server, now)
    call = server.customer_pays(payment)

    for bad in server.not_to_be_believed(call):
        with pytest.raises(BadSignature):
            hear(server, bad, now)

    assert (state(payment), ProviderEvent.objects.count()) == (("pending", "pending"), 0)


def test_a_notification_that_was_changed_on_its_way_is_turned_away(server, now):
    payment, _address = go(an_order(now=now), server, now)
    headers, body = server.customer_pays(payment)

    with pytest.raises(BadSignature):
        hear(server, (headers, body.replace(b"4", b"5", 1)), now)

    assert state(payment) == ("pending", "pending")


@pytest.mark.parametrize("number", ["shop-7", "2cf9f2b3-f9c1-4fe6-a05a-70f7cf17fa25"])
def test_a_notification_about_somebody_elses_money_is_acknowledged_and_changes_nothing(server, client, now, number):
    payment, _address = go(an_order(now=now), server, now)

    answer = post(client, server, server.foreign(number))

    assert ((answer.status_code, answer.content), state(payment)) == (server.acknowledged, ("pending", "pending"))
    assert ProviderEvent.objects.get().handled_at is not None


def test_a_payment_of_the_wrong_sum_sells_nothing_and_goes_back(server, now):
    payment, _address = go(an_order(now=now), server, now)
    server.change_sum(payment, 1)

    hear(server, server.customer_pays(payment), now)
    do_jobs(*AFTER_SALES, at=now)

    assert state(payment)[0] == "pending"
    assert payment.last_error != ""


@asked_at_the_beginning
def test_a_provider_that_is_away_costs_nothing_and_the_next_click_begins_anew(server, now):
    order = an_order(now=now)
    server.is_away = True
    with pytest.raises(ProviderUnavailable):
        go(order, server, now)
    server.is_away = False

    payment, _address = go(order, server, now + timedelta(seconds=20))
    hear(server, server.customer_pays(payment), now)
    do_jobs(*AFTER_SALES, at=now)

    assert (Payment.objects.count(), state(payment)) == (1, ("paid", "captured"))


@asked_at_the_beginning
def test_nobody_waits_for_a_slow_provider_and_its_work_is_not_done_twice(server, house, now, monkeypatch):
    order = an_order(now=now)
    server.seconds_late = 0.6
    with monkeypatch.context() as impatient:
        impatient.setattr(type(house), "timeout", 0.2)
        with pytest.raises(ProviderUnavailable):
            go(order, server, now)
    server.seconds_late = 0

    payment, _address = go(order, server, now)
    hear(server, server.customer_pays(payment), now)
    do_jobs(*AFTER_SALES, at=now)

    assert (server.number_of_payments(), state(payment)) == (1, ("paid", "captured"))


def test_the_notify_page_says_what_the_provider_wants_to_hear(server, client, now):
    payment, _address = go(an_order(now=now), server, now)
    answer = post(client, server, server.customer_pays(payment))
    do_jobs(*AFTER_SALES, at=now + timedelta(minutes=1))

    assert (answer.status_code, answer.content) == server.acknowledged
    assert state(payment) == ("paid", "captured")


def test_a_customer_who_was_banned_meanwhile_buys_nothing_whoever_tells_of_it(server, now):
    customer = a_customer()
    told, asked = (go(an_order(now=now, customer=customer, seats=[seat]), server, now)[0] for seat in ("A1", "A2"))
    customer.status = customer.Status.BANNED
    customer.save()

    hear(server, server.customer_pays(told), now)
    server.customer_pays(asked)
    do_jobs("ask_payment", *AFTER_SALES, at=now + timedelta(minutes=3))

    for payment in (told, asked):
        order_status, payment_status = state(payment)
        assert (order_status, payment_status in {"voided", "returned"}) == ("pending", True)
        assert server.money(payment) in {("let go", 0), ("taken", 4500)}


def test_no_secret_is_ever_logged(server, now, caplog):
    with caplog.at_level("DEBUG"):
        paid(server, now)

    assert [secret for secret in server.secrets() if secret in caplog.text] == []
