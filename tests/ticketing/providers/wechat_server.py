"""WeChat Pay's API v3 as its documentation has it: orders, queries, closing, refunds, signed answers and notifications.

Pages below pay.weixin.qq.com/doc/v3/merchant: Native order ``/4012791877``, H5 order ``/4012791834``, query
``/4012791838``, close ``/4013070360``, refund ``/4012556457``, refund query ``/4013071041``, payment notification
``/4012791861``, refund notification ``/4012791865``, call-backs ``/4012075420``; signatures below
pay.weixin.qq.com/wiki/doc/apiv3 ``/wechatpay/wechatpay4_0.shtml``, ``4_1``, encryption ``4_2``. It signs by hand; the
house verifies by `cryptography`.
"""

import base64
import json
import re
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.ticketing.providers.rsa_by_hand import Key
from tests.ticketing.providers.server import Answer, Asked, Call, ProviderServer
from ticketing.models import Payment

SHOP, APP, SERIAL = "1900000001", "wx8888888888888888", "408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB"
API_KEY, KEY_ID = "only-for-tests-only-for-tests-32", "PUB_KEY_ID_0119000000012026112800"
HOUSE_KEY, WECHAT_KEY, STRANGERS_KEY = Key(), Key(), Key()
AUTHORIZATION = re.compile(
    r'WECHATPAY2-SHA256-RSA2048 mchid="(\d+)",nonce_str="(\w{1,32})",timestamp="(\d+)",'
    r'serial_no="(\w+)",signature="([^"]+)"'
)
Row = dict[str, Any]


class WeChatServer(ProviderServer):
    """One shop's book of orders and refunds."""

    name = "wechat"
    acknowledged = 200, b'{"code": "SUCCESS", "message": "OK"}'

    def __init__(self, now) -> None:
        self.orders: dict[str, Row] = {}
        self.refunds: dict[str, Row] = {}
        self.numbers = count(1)
        self.refuses_refunds = False
        self.refund_status = "SUCCESS"
        self.code = ""  # a fault instead of any answer
        self.signs_with, self.serial = WECHAT_KEY, KEY_ID
        super().__init__(now)

    def settings(self) -> dict[str, str]:
        """What switches it on."""
        return {
            "WECHAT_PAY_MCH_ID": SHOP,
            "WECHAT_PAY_APP_ID": APP,
            "WECHAT_PAY_SERIAL": SERIAL,
            "WECHAT_PAY_PRIVATE_KEY": HOUSE_KEY.private_pem(),
            "WECHAT_PAY_API_V3_KEY": API_KEY,
            "WECHAT_PAY_PUBLIC_KEY_ID": KEY_ID,
            "WECHAT_PAY_PUBLIC_KEY": WECHAT_KEY.public_pem(),
            "WECHAT_PAY_API_BASE": self.url,
        }

    # --- what the house asks ---------------------------------------------------------------------
    def answer(self, asked: Asked) -> Answer:
        """Signed by the house, method to body (``4_0``); the answer is signed too, at the moment of the question."""
        found = AUTHORIZATION.fullmatch(asked.headers.get("Authorization", ""))
        if found is None:
            return self.page(asked)
        shop, nonce, moment, serial, signature = found.groups()
        message = f"{asked.method}\n{asked.path}\n{moment}\n{nonce}\n{asked.body.decode()}\n"
        if (shop, serial) != (SHOP, SERIAL) or not HOUSE_KEY.verifies(message.encode(), signature):
            return Answer(b'{"code":"SIGN_ERROR","message":"sign not match"}', 401)
        said = self._do(asked)
        if self.code:
            said = _no(400, self.code, "稍后重试")
        headers = self.signature(said.body, at=int(moment))
        return Answer(said.body, said.status, {"Content-Type": "application/json", **headers})

    def page(self, asked: Asked) -> Answer:
        """What a browser sees that comes from an H5 order."""
        return Answer(b"", 401)

    def _do(self, asked: Asked) -> Answer:
        path, order = urlsplit(asked.path), json.loads(asked.body or b"{}")
        match [asked.method, *path.path.removeprefix("/v3/").split("/")]:
            case ["POST", "pay", "transactions", ("native" | "h5") as kind]:
                return self._open(kind, order)
            case ["GET", "pay", "transactions", "out-trade-no", number]:
                if parse_qs(path.query) != {"mchid": [SHOP]}:
                    return _no(400, "PARAM_ERROR", "mchid")
                known = self.orders.get(number)
                return _json(_public(known)) if known else _no(404, "ORDER_NOT_EXIST", "订单不存在")
            case ["POST", "pay", "transactions", "out-trade-no", number, "close"]:
                return self._close(self.orders.get(number), order)
            case ["POST", "refund", "domestic", "refunds"]:
                return self._refund(order)
            case ["GET", "refund", "domestic", "refunds", number]:
                known = self.refunds.get(number)
                return _json(known) if known else _no(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return _no(404, "PARAM_ERROR", asked.path)

    def _open(self, kind: str, order: Row) -> Answer:
        """``/4012791877``, ``/4012791834``: the same number again only for the same order."""
        if (order["mchid"], order["appid"]) != (SHOP, APP):
            return _no(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")
        if not re.fullmatch(r"[\w\-|*]{6,32}", order["out_trade_no"]) or order["amount"]["currency"] != "CNY":
            return _no(400, "PARAM_ERROR", "参数错误")
        if datetime.fromisoformat(order["time_expire"]) <= self.now:
            return _no(400, "PARAM_ERROR", "time_expire")
        if kind == "h5" and not order["scene_info"]["payer_client_ip"]:
            return _no(400, "PARAM_ERROR", "payer_client_ip")
        trade_type = {"native": "NATIVE", "h5": "MWEB"}[kind]
        known = self.orders.setdefault(
            order["out_trade_no"], {**order, "trade_type": trade_type, "trade_state": "NOTPAY"}
        )
        same = (known["trade_type"], known["amount"]) == (trade_type, order["amount"])
        if known["trade_state"] != "NOTPAY" or not same:
            return _no(400, "INVALID_REQUEST", "商户订单号重复")
        if kind == "native":
            return _json({"code_url": f"weixin://wxpay/bizpayurl?pr={order['out_trade_no'][-9:]}"})
        return _json({"h5_url": f"{self.url}/cgi-bin/mmpayweb-bin/checkmweb?prepay_id={order['out_trade_no']}"})

    def _close(self, known: Row | None, order: Row) -> Answer:
        """``/4013070360``: 204 and nothing more."""
        if known is None:
            return _no(404, "ORDER_NOT_EXIST", "订单不存在")
        if order != {"mchid": SHOP} or known["trade_state"] in {"SUCCESS", "REFUND"}:
            return _no(400, "ORDERPAID", "订单已支付")
        known["trade_state"] = "CLOSED"
        return Answer(b"", 204)

    def _refund(self, order: Row) -> Answer:
        """``/4012556457``: one refund for each number, whose status may still be PROCESSING."""
        paid = next((row for row in self.orders.values() if row.get("transaction_id") == order["transaction_id"]), None)
        if paid is None:
            return _no(404, "RESOURCE_NOT_EXISTS", "订单不存在")
        amount = order["amount"]
        back = sum(
            row["amount"]["refund"] for row in self.refunds.values() if row["transaction_id"] == paid["transaction_id"]
        )
        if (
            self.refuses_refunds
            or amount["total"] != paid["amount"]["total"]
            or back + amount["refund"] > amount["total"]
        ):
            return _no(400, "INVALID_REQUEST", "订单已全额退款")
        number = order["out_refund_no"]
        row = {
            "refund_id": f"5020{next(self.numbers):028}",
            "out_refund_no": number,
            "transaction_id": paid["transaction_id"],
            "out_trade_no": paid["out_trade_no"],
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "status": self.refund_status,
            "amount": {**amount, "payer_total": amount["total"], "payer_refund": amount["refund"]},
        }
        paid["trade_state"] = "REFUND"
        return _json(self.refunds.setdefault(number, row))

    # --- what the customer does there, and what it says of it ------------------------------------
    def customer_pays(self, payment: Payment) -> Call:
        return self.pay(payment.reference.hex)

    def pay(self, number: str) -> Call:
        self.orders[number].update(trade_state="SUCCESS", transaction_id=f"4200{next(self.numbers):024}")
        return self.notification("TRANSACTION.SUCCESS", "transaction", _public(self.orders[number]))

    def customer_leaves(self, payment: Payment) -> None:
        """WeChat says nothing of that; the order ends by the house's closing it."""

    def finish_refund(self, number: str, status: str) -> Call:
        """``/4012791865``: how a refund ended that took its time."""
        row = self.refunds[number]
        row["status"] = status
        said = {name: row[name] for name in row if name not in {"status", "channel"}}
        return self.notification(f"REFUND.{status}", "refund", {**said, "mchid": SHOP, "refund_status": status})

    def notification(self, kind: str, about: str, row: Row, *, key: str = API_KEY) -> Call:
        """``/4012791861``: sealed for the house (``4_2``), signed outside."""
        nonce, associated = f"{next(self.numbers):012}", about
        message = {
            "id": f"EV-{next(self.numbers):020}",
            "create_time": self.now.astimezone().isoformat(timespec="seconds"),
            "resource_type": "encrypt-resource",
            "event_type": kind,
            "summary": "支付成功",
            "resource": {
                "original_type": about,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": _sealed(json.dumps(row, ensure_ascii=False).encode(), key, nonce, associated),
                "associated_data": associated,
                "nonce": nonce,
            },
        }
        return self.signed(json.dumps(message, ensure_ascii=False).encode())

    def signed(self, body: bytes, key: Key | None = None, *, at: int = 0) -> Call:
        return {"Content-Type": "application/json", **self.signature(body, key, at=at)}, body

    def signature(self, body: bytes, key: Key | None = None, *, at: int = 0) -> dict[str, str]:
        """``4_1``: time, nonce and body, each on a line of its own."""
        moment, nonce = at or int(self.now.timestamp()), "c5ac7061fccab6bf3e254dcf98995b8c"
        message = f"{moment}\n{nonce}\n".encode() + body + b"\n"
        return {
            "Wechatpay-Timestamp": str(moment),
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": self.serial,
            "Wechatpay-Signature": (key or self.signs_with).sign(message),
        }

    # --- what any provider's tests need ----------------------------------------------------------
    def money(self, payment: Payment) -> tuple[str, int]:
        """How it stands here, and how much went back."""
        order = self.orders[payment.reference.hex]
        back = [row for row in self.refunds.values() if row["transaction_id"] == order.get("transaction_id")]
        words = {"NOTPAY": "open", "SUCCESS": "taken", "REFUND": "taken", "CLOSED": "let go"}
        return words[order["trade_state"]], sum(row["amount"]["refund"] for row in back if row["status"] == "SUCCESS")

    def asked_sum(self, payment: Payment) -> tuple[int, str]:
        amount = self.orders[payment.reference.hex]["amount"]
        return amount["total"], amount["currency"]

    def change_sum(self, payment: Payment, amount: int) -> None:
        """Somebody has tampered with it."""
        self.orders[payment.reference.hex]["amount"]["total"] = amount

    def number_of_payments(self) -> int:
        return len(self.orders)

    def again(self, call: Call) -> Call:
        """Told later, signed anew."""
        return self.signed(call[1])

    def foreign(self, number: str) -> Call:
        """About another till of the same shop."""
        row = {"mchid": SHOP, "appid": APP, "out_trade_no": number, "trade_state": "SUCCESS", "transaction_id": "1"}
        return self.notification("TRANSACTION.SUCCESS", "transaction", {**row, "amount": {"total": 4500}})

    def not_to_be_believed(self, call: Call) -> list[Call]:
        """Signed by a stranger, too long ago or too soon, by a key that isn't known, by nobody; WeChat's own probes."""
        headers, body = call
        moment = int(self.now.timestamp())
        probe = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"][19:]  # /4012075420
        return [
            self.signed(body, STRANGERS_KEY),
            self.signed(body, at=moment - 301),
            self.signed(body, at=moment + 301),
            ({**headers, "Wechatpay-Serial": "PUB_KEY_ID_0"}, body),
            ({**headers, "Wechatpay-Serial": ""}, body),
            ({**headers, "Wechatpay-Nonce": "another"}, body),
            ({**headers, "Wechatpay-Signature": probe}, body),
            ({"Content-Type": "application/json"}, body),
            (headers, b"{}"),
        ]

    def statement(self) -> bytes:
        """The trade bill: a sign before each cell, sums below (``…/products/bill-download/format-trade.html``)."""
        names = "交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易状态,商户退款单号,退款状态,订单金额,申请退款金额"
        rows = [["", APP, SHOP, "4200000000000000000000000001", "shop-7", "SUCCESS", "0", "", "9.00", "0.00"]]
        for number, order in self.orders.items():
            if "transaction_id" not in order:
                continue
            facts, total = ["", APP, SHOP, order["transaction_id"], number], f"{order['amount']['total'] / 100:.2f}"
            rows.append([*facts, "SUCCESS", "0", "", total, "0.00"])
            for row in self.refunds.values():
                if row["transaction_id"] == order["transaction_id"]:
                    back = f"{row['amount']['refund'] / 100:.2f}"
                    rows.append([*facts, "REFUND", row["out_refund_no"], row["status"], "0.00", back])
        lines = [",".join(f"`{cell}" for cell in row) for row in rows]
        return "\r\n".join(["\ufeff" + names, *lines, "总交易单数,应结订单总金额", "`3,`99.00"]).encode()

    def secrets(self) -> list[str]:
        return [API_KEY, HOUSE_KEY.private_pem(), HOUSE_KEY.private_line()]


def _public(order: Row) -> Row:
    """What a query and a notification say of an order (``/4012791838``)."""
    names = ("mchid", "appid", "out_trade_no", "trade_type", "trade_state", "transaction_id")
    amount = {**order["amount"], "payer_total": order["amount"]["total"], "payer_currency": "CNY"}
    return {**{name: order[name] for name in names if name in order}, "trade_state_desc": "", "amount": amount}


def _sealed(plain: bytes, key: str, nonce: str, associated: str) -> str:
    sealer = Cipher(algorithms.AES(key.encode()), modes.GCM(nonce.encode())).encryptor()
    sealer.authenticate_additional_data(associated.encode())
    return base64.b64encode(sealer.update(plain) + sealer.finalize() + sealer.tag).decode()


def _json(row: Row) -> Answer:
    return Answer(json.dumps(row, ensure_ascii=False).encode())


def _no(status: int, code: str, why: str) -> Answer:
    return Answer(json.dumps({"code": code, "message": why}, ensure_ascii=False).encode(), status)
