"""Stripe as its documentation has it: Checkout Sessions, PaymentIntents, Refunds, idempotency, signed events.

Pages below docs.stripe.com: sessions ``/api/checkout/sessions``, intents ``/api/payment_intents``, refunds
``/api/refunds``, keys ``/api/idempotent_requests``, errors ``/api/errors``, signatures ``/webhooks/signature``, events
``/api/events/types``, disputes ``/api/disputes``. It signs by `cryptography`; the house verifies by Stripe's library.
"""

import json
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from tests.ticketing.providers.server import Answer, Asked, Call, ProviderServer
from ticketing.models import Payment

KEY, SECRET = "sk_test_onlyForTests", "whsec_onlyForTests"
Row = dict[str, Any]


class StripeServer(ProviderServer):
    """One account's book."""

    name = "stripe"
    acknowledged = 200, b'{"status": "ok"}'

    def settings(self) -> dict[str, str]:
        """What switches it on."""
        return {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET, "STRIPE_API_BASE": self.url}

    def __init__(self, now) -> None:
        self.sessions: dict[str, Row] = {}
        self.intents: dict[str, Row] = {}
        self.refunds: dict[str, Row] = {}
        self.keys: dict[str, tuple[Asked, Answer]] = {}
        self.numbers = count(1)
        self.refuses_capture = self.refuses_refunds = False
        self.refund_status = "succeeded"
        super().__init__(now)

    # --- what the house asks ---------------------------------------------------------------------
    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("Authorization") != f"Bearer {KEY}":
            return _error(401, "invalid_request_error", "", "Invalid API Key provided")
        key = asked.headers.get("Idempotency-Key", "")
        if asked.method == "POST" and key in self.keys:
            before, said = self.keys[key]
            if (before.path, before.body) == (asked.path, asked.body):
                return said
            return _error(400, "idempotency_error", "", "Keys can only be used with the same parameters")
        said = self._do(asked)
        # The house's library makes keys of its own for requests that were given none.
        if asked.method == "POST":
            self.keys[key] = asked, said
        return said

    def _do(self, asked: Asked) -> Answer:
        path = urlsplit(asked.path)
        form = dict(parse_qsl(asked.body.decode() or path.query))
        match [asked.method, *path.path.removeprefix("/v1/").split("/")]:
            case ["POST", "checkout", "sessions"]:
                return self._open(form)
            case ["GET", "checkout", "sessions", number]:
                return self._session(number, form)
            case ["POST", "checkout", "sessions", number, "expire"]:
                session = self.sessions[number]
                if session["status"] != "open":
                    return _error(400, "invalid_request_error", "", "Only Checkout Sessions with open can be expired")
                session["status"] = "expired"
                return _json(session)
            case ["GET", "payment_intents", number]:
                return _json(self.intents[number])
            case ["POST", "payment_intents", number, ("capture" | "cancel") as act]:
                return self._decide(self.intents[number], act)
            case ["POST", "refunds"]:
                return self._refund(form)
            case ["GET", "refunds"]:
                found = [row for row in self.refunds.values() if row["payment_intent"] == form["payment_intent"]]
                return _json({"object": "list", "url": "/v1/refunds", "has_more": False, "data": found})
        return _error(404, "invalid_request_error", "resource_missing", "Unrecognized request URL")

    def _open(self, form: Row) -> Answer:
        lasts = int(form["expires_at"]) - self.now.timestamp()
        if not 30 * 60 <= lasts <= 24 * 3600:
            return _error(400, "invalid_request_error", "", "`expires_at` must be 30 min to 24 h from now")
        item = "line_items[0][price_data]"
        number = f"cs_test_{next(self.numbers)}"
        self.sessions[number] = {
            "id": number,
            "object": "checkout.session",
            "mode": form["mode"],
            "amount_total": int(form[f"{item}[unit_amount]"]) * int(form["line_items[0][quantity]"]),
            "currency": form[f"{item}[currency]"],
            "client_reference_id": form["client_reference_id"],
            "metadata": {"reference": form["metadata[reference]"]},
            "capture_method": form["payment_intent_data[capture_method]"],
            "intent_metadata": {"reference": form["payment_intent_data[metadata][reference]"]},
            "success_url": form["success_url"],
            "cancel_url": form["cancel_url"],
            "expires_at": int(form["expires_at"]),
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "url": f"{self.url}/c/pay/{number}",
        }
        return _json(self.sessions[number])

    def _session(self, number: str, form: Row) -> Answer:
        session = dict(self.sessions[number])
        if form.get("expand[0]") == "payment_intent" and session["payment_intent"]:
            session["payment_intent"] = self.intents[session["payment_intent"]]
        return _json(session)

    def _decide(self, intent: Row, act: str) -> Answer:
        if act == "capture" and self.refuses_capture:
            intent["status"] = "canceled"  # the authorisation ran out, say
            return _error(400, "invalid_request_error", "charge_expired_for_capture", "The charge has expired.")
        if intent["status"] != "requires_capture":
            message = f"This PaymentIntent could not be {act}d because it has a status of {intent['status']}."
            return _error(400, "invalid_request_error", "payment_intent_unexpected_state", message)
        intent["status"] = "succeeded" if act == "capture" else "canceled"
        return _json(intent)

    def _refund(self, form: Row) -> Answer:
        intent, amount = self.intents[form["payment_intent"]], int(form["amount"])
        if self.refuses_refunds or intent["status"] != "succeeded" or intent["refunded"] + amount > intent["amount"]:
            return _error(400, "invalid_request_error", "charge_already_refunded", "This charge cannot be refunded.")
        intent["refunded"] += amount
        number = f"re_{next(self.numbers)}"
        self.refunds[number] = {
            "id": number,
            "object": "refund",
            "amount": amount,
            "payment_intent": intent["id"],
            "metadata": {"reference": form["metadata[reference]"]},
            "status": self.refund_status,
            "failure_reason": "expired_or_canceled_card" if self.refund_status == "failed" else None,
        }
        return _json(self.refunds[number])

    # --- what the customer does there ------------------------------------------------------------
    def pay(self, number: str) -> Call:
        """Pay on the page, with whatever step the card asks for; Stripe's word of it."""
        session = self.sessions[number]
        intent = f"pi_{next(self.numbers)}"
        manual = session["capture_method"] == "manual"
        self.intents[intent] = {
            "id": intent,
            "object": "payment_intent",
            "amount": session["amount_total"],
            "currency": session["currency"],
            "metadata": session["intent_metadata"],
            "status": "requires_capture" if manual else "succeeded",
            "refunded": 0,
        }
        session.update(status="complete", payment_intent=intent, payment_status="unpaid" if manual else "paid")
        return self.event("checkout.session.completed", session)

    def decline(self, number: str) -> Call:
        """A card that is declined: the page asks for another one, the session stays open."""
        return self.event("payment_intent.payment_failed", {"object": "payment_intent", "id": f"pi_{number}"})

    def abandon(self, number: str) -> Call:
        """Nobody pays until the session ends."""
        self.sessions[number]["status"] = "expired"
        return self.event("checkout.session.expired", self.sessions[number])

    def finish_refund(self, number: str, status: str) -> Call:
        """How a refund ended that took its time."""
        self.refunds[number]["status"] = status
        if status == "failed":
            self.refunds[number]["failure_reason"] = "expired_or_canceled_card"
        return self.event("refund.failed" if status == "failed" else "refund.updated", self.refunds[number])

    def dispute(self, intent: str) -> Call:
        """The customer's bank takes the customer's side."""
        return self.event(
            "charge.dispute.created",
            {
                "object": "dispute",
                "id": "dp_1",
                "payment_intent": intent,
                "reason": "fraudulent",
            },
        )

    # --- what any provider's tests need ----------------------------------------------------------
    def customer_pays(self, payment: Payment) -> Call:
        return self.pay(self._number(payment))

    def customer_leaves(self, payment: Payment) -> Call:
        return self.abandon(self._number(payment))

    def money(self, payment: Payment) -> tuple[str, int]:
        """How it stands here, and how much went back."""
        session = self.sessions[self._number(payment)]
        intent = self.intents.get(session["payment_intent"] or "")
        if intent is None:
            return session["status"], 0
        back = sum(row["amount"] for row in self.refunds.values() if row["payment_intent"] == intent["id"])
        words = {"requires_capture": "reserved", "succeeded": "taken", "canceled": "let go"}
        return words[intent["status"]], back

    def foreign(self, number: str) -> Call:
        """About another till on the same account."""
        other = {
            "object": "checkout.session",
            "client_reference_id": number,
            "payment_status": "paid",
            "amount_total": 4500,
            "currency": "cny",
            "payment_intent": "pi_another",
        }
        return self.event("checkout.session.completed", other)

    def not_to_be_believed(self, call: Call) -> list[Call]:
        """The same, signed ten minutes ago, by somebody else, by nobody, and with an old time put before a new one."""
        body, seconds = call[1], int(self.now.timestamp())
        old = self.signature(body, at=seconds - 600)
        two_times = old.replace(",", f",t={seconds},", 1)
        signatures = [old, two_times, self.signature(body, secret="whsec_another"), "", "t=,v1="]
        return [({"Stripe-Signature": signature}, body) for signature in signatures]

    def again(self, call: Call) -> Call:
        """Delivered later, signed anew."""
        return {**call[0], "Stripe-Signature": self.signature(call[1])}, call[1]

    def asked_sum(self, payment: Payment) -> tuple[int, str]:
        """What the customer is asked for."""
        session = self.sessions[self._number(payment)]
        return session["amount_total"], session["currency"].upper()

    def change_sum(self, payment: Payment, amount: int) -> None:
        """Somebody has tampered with it."""
        self.sessions[self._number(payment)]["amount_total"] = amount

    def number_of_payments(self) -> int:
        return len(self.sessions)

    def forget_keys(self) -> None:
        """A day later."""
        self.keys.clear()

    def statement(self) -> bytes:
        """The itemised report of balance changes (``/reports/balance``), with the references' columns."""
        names = "balance_transaction_id,created_utc,source_id,reporting_category,customer_facing_amount,"
        names += "customer_facing_currency,payment_intent_id,payment_metadata[reference],refund_metadata[reference]"
        lines = [names]
        for number, intent in self.intents.items():
            if intent["status"] != "succeeded":
                continue
            about, currency = intent["metadata"]["reference"], intent["currency"]
            lines.append(f"txn_1,,ch_1,charge,{intent['amount'] / 100:.2f},{currency},{number},{about},")
            for refund in self.refunds.values():
                if refund["payment_intent"] == number:
                    back, of = f"-{refund['amount'] / 100:.2f}", refund["metadata"]["reference"]
                    lines.append(f"txn_2,,{refund['id']},refund,{back},{currency},{number},{about},{of}")
        lines.append("txn_9,,ch_9,charge,9.00,cny,pi_9,,")
        lines.append("txn_8,,po_8,payout,,,,,")
        return "\n".join(lines).encode()

    def secrets(self) -> list[str]:
        return [KEY, SECRET]

    def _number(self, payment: Payment) -> str:
        reference = str(payment.reference)
        return next(number for number, row in self.sessions.items() if row["client_reference_id"] == reference)

    # --- what it says ----------------------------------------------------------------------------
    def event(self, kind: str, about: Row) -> Call:
        """A signed snapshot event."""
        message = {
            "id": f"evt_{next(self.numbers)}",
            "object": "event",
            "type": kind,
            "created": int(self.now.timestamp()),
            "livemode": False,
            "data": {"object": about},
        }
        body = json.dumps(message, indent=2).encode()
        return {"Stripe-Signature": self.signature(body), "Content-Type": "application/json"}, body

    def signature(self, body: bytes, *, at: int = 0, secret: str = SECRET) -> str:
        """Timestamp and HMAC; an older scheme may stand beside it."""
        moment = at or int(self.now.timestamp())
        mac = HMAC(secret.encode(), SHA256())
        mac.update(f"{moment}.".encode() + body)
        return f"t={moment},v0={'0' * 64},v1={mac.finalize().hex()}"


def _json(row: Row) -> Answer:
    return Answer(json.dumps(row).encode())


def _error(status: int, kind: str, code: str, message: str) -> Answer:
    error = {"type": kind, "message": message, **({"code": code} if code else {})}
    return Answer(json.dumps({"error": error}).encode(), status)
