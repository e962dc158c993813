"""Stripe: Checkout on Stripe's own pages; money is reserved there and captured when the seats are sold.

The official library is an extra (``requirements-stripe.txt``), imported only where Stripe is switched on. The payment's
``provider_reference`` is first the Checkout Session's id (``cs_…``), then, once the customer paid, the PaymentIntent's
(``pi_…``). Only what would cost money twice, a session or a refund, goes with an idempotency key: capture, cancel and
expire can't happen twice by themselves, and under a key Stripe would say yesterday's passing fault again for a day.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cinema.addresses import site_of
from cinema.clock import after
from cinema.money import decimals, to_minor
from ticketing.money.models import Payment
from ticketing.money.providers.base import (
    TIMEOUT,
    BadSignature,
    Begun,
    Event,
    EventKind,
    Provider,
    ProviderRefused,
    ProviderUnavailable,
    page_after,
    uuid_or_none,
)
from ticketing.money.providers.statements import StatementLine, rows_of
from ticketing.money.refund_models import Refund

if TYPE_CHECKING:
    import stripe

TOLERANCE = timedelta(seconds=300)  # between Stripe's signature and our clock
LIBRARY = "stripe"
# Stripe counts some currencies otherwise than ISO 4217 (docs.stripe.com/currencies).
STRIPE_DECIMALS = {"ISK": 2, "UGX": 2, "MGA": 0}
INTENTS = {
    "requires_capture": EventKind.AUTHORISED,
    "succeeded": EventKind.CAPTURED,
    "canceled": EventKind.EXPIRED,
}
REFUNDS = {
    "succeeded": EventKind.REFUNDED,
    "failed": EventKind.REFUND_FAILED,
    "canceled": EventKind.REFUND_FAILED,
}


class StripeProvider(Provider):
    """Checkout by redirect, manual capture."""

    name = "stripe"
    label = _("Card or wallet (Stripe)")
    window = timedelta(hours=1)  # a session lives from 30 minutes to 24 hours
    timeout: float = TIMEOUT

    @property
    def sites(self) -> list[str]:  # type: ignore[override]
        """Stripe's own pages, and whatever stands in for Stripe where another address is set."""
        return ["https://checkout.stripe.com", site_of(settings.STRIPE_API_BASE)]

    def missing_settings(self) -> list[str]:
        """Keys without a value, and the library where it isn't installed."""
        missing = [name for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET") if not getattr(settings, name)]
        if find_spec(LIBRARY) is None:
            missing.append("the library stripe (pip install -r requirements-stripe.txt)")
        return missing

    def begin(self, payment: Payment, *, now: datetime, on_phone: bool = False, client_ip: str = "") -> Begun:
        """Open a Checkout Session. Under one key Stripe takes one request: all of it hangs on the payment alone."""
        facts = {"reference": str(payment.reference)}
        price: Any = {
            "currency": payment.currency.lower(),
            "unit_amount": to_stripe(payment.amount, payment.currency),
            "product_data": {"name": f"{settings.CINEMA_NAME} {payment.order.number}"},
        }
        back = page_after(payment)
        with self._stripe() as client:
            session = client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "line_items": [{"quantity": 1, "price_data": price}],
                    "payment_intent_data": {"capture_method": "manual", "metadata": facts},
                    "client_reference_id": str(payment.reference),
                    "metadata": facts,
                    "success_url": back,
                    "cancel_url": back,
                    "expires_at": int(after(payment.created_at, self.window).timestamp()),
                },
                {"idempotency_key": str(payment.reference)},
            )
        return Begun(address=session.url or "", provider_reference=session.id)

    def check_signature(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
        """Raise BadSignature for what Stripe didn't sign, or not within the last five minutes."""
        library, header = _library(), headers.get("Stripe-Signature", "")
        try:
            # Its own tolerance goes by the machine's clock and lets anything from the future in.
            library.WebhookSignature.verify_header(body, header, settings.STRIPE_WEBHOOK_SECRET)
            # The first "t" is the one that was signed.
            signed_at = int(next(part[2:] for part in header.split(",") if part.startswith("t=")))
        except (library.SignatureVerificationError, ValueError, StopIteration) as fault:
            raise BadSignature from fault
        if abs(now.timestamp() - signed_at) > TOLERANCE.total_seconds():
            raise BadSignature

    def read_event(self, body: bytes) -> Event:
        """What a snapshot event says; what is of no consequence here is OTHER."""
        message = json.loads(body)
        number, about = message["id"], message["data"]["object"]
        match message["type"]:
            case "checkout.session.completed":
                return _paid(number, about)
            case "checkout.session.expired":
                return _event(number, EventKind.EXPIRED, about.get("client_reference_id"))
            case "refund.created" | "refund.updated" | "refund.failed":
                kind = REFUNDS.get(about["status"], EventKind.OTHER)
                reference = (about.get("metadata") or {}).get("reference")
                return _event(number, kind, reference, note=about.get("failure_reason") or about["status"])
            case "charge.dispute.created" if about.get("payment_intent"):
                intent, reason = about["payment_intent"], about.get("reason", "")
                return Event(id=number, kind=EventKind.DISPUTED, provider_reference=intent, note=reason)
        return Event(id=number, kind=EventKind.OTHER)

    def ask(self, payment: Payment, *, now: datetime) -> Event | None:
        """What Stripe knows of the session, or of the PaymentIntent that came of it."""
        reference = payment.provider_reference
        if not reference:
            return None  # nobody was ever told the session's address
        with self._stripe() as client:
            if not reference.startswith("cs_"):
                return _decided(payment, client.v1.payment_intents.retrieve(reference))
            session = client.v1.checkout.sessions.retrieve(reference, {"expand": ["payment_intent"]})
        if session.status == "expired":
            return Event(id=f"{session.id}-expired", kind=EventKind.EXPIRED, reference=payment.reference)
        return None if session.status == "open" else _decided(payment, session.payment_intent)

    def capture(self, payment: Payment, *, now: datetime) -> None:
        """Take the reserved money, whole."""
        with self._stripe() as client:
            intents = client.v1.payment_intents
            try:
                with _errors():
                    intents.capture(payment.provider_reference)
            except ProviderRefused:
                if intents.retrieve(payment.provider_reference).status != "succeeded":
                    raise

    def void(self, payment: Payment, *, now: datetime) -> None:
        """Cancel the PaymentIntent, or expire a session that nobody paid yet."""
        reference = payment.provider_reference
        if not reference:
            return
        with self._stripe() as client:
            if reference.startswith("cs_"):
                _expire(client, reference)
                return
            try:
                with _errors():
                    client.v1.payment_intents.cancel(reference)
            except ProviderRefused:
                if client.v1.payment_intents.retrieve(reference).status != "canceled":
                    raise

    def refund(self, refund: Refund, *, now: datetime) -> bool:
        """Pay back, whole or in part; False while Stripe is still at it."""
        intent, reference = refund.payment.provider_reference, str(refund.reference)
        with self._stripe() as client:
            # Under its key Stripe would say for a day how it stood at first, and then forget the key.
            before = client.v1.refunds.list({"payment_intent": intent, "limit": 100}).auto_paging_iter()
            mine = [past for past in before if past.to_dict().get("metadata", {}).get("reference") == reference]
            made = (
                mine[0]
                if mine
                else client.v1.refunds.create(
                    {
                        "payment_intent": intent,
                        "amount": to_stripe(refund.amount, refund.currency),
                        "metadata": {"reference": reference},
                    },
                    {"idempotency_key": reference},
                )
            )
        if (kind := REFUNDS.get(made.status or "")) == EventKind.REFUND_FAILED:
            raise ProviderRefused(made.failure_reason or made.status)
        return kind == EventKind.REFUNDED

    def read_statement(self, file: bytes) -> Iterator[StatementLine]:
        """The itemised report *balance change from activity*, with the references' columns chosen beside its own."""
        names = ("source_id", "reporting_category", "customer_facing_amount", "customer_facing_currency")
        for row in rows_of(file, *names, "payment_metadata[reference]", "refund_metadata[reference]"):
            if row["reporting_category"] not in {"charge", "refund"}:
                continue
            is_refund = row["reporting_category"] == "refund"
            reference = row["refund_metadata[reference]" if is_refund else "payment_metadata[reference]"]
            currency = row["customer_facing_currency"].upper()
            money = abs(to_minor(row["customer_facing_amount"], currency)), currency
            yield StatementLine(row["source_id"], uuid_or_none(reference), *money, is_refund)

    @contextmanager
    def _stripe(self) -> Iterator["stripe.StripeClient"]:
        with _errors():
            yield _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE, self.timeout)


def to_stripe(amount: int, currency: str) -> int:
    """Our minor units in Stripe's. Raises ProviderRefused for an amount that Stripe can't express."""
    ours, theirs = decimals(currency), STRIPE_DECIMALS.get(currency, decimals(currency))
    whole, rest = divmod(amount * 10**theirs, 10**ours)
    if rest:
        raise ProviderRefused(_("This amount cannot be paid there."))
    return whole


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's minor units in ours."""
    return amount * 10 ** decimals(currency) // 10 ** STRIPE_DECIMALS.get(currency, decimals(currency))


def _library() -> Any:
    return import_module(LIBRARY)


@cache
def _client(key: str, base: str, timeout: float) -> "stripe.StripeClient":
    # One a thread underneath, which keeps its connections. Nobody waits for a second try within a request; jobs have
    # their own.
    library = _library()
    http = library.RequestsClient(timeout=timeout)
    return library.StripeClient(key, base_addresses={"api": base}, http_client=http, max_network_retries=0)


@contextmanager
def _errors() -> Iterator[None]:
    library = _library()
    try:
        yield
    except (library.CardError, library.InvalidRequestError, library.IdempotencyError) as refusal:
        raise ProviderRefused(refusal.user_message or refusal.code) from refusal
    except library.StripeError as fault:  # away, too slow, too many requests, a fault of theirs, a wrong key
        raise ProviderUnavailable from fault


def _expire(client: "stripe.StripeClient", session_id: str) -> None:
    sessions = client.v1.checkout.sessions
    try:
        with _errors():
            sessions.expire(session_id)
    except ProviderRefused:
        status = sessions.retrieve(session_id).status
        if status == "complete":
            raise ProviderUnavailable from None  # paid in this very moment: ask again
        if status != "expired":
            raise


def _event(number: str, kind: EventKind, reference: object, *, note: str = "") -> Event:
    # Other tills may share the account: what bears no reference of ours is kept, and of no consequence.
    known = uuid_or_none(reference)
    return Event(id=number, kind=kind if known else EventKind.OTHER, reference=known, note=note)


def _paid(number: str, session: Mapping[str, Any]) -> Event:
    reference: UUID | None = uuid_or_none(session.get("client_reference_id"))
    if reference is None:
        return Event(id=number, kind=EventKind.OTHER)
    currency = session["currency"].upper()
    return Event(
        id=number,
        kind=EventKind.CAPTURED if session["payment_status"] == "paid" else EventKind.AUTHORISED,
        reference=reference,
        amount=from_stripe(session["amount_total"], currency),
        currency=currency,
        provider_reference=session["payment_intent"],
    )


def _decided(payment: Payment, intent: Any) -> Event | None:
    kind = INTENTS.get(intent.status)
    if kind is None:
        return None
    currency = intent.currency.upper()
    return Event(
        id=f"{intent.id}-{intent.status}",
        kind=kind,
        reference=payment.reference,
        amount=from_stripe(intent.amount, currency),
        currency=currency,
        provider_reference=intent.id,
    )
