"""WeChat Pay, API v3: a code to scan, or WeChat itself on a phone (H5). The money is taken at once, and sent back where
nothing can be sold.

No library: requests are signed and answers checked by `cryptography` in a few lines; the well-kept one (wechatpayv3)
downloads certificates on its own while the house starts, and its answers come as text to be read anyway.

Documentation, below pay.weixin.qq.com/doc/v3/merchant: Native order ``/4012791877``, H5 order ``/4012791834``, H5 page
``/4012791835``, query ``/4012791838``, close ``/4013070360``, refund ``/4012556457``, refund query ``/4013071041``,
refund notification ``/4012791865``, call-backs ``/4012075420``.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.addresses import from_outside, site_of
from cinema.clock import after
from cinema.money import to_minor
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
    page_to_scan,
    uuid_or_none,
)
from ticketing.money.providers.rsa import is_signed, unreadable_keys
from ticketing.money.providers.statements import StatementLine, rows_of
from ticketing.money.providers.wechat_messages import (
    Row,
    certificates_in,
    in_lines,
    opened,
    platform_key,
    signed_headers,
)
from ticketing.money.refund_models import Refund

BEIJING = ZoneInfo("Asia/Shanghai")
TOLERANCE = timedelta(minutes=5)  # between WeChat's signature and our clock
UNKNOWN = {"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"}
# What another try may get past, some of them once staff have mended a key, a right or the account's balance.
PASSING = {
    "SYSTEM_ERROR",
    "BANK_ERROR",
    "FREQUENCY_LIMITED",
    "RATELIMIT_EXCEEDED",
    "SIGN_ERROR",
    "NO_AUTH",
    "MCH_NOT_EXISTS",
    "APPID_MCHID_NOT_MATCH",
    "NOT_ENOUGH",
}
REFUNDS = {
    "SUCCESS": EventKind.REFUNDED,
    "CLOSED": EventKind.REFUND_FAILED,
    "ABNORMAL": EventKind.REFUND_FAILED,
}


class WeChatPayProvider(Provider):
    """Native and H5."""

    name = "wechat"
    label = _("WeChat Pay")
    scanned_with = _("WeChat")
    captures_apart = False
    currencies = ("CNY",)
    window = timedelta(minutes=30)
    timeout: float = TIMEOUT

    @property
    def sites(self) -> list[str]:  # type: ignore[override]
        """Where phones are sent, and whatever stands in for WeChat where another address is set."""
        return ["https://wx.tenpay.com", site_of(settings.WECHAT_PAY_API_BASE)]

    def missing_settings(self) -> list[str]:
        """What has no value, and keys that can't be read. Answers are checked by a public key or by certificates."""
        names = ["MCH_ID", "APP_ID", "SERIAL", "PRIVATE_KEY", "API_V3_KEY"]
        if settings.WECHAT_PAY_PUBLIC_KEY or not settings.WECHAT_PAY_CERTIFICATES:
            names += ["PUBLIC_KEY", "PUBLIC_KEY_ID"]
        missing = [f"WECHAT_PAY_{name}" for name in names if not getattr(settings, f"WECHAT_PAY_{name}")]
        missing += unreadable_keys(private=("WECHAT_PAY_PRIVATE_KEY",), public=("WECHAT_PAY_PUBLIC_KEY",))
        if settings.WECHAT_PAY_API_V3_KEY and len(settings.WECHAT_PAY_API_V3_KEY.encode()) != 32:
            missing.append("the 32 characters of the APIv3 key in WECHAT_PAY_API_V3_KEY")
        try:
            certificates_in(settings.WECHAT_PAY_CERTIFICATES)
        except ValueError:
            missing.append("certificates in WECHAT_PAY_CERTIFICATES")
        return missing

    def begin(self, payment: Payment, *, now: datetime, on_phone: bool = False, client_ip: str = "") -> Begun:
        """Order a code to scan, or on a phone the address that opens WeChat."""
        if payment.currency not in self.currencies:
            raise ProviderRefused(_("This amount cannot be paid there."))
        begun = begun_for(payment, "h5" if on_phone and settings.WECHAT_PAY_H5 else "native")
        order = {
            "appid": settings.WECHAT_PAY_APP_ID,
            "mchid": settings.WECHAT_PAY_MCH_ID,
            "description": f"{settings.CINEMA_NAME} {payment.order.number}"[:127],
            "out_trade_no": payment.reference.hex,
            "time_expire": _beijing(after(payment.created_at, self.window)),
            "notify_url": from_outside(reverse("notify", args=[self.name])),
            "amount": {"total": payment.amount, "currency": payment.currency},
        }
        if begun == "h5":
            order["scene_info"] = {"payer_client_ip": client_ip or "127.0.0.1", "h5_info": {"type": "Wap"}}
        said = self._call("POST", f"/v3/pay/transactions/{begun}", now, order)
        if begun == "native":
            return Begun(page_to_scan(payment, said["code_url"]), provider_reference=begun)
        back = urlencode({"redirect_url": page_after(payment)})
        return Begun(f"{said['h5_url']}&{back}", provider_reference=begun)

    def check_signature(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
        """Raise BadSignature for what WeChat didn't sign, or not within the last five minutes."""
        words = [headers.get(f"Wechatpay-{name}", "") for name in ("Timestamp", "Nonce", "Serial", "Signature")]
        signed_at, nonce, serial, signature = words
        key = platform_key(serial, now)
        if key is None or not is_signed(in_lines(signed_at, nonce, body=body), signature, key):
            raise BadSignature
        if not signed_at.isascii() or not signed_at.isdigit():
            raise BadSignature
        if abs(now.timestamp() - int(signed_at)) > TOLERANCE.total_seconds():
            raise BadSignature

    def read_event(self, body: bytes) -> Event:
        """What a notification says once it is opened; what isn't about this shop's app is OTHER."""
        message = json.loads(body)
        number, about = message["id"], opened(message["resource"])
        match message["event_type"].split("."):
            case ["TRANSACTION", "SUCCESS"] if about.get("appid") == settings.WECHAT_PAY_APP_ID:
                return _transaction(number, about)
            case ["REFUND", _status]:
                kind, reference = REFUNDS.get(about["refund_status"]), uuid_or_none(about["out_refund_no"])
                if kind and reference and about["mchid"] == settings.WECHAT_PAY_MCH_ID:
                    return Event(id=number, kind=kind, reference=reference, note=about["refund_status"])
        return Event(id=number, kind=EventKind.OTHER)

    def acknowledge(self) -> HttpResponse:
        """That it has arrived; else WeChat tells it again for a day."""
        return JsonResponse({"code": "SUCCESS", "message": "OK"})

    def ask(self, payment: Payment, *, now: datetime) -> Event | None:
        """How the order stands. One that was paid back by hand is none of ours any more."""
        order = self._order(payment, now)
        if order is None or order["trade_state"] not in {"SUCCESS", "CLOSED", "REFUND"}:
            return None
        if order["trade_state"] == "SUCCESS":
            return _transaction(f"ask-{order['transaction_id']}", order)
        return Event(id=f"ask-{payment.reference.hex}-closed", kind=EventKind.EXPIRED, reference=payment.reference)

    def void(self, payment: Payment, *, now: datetime) -> None:
        """Close what nobody paid."""
        path = f"/v3/pay/transactions/out-trade-no/{payment.reference.hex}/close"
        try:
            self._call("POST", path, now, {"mchid": settings.WECHAT_PAY_MCH_ID})
        except ProviderRefused:
            order = self._order(payment, now)
            if order is not None and order["trade_state"] == "SUCCESS":
                raise ProviderUnavailable from None  # paid in this very moment: ask again
            if order is not None and order["trade_state"] not in {"CLOSED", "REFUND"}:
                raise

    def refund(self, refund: Refund, *, now: datetime) -> bool:
        """Pay back, whole or in part, once per number; WeChat mostly tells later that it is done."""
        payment, number = refund.payment, refund.reference.hex
        path = "/v3/refund/domestic/refunds"
        try:
            said = self._call("GET", f"{path}/{number}", now)
        except ProviderRefused as refusal:
            if refusal.details["reason"] not in UNKNOWN:
                raise
            order = {
                "transaction_id": payment.provider_reference,
                "out_refund_no": number,
                "notify_url": from_outside(reverse("notify", args=[self.name])),
                "amount": {"refund": refund.amount, "total": payment.amount, "currency": refund.currency},
            }
            said = self._call("POST", path, now, order)
        if REFUNDS.get(said["status"]) == EventKind.REFUND_FAILED:
            raise ProviderRefused(said["status"])
        return REFUNDS.get(said["status"]) == EventKind.REFUNDED

    def read_statement(self, file: bytes) -> Iterator[StatementLine]:
        """The trade bill (交易账单, ALL), one line a payment and one a refund that wasn't refused."""
        for row in rows_of(file, "微信订单号", "商户订单号", "交易状态", "商户退款单号", "订单金额", "申请退款金额"):
            is_refund, ours = row["交易状态"] == "REFUND", uuid_or_none(row["商户订单号"])
            if is_refund and row.get("退款状态") == "FAIL":
                continue
            reference = uuid_or_none(row["商户退款单号"]) if is_refund else ours
            amount = to_minor(row["申请退款金额" if is_refund else "订单金额"], "CNY")
            yield StatementLine(row["微信订单号"], reference if ours else None, amount, "CNY", is_refund)

    def _order(self, payment: Payment, now: datetime) -> Row | None:
        path = f"/v3/pay/transactions/out-trade-no/{payment.reference.hex}"
        try:
            return self._call("GET", f"{path}?mchid={settings.WECHAT_PAY_MCH_ID}", now)
        except ProviderRefused as refusal:
            if refusal.details["reason"] in UNKNOWN:
                return None
            raise

    def _call(self, method: str, path: str, now: datetime, order: Row | None = None) -> Row:
        """What WeChat answers, signed by it. Raises ProviderUnavailable, and ProviderRefused whose reason is a code."""
        body = b"" if order is None else json.dumps(order, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            headers = signed_headers(method, path, body, now)
            url = f"{settings.WECHAT_PAY_API_BASE}{path}"
            answer = http_client().request(method, url, content=body, headers=headers, timeout=self.timeout)
            self.check_signature(answer.headers, answer.content, now=now)
            said = dict(json.loads(answer.content or b"{}"))
        except (httpx.HTTPError, ValueError, TypeError, BadSignature) as fault:
            raise ProviderUnavailable from fault
        if answer.is_success:
            return said
        code, why = said.get("code", ""), said.get("message") or said.get("code", "")
        if answer.status_code >= 500 or code in PASSING:
            raise ProviderUnavailable(why)
        raise ProviderRefused(why, reason=code)


def _transaction(number: str, about: Row) -> Event:
    reference = uuid_or_none(about["out_trade_no"])
    if reference is None or about["mchid"] != settings.WECHAT_PAY_MCH_ID or about["trade_state"] != "SUCCESS":
        return Event(id=number, kind=EventKind.OTHER)
    return Event(
        id=number,
        kind=EventKind.CAPTURED,
        reference=reference,
        amount=about["amount"]["total"],
        currency=about["amount"].get("currency", "CNY"),
        provider_reference=about["transaction_id"],
    )


def _beijing(moment: datetime) -> str:
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")
