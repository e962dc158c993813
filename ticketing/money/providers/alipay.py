"""Alipay: its own page, on a computer or a phone. The money is taken at once and sent back where nothing can be sold.

No library: what is needed of Alipay's is five calls and RSA2, which `cryptography` does in the open in a few lines. The
official one brings a second cryptographic library, no types, and thousands of files.

Documentation, below opendocs.alipay.com: page pay ``/open/028r8t``, phone pay ``/open/02ivbs``, query ``/open/028woa``,
close ``/open/028wob``, refund ``/open/028sm9``, refund query ``/open/028sma``, notifications ``/open/270/105902``,
signatures ``/common/02kf5q``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.addresses import from_outside, site_of
from cinema.clock import after, elapsed
from cinema.money import as_text, to_minor
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
    begun_for,
    http_client,
    page_after,
    uuid_or_none,
)
from ticketing.money.providers.rsa import is_signed, private_key, public_key, sign, unreadable_keys
from ticketing.money.providers.statements import StatementLine, rows_of
from ticketing.money.refund_models import Refund

BEIJING = ZoneInfo("Asia/Shanghai")  # Alipay's clock, wherever the house is
REPEATED_FOR = timedelta(hours=26)  # Alipay tells a notification eight times within 25 hours
AHEAD = timedelta(minutes=5)  # how far its clock may be ahead of ours
TRADES = {
    "TRADE_SUCCESS": EventKind.CAPTURED,
    "TRADE_FINISHED": EventKind.CAPTURED,
    "TRADE_CLOSED": EventKind.EXPIRED,
}
DONE, NO = "10000", "40004"  # of all codes only these two speak of the trade: the rest is about keys, rights and faults
PASSING = {
    "ACQ.SYSTEM_ERROR",
    "aop.ACQ.SYSTEM_ERROR",
    "ACQ.SELLER_BALANCE_NOT_ENOUGH",  # goes when the house has paid into its account
}
NOT_IN_SUBJECT = re.compile(r"[/=&\s]+")


class AlipayProvider(Provider):
    """Page pay and phone pay."""

    name = "alipay"
    label = _("Alipay")
    captures_apart = False
    currencies = ("CNY",)
    window = timedelta(minutes=30)
    timeout: float = TIMEOUT

    @property
    def sites(self) -> list[str]:  # type: ignore[override]
        """The gateway, and the cashier's pages it sends browsers on to."""
        return ["https://*.alipay.com", "https://*.alipaydev.com", site_of(settings.ALIPAY_GATEWAY)]

    def missing_settings(self) -> list[str]:
        """What has no value, and keys that can't be read."""
        names = ("ALIPAY_APP_ID", "ALIPAY_SELLER_ID", "ALIPAY_PRIVATE_KEY", "ALIPAY_PUBLIC_KEY")
        missing = [name for name in names if not getattr(settings, name)]
        return missing + unreadable_keys(private=("ALIPAY_PRIVATE_KEY",), public=("ALIPAY_PUBLIC_KEY",))

    def begin(self, payment: Payment, *, now: datetime, on_phone: bool = False, client_ip: str = "") -> Begun:
        """The address of Alipay's page; nobody is asked, what it says is signed."""
        if payment.currency not in self.currencies:
            raise ProviderRefused(_("This amount cannot be paid there."))
        begun, back = begun_for(payment, "wap" if on_phone else "page"), page_after(payment)
        order = {
            "out_trade_no": payment.reference.hex,
            "total_amount": as_text(payment.amount, payment.currency),
            "subject": NOT_IN_SUBJECT.sub(" ", f"{settings.CINEMA_NAME} {payment.order.number}"),
            "product_code": "QUICK_WAP_WAY" if on_phone else "FAST_INSTANT_TRADE_PAY",
            "time_expire": _beijing(after(payment.created_at, self.window)),
            **({"quit_url": back} if on_phone else {}),
        }
        notify = from_outside(reverse("notify", args=[self.name]))
        asked = _signed(f"alipay.trade.{begun}.pay", order, now, notify_url=notify, return_url=back)
        return Begun(address=f"{settings.ALIPAY_GATEWAY}?{urlencode(asked)}", provider_reference=begun)

    def check_signature(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
        """Raise BadSignature for what Alipay didn't sign, signed for another app or seller, or signed days ago."""
        said = _form(body)
        unsigned = {name: value for name, value in said.items() if name not in {"sign", "sign_type"}}
        ours = (settings.ALIPAY_APP_ID, settings.ALIPAY_SELLER_ID)
        if said.get("sign_type") != "RSA2" or (said.get("app_id"), said.get("seller_id")) != ours or not all(ours):
            raise BadSignature
        if not _is_signed(_in_order(unsigned), said.get("sign", "")):
            raise BadSignature
        if not -AHEAD <= elapsed(_moment(said.get("notify_time", "")), now) <= REPEATED_FOR:
            raise BadSignature

    def read_event(self, body: bytes) -> Event:
        """How a trade stands; after a refund it is told again, which says nothing new."""
        said = _form(body)
        reference = uuid_or_none(said.get("out_trade_no"))
        kind = TRADES.get(said.get("trade_status", ""), EventKind.OTHER)
        if reference is None or said.get("gmt_refund"):
            kind = EventKind.OTHER
        return _event(said["notify_id"], kind, reference, said)

    def acknowledge(self) -> HttpResponse:
        """The seven letters without which it would be told again."""
        return HttpResponse("success", content_type="text/plain")

    def ask(self, payment: Payment, *, now: datetime) -> Event | None:
        """How the trade stands; there is none before the customer has logged in at Alipay."""
        trade = self._trade(payment, now)
        kind = TRADES.get(trade.get("trade_status", ""))
        if kind is None:
            return None
        return _event(f"ask-{payment.reference.hex}-{kind}", kind, payment.reference, trade)

    def void(self, payment: Payment, *, now: datetime) -> None:
        """Close a trade that nobody paid."""
        said = self._call("alipay.trade.close", {"out_trade_no": payment.reference.hex}, now)
        if said["code"] == DONE or said.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            return
        status = self._trade(payment, now).get("trade_status", "")
        if TRADES.get(status) == EventKind.CAPTURED:
            raise ProviderUnavailable  # paid in this very moment: ask again
        if status != "TRADE_CLOSED":
            raise ProviderRefused(_why(said))

    def refund(self, refund: Refund, *, now: datetime) -> bool:
        """Pay back, whole or in part, once per request number."""
        request = {"out_trade_no": refund.payment.reference.hex, "out_request_no": refund.reference.hex}
        amount = as_text(refund.amount, refund.currency)
        said = self._call("alipay.trade.refund", {**request, "refund_amount": amount}, now)
        if said["code"] == DONE and said.get("fund_change") == "Y":
            return True
        # Not this time: it was paid out before, is still on its way, or never will be.
        found = self._call("alipay.trade.fastpay.refund.query", request, now)
        if found.get("refund_status") == "REFUND_SUCCESS" and found.get("refund_amount") == amount:
            return True
        if said["code"] == DONE:
            return False
        raise ProviderRefused(_why(said))

    def read_statement(self, file: bytes) -> Iterator[StatementLine]:
        """The daily bill of trades (交易账单), one line a payment and one a refund."""
        for row in rows_of(file, "支付宝交易号", "商户订单号", "业务类型", "订单金额（元）", "退款批次号/请求号"):
            is_refund = row["业务类型"] == "退款"
            amount = to_minor(row["订单金额（元）"], "CNY")
            reference = uuid_or_none(row["退款批次号/请求号"] if is_refund else row["商户订单号"])
            ours = reference if uuid_or_none(row["商户订单号"]) else None
            yield StatementLine(row["支付宝交易号"], ours, abs(amount), "CNY", is_refund)

    def _trade(self, payment: Payment, now: datetime) -> dict[str, Any]:
        said = self._call("alipay.trade.query", {"out_trade_no": payment.reference.hex}, now)
        if said["code"] == DONE:
            return said
        if said.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            return {}
        raise ProviderUnavailable(_why(said))

    def _call(self, method: str, order: dict[str, str], now: datetime) -> dict[str, Any]:
        """What Alipay answers about a trade, signed by it. Raises ProviderUnavailable for all else."""
        try:
            asked = _signed(method, order, now)
            answer = http_client().post(settings.ALIPAY_GATEWAY, data=asked, timeout=self.timeout)
            answer.raise_for_status()
            said = _answer(answer.content.decode(), method.replace(".", "_") + "_response")
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as fault:
            raise ProviderUnavailable from fault
        if said.get("code") not in {DONE, NO} or said.get("sub_code") in PASSING:
            raise ProviderUnavailable(_why(said))
        return said


def _signed(method: str, order: dict[str, str], now: datetime, **more: str) -> dict[str, str]:
    asked = {
        "app_id": settings.ALIPAY_APP_ID,
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": _beijing(now),
        "version": "1.0",
        "biz_content": json.dumps(order, ensure_ascii=False, separators=(",", ":")),
        **more,
    }
    return {**asked, "sign": sign(_in_order(asked), private_key(settings.ALIPAY_PRIVATE_KEY))}


def _in_order(said: Mapping[str, str]) -> bytes:
    return "&".join(f"{name}={value}" for name, value in sorted(said.items()) if value).encode()


def _answer(text: str, node: str) -> dict[str, Any]:
    """The node of an answer whose very letters are signed, as they came. Raises ValueError for any other."""
    begins = text.index(f'"{node}":') + len(node) + 3
    said, ends = json.JSONDecoder().raw_decode(text, begins)
    if not _is_signed(text[begins:ends].encode(), json.loads(text)["sign"]):
        raise ValueError(node)
    return said


def _is_signed(message: bytes, signature: str) -> bool:
    key = settings.ALIPAY_PUBLIC_KEY
    return bool(key) and is_signed(message, signature, public_key(key))


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=100)
    except ValueError as fault:
        raise BadSignature from fault
    if len(said := dict(pairs)) != len(pairs):  # a name twice would be read one way and signed another
        raise BadSignature
    return said


def _event(number: str, kind: EventKind, reference: UUID | None, said: Mapping[str, Any]) -> Event:
    return Event(
        id=number,
        kind=kind,
        reference=reference,
        amount=to_minor(said["total_amount"], "CNY") if kind == EventKind.CAPTURED else None,
        currency="CNY",
        provider_reference=said.get("trade_no", ""),
    )


def _why(said: Mapping[str, Any]) -> str:
    return said.get("sub_msg") or said.get("sub_code") or said.get("msg") or str(said.get("code", ""))


def _beijing(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(f"{text}+08:00")
    except ValueError as fault:
        raise BadSignature from fault
