"""Paying with a gift card on the page of one's order."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.backoffice.staff import browser_of
from tests.factories import a_customer, a_gift_card, an_order, money
from ticketing.models import GiftCard, Order, Payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    """Whose order it is."""
    return a_customer()


@pytest.fixture
def order(customer):
    """Two seats that wait to be paid."""
    return an_order(customer=customer, seats=["A1", "A2"])


def page_of(order):
    return reverse("ticketing:order", args=[order.pk])


def test_the_page_says_what_the_card_paid_and_what_is_still_to_pay(customer, order):
    issued, browser = a_gift_card(50), browser_of(customer)

    page = browser.post(reverse("ticketing:gift_card", args=[order.pk]), {"code": issued.code}, follow=True)

    text = page.content.decode()
    assert page.redirect_chain[-1][0] == page_of(order)
    assert (page.context["order"].rest_amount, issued.code in text, issued.card.label in text) == (4000, False, True)
    assert "data-rest>¥40<" in text
    assert "您已支付的部分会退回" in text


def test_a_card_with_enough_on_it_leads_to_the_tickets(customer, order):
    issued = a_gift_card(100)

    page = browser_of(customer).post(
        reverse("ticketing:gift_card", args=[order.pk]), {"code": issued.code}, follow=True
    )

    assert (Order.objects.get().status, page.content.decode().count("data-tickets")) == ("paid", 1)
    assert GiftCard.objects.get().balance_amount == money(10)


def test_the_card_is_taken_off_again(customer, order):
    issued, browser = a_gift_card(50), browser_of(customer)
    browser.post(reverse("ticketing:gift_card", args=[order.pk]), {"code": issued.code})
    payment = Payment.objects.get()

    address = reverse("ticketing:gift_card_off", args=[order.pk])
    for nonsense in ("", "x", "0", "9" * 30, "²"):
        browser.post(address, {"payment": nonsense})
    standing = Payment.objects.get().status
    page = browser.post(address, {"payment": payment.pk}, follow=True)

    assert (standing, page.context["order"].rest_amount) == ("captured", money(90))
    assert GiftCard.objects.get().balance_amount == money(50)


@pytest.mark.parametrize("code", ["", "nonsense", "ABCD-EFGH-JKLM-NPQR", "\x00", "x" * 10_000, "沙丘"])
def test_a_wrong_code_is_a_sentence_and_pays_nothing(customer, order, code):
    page = browser_of(customer).post(reverse("ticketing:gift_card", args=[order.pk]), {"code": code}, follow=True)

    assert (page.status_code, Payment.objects.count()) == (200, 0)
    assert [str(message.level_tag) for message in page.context["messages"]] == ["error"]


def test_who_tries_codes_is_stopped(customer, order, settings):
    settings.RATE_LIMITS = True
    issued, browser = a_gift_card(50), browser_of(customer)
    address = reverse("ticketing:gift_card", args=[order.pk])
    for number in range(10):
        browser.post(address, {"code": f"WRONG{number}"})

    browser.post(address, {"code": issued.code})

    assert (Payment.objects.count(), GiftCard.objects.get().balance_amount) == (0, money(50))


def test_strangers_pay_nothing_and_take_nothing_off(customer, order):
    issued = a_gift_card(50)
    browser_of(customer).post(reverse("ticketing:gift_card", args=[order.pk]), {"code": issued.code})
    payment = Payment.objects.get()
    other = a_gift_card(20)
    addresses = [
        reverse("ticketing:gift_card", args=[order.pk]),
        reverse("ticketing:gift_card_off", args=[order.pk]),
    ]

    found = {
        name: [browser.post(address, {"code": other.code, "payment": payment.pk}).status_code for address in addresses]
        for name, browser in (("passer-by", Client()), ("another", browser_of(a_customer())))
    }

    assert found == {"passer-by": [302, 302], "another": [404, 404]}
    payment.refresh_from_db()
    other.card.refresh_from_db()
    assert (payment.status, other.card.balance_amount) == ("captured", money(20))


def test_nobody_takes_off_by_looking(customer, order):
    browser = browser_of(customer)

    found = [browser.get(reverse(f"ticketing:{page}", args=[order.pk])).url for page in ("gift_card", "gift_card_off")]

    assert found == [page_of(order)] * 2
    assert Payment.objects.count() == 0
