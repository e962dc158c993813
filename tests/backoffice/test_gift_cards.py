"""Gift cards at the counter: sold, given away for a reason, used with a scanner, blocked by who may."""

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from tests.backoffice.staff import doors_closed, staff_who_may
from tests.backoffice.test_counter import choice
from tests.factories import a_gift_card, a_showtime, money
from ticketing.models import GiftCard, JournalEntry, Order
from ticketing.money.gift_cards import find_gift_card
from ticketing.money.verify import find_faults

pytestmark = pytest.mark.django_db
CLOSED = {"passer-by": 302, "customer": 302, "colleague": 403}
PAGE = "admin:gift_cards"


def test_a_clerk_sells_a_card_and_its_code_is_shown_once(client):
    clerk = staff_who_may("sell_at_counter", name="clerk")

    page = clerk.post(reverse(PAGE), {"amount": "100", "method": "cash", "key": "one"})
    again = clerk.get(reverse(PAGE))

    issued = page.context["issued"]
    assert find_gift_card(code=issued.code, now=timezone.now()).initial_amount == money(100)
    assert (issued.code in page.content.decode(), issued.code in again.content.decode()) == (True, False)
    assert page["Cache-Control"].startswith("max-age=0")
    assert list(find_faults(now=timezone.now())) == []


@pytest.mark.parametrize(
    "data",
    [
        {"amount": "100", "method": "given", "reason": "sorry"},
        {"amount": "0", "method": "cash"},
        {"amount": "-5", "method": "cash"},
        {"amount": "1e9", "method": "cash"},
        {"amount": "999999999", "method": "cash"},
        {"amount": "NaN", "method": "cash"},
        {"amount": "100", "method": "sandbox"},
        {"amount": "100"},
        {},
    ],
)
def test_what_a_clerk_may_not_issue_is_not_issued(data):
    clerk = staff_who_may("sell_at_counter")

    page = clerk.post(reverse(PAGE), data)

    assert (page.status_code, GiftCard.objects.count(), JournalEntry.objects.count()) == (400, 0, 0)


def test_a_card_is_given_away_by_who_may_and_for_a_reason(client):
    manager = staff_who_may("issue_gift_card")

    without = manager.post(reverse(PAGE), {"amount": "50", "method": "given"})
    manager.post(reverse(PAGE), {"amount": "50", "method": "given", "reason": "projector broke"})

    card = GiftCard.objects.get()
    assert (without.status_code, card.method, card.reason) == (400, "given", "projector broke")


def test_the_same_form_again_issues_none():
    clerk = staff_who_may("sell_at_counter")

    pages = [clerk.post(reverse(PAGE), {"amount": "50", "method": "cash", "key": "one"}) for _click in range(2)]

    assert ([page.status_code for page in pages], GiftCard.objects.count()) == ([200, 400], 1)


def test_a_scanned_card_pays_with_cash_and_the_terminal():
    clerk, showtime, issued = staff_who_may("sell_at_counter"), a_showtime(), a_gift_card(20)
    address = reverse("admin:counter_seats", args=[showtime.pk])
    sale = clerk.post(address, choice(showtime, "A1", "A2", pay="parts")).url
    scanned = {"gift_cards": issued.code, "cash": "30"}

    plan = clerk.post(sale, {"act": "plan", **scanned})
    page = clerk.post(sale, {"act": "parts", "on_card": "40.00", **scanned}, follow=True)

    assert [(method, amount) for method, _label, amount in plan.context["parts"]] == [
        ("gift_card", 2000),
        ("cash", 3000),
        ("card", 4000),
    ]
    assert Order.objects.get().status == "paid"
    assert [one.provider for one in page.context["payments"]] == ["gift_card", "cash", "card"]
    assert GiftCard.objects.get().balance_amount == 0


@pytest.mark.parametrize("act", ["plan", "parts"])
def test_a_wrong_code_at_the_counter_is_a_sentence(act):
    clerk, showtime = staff_who_may("sell_at_counter"), a_showtime()
    sale = clerk.post(reverse("admin:counter_seats", args=[showtime.pk]), choice(showtime, "A1", pay="parts")).url

    page = clerk.post(sale, {"act": act, "gift_cards": "wrong", "cash": "5", "on_card": "40"}, follow=True)

    assert (page.status_code, Order.objects.get().status) == (200, "pending")
    assert "没有" in page.content.decode()


def test_a_card_is_blocked_and_unblocked_by_who_may_for_a_reason():
    manager, issued = staff_who_may("block_gift_card", "view_giftcard"), a_gift_card(20)
    address = reverse("admin:gift_card_state", args=[issued.card.pk])

    def after(**data):
        manager.post(address, data)
        return GiftCard.objects.get().state

    states = [
        after(state="blocked", reason=" "),
        after(state="spent", reason="x"),
        after(state="blocked", reason="lost"),
        after(state="active", reason="found"),
    ]
    assert states == ["active", "active", "blocked", "active"]
    assert manager.get(reverse("admin:ticketing_giftcard_change", args=[issued.card.pk])).status_code == 200
    assert manager.get(reverse("admin:ticketing_giftcard_changelist")).status_code == 200
    assert list(find_faults(now=timezone.now())) == []


def test_doors_are_closed_to_everybody_else():
    issued = a_gift_card(20)
    state = reverse("admin:gift_card_state", args=[issued.card.pk])

    found = [
        doors_closed(reverse(PAGE)),
        doors_closed(reverse(PAGE), data={"amount": "5", "method": "cash"}),
        doors_closed(state, data={"state": "blocked", "reason": "x"}),
        doors_closed(reverse("admin:ticketing_giftcard_changelist")),
        doors_closed(reverse("admin:ticketing_giftcard_change", args=[issued.card.pk])),
    ]

    assert (found, GiftCard.objects.get().state) == ([CLOSED] * 5, "active")


def test_the_list_asks_as_much_for_three_as_for_one(django_assert_max_num_queries):
    manager, counts = staff_who_may("view_giftcard"), []
    for many in (1, 2):
        for _each in range(many):
            a_gift_card(20)
        with django_assert_max_num_queries(20) as counted:
            manager.get(reverse("admin:ticketing_giftcard_changelist"))
        counts.append(len(counted))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_opens_in_both_languages(language):
    with translation.override(language):
        assert staff_who_may("sell_at_counter").get(reverse(PAGE)).status_code == 200
