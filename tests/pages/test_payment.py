"""Paying on the pages, at the sandbox bank, and by the bank's signed word."""

import uuid

import pytest
from django.test import override_settings

from tests.factories import a_showtime, an_order
from ticketing.models import Order, Payment, SandboxCharge
from ticketing.money.payments import begin_payment, start_payment
from ticketing.money.providers import PROVIDERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(customer):
    """An order that waits for payment."""
    return an_order(customer=customer, seats=["A1", "A2"])


def go_to_bank(client, order):
    """Press *pay*; answers the address of the bank's page."""
    return client.post(f"/orders/{order.pk}/pay/", {"provider": "sandbox"})["Location"]


def test_approving_at_the_bank_turns_the_order_into_tickets(mine, order):
    bank = go_to_bank(mine, order)

    answer = mine.post(bank, {"word": "success"})

    order.refresh_from_db()
    assert answer["Location"] == f"/orders/{order.pk}/"
    assert (order.status, order.tickets.count()) == (Order.Status.PAID, 2)


def test_declining_charges_nothing_and_the_order_can_be_paid_again(mine, order):
    mine.post(go_to_bank(mine, order), {"word": "decline"})
    mine.post(go_to_bank(mine, order), {"word": "success"})

    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert sorted(SandboxCharge.objects.values_list("status", flat=True)) == ["authorised", "declined"]


def test_leaving_the_bank_leaves_the_order_waiting(mine, order):
    mine.get(go_to_bank(mine, order))

    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


@pytest.mark.parametrize("word", ["", "maybe", "x" * 5000])
def test_a_senseless_word_at_the_bank_decides_nothing(mine, order, word):
    mine.post(go_to_bank(mine, order), {"word": word})

    assert Payment.objects.get().status == Payment.Status.PENDING


def test_looking_at_the_banks_page_decides_nothing(client, mine, order):
    client.get(go_to_bank(mine, order))

    assert Payment.objects.get().status == Payment.Status.PENDING


def test_a_second_word_at_the_bank_changes_nothing(mine, order):
    bank = go_to_bank(mine, order)
    mine.post(bank, {"word": "success"})

    mine.post(bank, {"word": "decline"})

    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_an_unknown_payment_is_not_found(mine):
    assert mine.get(f"/bank/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize("provider", ["", "cash", "free", "nobody", "\x00"])
def test_a_provider_that_customers_cannot_choose_is_refused(mine, order, provider):
    page = mine.post(f"/orders/{order.pk}/pay/", {"provider": provider}, follow=True)

    assert "该支付方式不可用。" in page.content.decode()
    assert not Payment.objects.exists()


def test_an_order_that_costs_nothing_needs_no_bank(mine, customer):
    order = an_order(customer=customer, showtime=a_showtime(price=0))

    mine.post(f"/orders/{order.pk}/pay/")

    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_a_cancelled_order_cannot_be_paid(mine, order):
    mine.post(f"/orders/{order.pk}/cancel/")

    answer = mine.post(f"/orders/{order.pk}/pay/", {"provider": "sandbox"})

    assert answer["Location"] == f"/orders/{order.pk}/"
    assert not Payment.objects.exists()


def test_the_bank_does_not_send_customers_to_another_site(mine, order):
    from_elsewhere = start_payment(
        order=order, provider="sandbox", now=order.created_at, return_url="https://elsewhere.example/"
    )

    answer = mine.post(begin_payment(payment=from_elsewhere, now=order.created_at), {"word": "success"})

    assert answer["Location"] == f"/orders/{order.pk}/"


def test_the_banks_signed_word_is_heard(mine, client, order):
    go_to_bank(mine, order)
    ((headers, body),) = PROVIDERS["sandbox"].decide(
        Payment.objects.get().reference, authorise=True, now=order.created_at
    )

    answer = client.post("/payments/sandbox/notify/", body, content_type="application/json", headers=headers)

    order.refresh_from_db()
    assert (answer.status_code, order.status) == (200, Order.Status.PAID)


@pytest.mark.parametrize("signature", ["", "0" * 64, "é"])
def test_a_word_the_bank_did_not_sign_is_refused(mine, client, order, signature):
    go_to_bank(mine, order)
    ((_signed, body),) = PROVIDERS["sandbox"].decide(
        Payment.objects.get().reference, authorise=True, now=order.created_at
    )

    answer = client.post(
        "/payments/sandbox/notify/", body, content_type="application/json", headers={"X-Signature": signature}
    )

    order.refresh_from_db()
    assert (answer.status_code, order.status) == (403, Order.Status.PENDING)


@pytest.mark.parametrize(("provider", "status"), [("cash", 403), ("nobody", 400)])
def test_nobody_speaks_for_a_provider_that_sends_no_notifications(client, provider, status):
    assert client.post(f"/payments/{provider}/notify/", b"{}", content_type="application/json").status_code == status


@override_settings(PAYMENT_PROVIDERS=[])
def test_without_the_sandbox_its_bank_is_closed(mine, order):
    assert mine.get(f"/bank/{uuid.uuid4()}/").status_code == 400
