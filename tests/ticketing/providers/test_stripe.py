"""What is Stripe's alone: sessions and intents, its currencies, refunds that take their time, disputes, the extra."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from tests.factories import an_order
from tests.fixtures.databases import ROOT
from tests.ticketing.providers.conftest import switched_on
from tests.ticketing.providers.stripe_server import KEY, StripeServer
from tests.ticketing.providers.test_any_provider import go, hear, paid, post, state
from tests.working import do_jobs
from ticketing.apps import refuse_unready_providers
from ticketing.jobs import AFTER_SALES
from ticketing.models import Order, Payment, ProviderEvent, Refund
from ticketing.money.events import UnreadableEvent
from ticketing.money.providers import PROVIDERS
from ticketing.money.providers.base import ProviderRefused, ProviderUnavailable
from ticketing.money.providers.stripe import from_stripe, to_stripe
from ticketing.money.refunds import refund_order
from ticketing.money.verify import find_faults

HOUSE = PROVIDERS["stripe"]


@pytest.fixture
def server(now, db, settings):
    """Stripe alone."""
    yield from switched_on(StripeServer(now), settings)


def test_a_session_says_all_that_later_events_are_known_by(server, now):
    payment, address = go(an_order(now=now), server, now)
    (session,) = server.sessions.values()

    assert address == session["url"]
    assert session["metadata"] == session["intent_metadata"] == {"reference": str(payment.reference)}
    assert (session["mode"], session["capture_method"]) == ("payment", "manual")
    assert session["success_url"].endswith(f"/orders/{payment.order_id}/")
    assert session["expires_at"] == int((payment.created_at + timedelta(hours=1)).timestamp())


def test_the_customer_comes_back_to_the_page_in_their_own_language(server, client, now):
    order = an_order()
    client.force_login(order.customer)

    there = client.post(f"/en/orders/{order.pk}/pay/", {"provider": "stripe"})["Location"]
    again = client.post(f"/orders/{order.pk}/pay/", {"provider": "stripe"})["Location"]

    (session,) = server.sessions.values()
    assert there == again == session["url"]
    assert session["success_url"] == f"http://testserver/en/orders/{order.pk}/"


def test_another_language_at_the_second_click_is_still_the_same_request(server, now):
    order = an_order(now=now)
    for language in ("zh-hans", "en"):
        with translation.override(language):
            go(order, server, now)

    assert len(server.sessions) == 1


def test_the_page_lets_its_form_lead_to_stripe(server, client, now):
    order = an_order()
    client.force_login(order.customer)

    policy = client.get(f"/orders/{order.pk}/")["Content-Security-Policy"]

    assert f"form-action 'self' https://checkout.stripe.com {server.url};" in f"{policy};"
    assert "https://checkout.stripe.com" not in client.get("/orders/")["Content-Security-Policy"]


def test_a_card_that_is_declined_leaves_the_page_open_for_another(server, now):
    payment, _address = go(an_order(now=now), server, now)
    (number,) = server.sessions

    assert hear(server, server.decline(number), now) is None
    declined = state(payment)
    hear(server, server.pay(number), now)

    assert (declined, state(payment)) == (("pending", "pending"), ("paid", "authorised"))


def test_completed_after_expired_is_a_yes_whatever_came_first(server, now):
    payment, _address = go(an_order(now=now), server, now)
    (number,) = server.sessions
    yes = server.pay(number)

    hear(server, server.event("checkout.session.expired", server.sessions[number]), now)
    do_jobs("void_payment", at=now)  # asks before it lets go
    hear(server, yes, now)
    do_jobs(*AFTER_SALES, at=now)

    assert state(payment) == ("paid", "captured")
    assert server.money(payment) == ("taken", 0)


def test_money_that_was_reserved_too_long_is_shown_to_staff(server, now):
    payment, _address = go(an_order(now=now), server, now)
    hear(server, server.customer_pays(payment), now)
    server.refuses_capture = True

    do_jobs(*AFTER_SALES, at=now)

    assert (state(payment), payment.last_error) == (("paid", "authorised"), "The charge has expired.")
    assert [str(payment.reference) in fault for fault in find_faults(now=now)] == [True]


def test_each_thing_we_tell_stripe_may_be_told_again(server, now):
    payment = paid(server, now)
    payment.refresh_from_db()
    server.forget_keys()

    HOUSE.capture(payment, now=now)

    assert server.money(payment) == ("taken", 0)
    with pytest.raises(ProviderRefused):
        HOUSE.void(payment, now=now)


def test_voiding_again_is_harmless(server, now):
    payment, _address = go(an_order(now=now), server, now)
    Order.objects.update(status="cancelled", closed_at=now)
    hear(server, server.customer_pays(payment), now)
    do_jobs("void_payment", at=now)
    payment.refresh_from_db()
    server.forget_keys()

    HOUSE.void(payment, now=now)

    assert (state(payment)[1], server.money(payment)) == ("voided", ("let go", 0))


def test_an_open_session_is_expired_when_we_give_up_and_one_just_paid_is_not_lost(server, now):
    payment, _address = go(an_order(now=now), server, now)
    (number,) = server.sessions
    payment.refresh_from_db()
    HOUSE.void(payment, now=now)
    given_up = server.sessions[number]["status"]

    HOUSE.void(payment, now=now)
    server.sessions[number]["status"] = "complete"

    assert given_up == "expired"
    with pytest.raises(ProviderUnavailable):
        HOUSE.void(payment, now=now)


@pytest.mark.parametrize(("ends", "state_then", "paid_back"), [("succeeded", "done", 4500), ("failed", "failed", 0)])
def test_a_refund_that_takes_its_time_is_on_its_way_until_stripe_tells(server, now, ends, state_then, paid_back):
    payment = paid(server, now)
    server.refund_status = "pending"
    refund_order(order=payment.order, now=now, by=None)
    do_jobs(*AFTER_SALES, at=now)
    sent = Refund.objects.get().status

    (number,) = server.refunds
    hear(server, server.finish_refund(number, ends), now)

    assert (sent, Refund.objects.get().status) == ("sent", state_then)
    assert Order.objects.get().paid_back_amount == paid_back


def test_a_refund_that_fails_after_it_succeeded_is_owed_again_and_an_old_word_changes_nothing(server, now):
    payment = paid(server, now)
    refund_order(order=payment.order, now=now, by=None)
    do_jobs(*AFTER_SALES, at=now)
    (number,) = server.refunds
    done = Refund.objects.get().status
    old_word = server.finish_refund(number, "succeeded")

    for call in (server.finish_refund(number, "failed"), old_word, old_word):
        hear(server, call, now)

    refund = Refund.objects.get()
    assert (done, refund.status, refund.last_error) == ("done", "failed", "expired_or_canceled_card")
    assert (refund.done_at, Order.objects.get().paid_back_amount) == (None, 0)


def test_a_dispute_is_noted_on_the_payment_of_that_intent(server, now):
    payment, other = paid(server, now), paid(server, now)
    (intent, _another) = server.intents

    hear(server, server.dispute(intent), now)

    payment.refresh_from_db()
    other.refresh_from_db()
    assert (payment.disputed_at, payment.last_error, other.disputed_at) == (now, "fraudulent", None)


def test_events_of_no_consequence_are_kept_and_acknowledged(server, client, now):
    answer = post(client, server, server.event("customer.created", {"object": "customer", "id": "cus_1"}))

    event = ProviderEvent.objects.get()
    assert (answer.status_code, event.payment, event.handled_at is None) == (200, None, False)


def test_nonsense_under_a_good_signature_is_told_apart(server, now):
    body = b'{"id": "evt_1"}'

    with pytest.raises(UnreadableEvent):
        hear(server, ({"Stripe-Signature": server.signature(body)}, body), now)


def test_a_wrong_key_is_an_outage_that_staff_can_mend(server, settings, now):
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"

    with pytest.raises(ProviderUnavailable):
        go(an_order(now=now), server, now)

    assert Payment.objects.get().status == "created"


@pytest.mark.parametrize(
    ("amount", "currency", "theirs"),
    [(4500, "CNY", 4500), (4500, "JPY", 4500), (4500, "KWD", 4500), (45, "ISK", 4500), (4500, "MGA", 45)],
)
def test_stripe_counts_some_currencies_in_its_own_way(amount, currency, theirs):
    assert (to_stripe(amount, currency), from_stripe(theirs, currency)) == (theirs, amount)


def test_an_amount_that_stripe_cannot_express_is_refused():
    with pytest.raises(ProviderRefused):
        to_stripe(4550, "MGA")


def test_without_its_keys_or_library_the_start_says_what_is_missing(settings, monkeypatch):
    settings.PAYMENT_PROVIDERS = ["stripe"]
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, ""
    monkeypatch.setattr("ticketing.money.providers.stripe.LIBRARY", "a_library_that_is_nowhere")

    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_unready_providers()

    assert str(refused.value) == (
        "The payment provider 'stripe' needs STRIPE_WEBHOOK_SECRET, "
        "the library stripe (pip install -r requirements-stripe.txt) as well."
    )


def test_a_provider_that_there_is_not_stops_the_start(settings):
    settings.PAYMENT_PROVIDERS = ["gold"]

    with pytest.raises(ImproperlyConfigured, match=r"names 'gold', which is none\. There are: .*stripe"):
        refuse_unready_providers()


def test_the_library_is_not_imported_where_stripe_is_off():
    code = "import django, sys; django.setup(); print('stripe' in sys.modules)"
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PAYMENT_PROVIDERS": "sandbox", "PATH": ""}

    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert said.stdout.strip() == "False"
