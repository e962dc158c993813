"""Alipay's gateway as its documentation has it: pay, query, close, refund, signed answers, notifications.

Pages below opendocs.alipay.com: page pay ``/open/028r8t``, phone pay ``/open/02ivbs``, query ``/open/028woa``, close
``/open/028wob``, refund ``/open/028sm9``, refund query ``/open/028sma``, notifications ``/open/270/105902``, signatures
``/common/02kf5q``, common codes ``/common/02km9f``. It signs by hand; the house verifies by `cryptography`.
"""

import base64
import json
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

import httpx

from tests.ticketing.providers.rsa_by_hand import Key
from tests.ticketing.providers.server import Answer, Asked, Call, ProviderServer
from ticketing.models import Payment

APP, SELLER = "2021000000000001", "2088000000000001"
HOUSE_KEY, ALIPAY_KEY, STRANGERS_KEY = Key(), Key(), Key()
PRODUCTS = {"alipay.trade.page.pay": "FAST_INSTANT_TRADE_PAY", "alipay.trade.wap.pay": "QUICK_WAP_WAY"}
Row = dict[str, Any]


class AlipayServer(ProviderServer):
    """One app's book of trades."""

    name = "alipay"
    is_asked_at_the_beginning = False  # the browser takes the signed order there
    acknowledged = 200, b"success"

    def __init__(self, now) -> None:
        self.trades: dict[str, Row] = {}
        self.numbers = count(1)
        self.refuses_refunds = False
        self.fund_change = "Y"  # what it says to a refund: "N" that nothing moved this time
        self.code = self.sub_code = ""  # a fault instead of any answer
        self.signs_with = ALIPAY_KEY
        super().__init__(now)

    def settings(self) -> dict[str, str]:
        """What switches it on."""
        return {
            "ALIPAY_APP_ID": APP,
            "ALIPAY_SELLER_ID": SELLER,
            "ALIPAY_PRIVATE_KEY": HOUSE_KEY.private_line(),
            "ALIPAY_PUBLIC_KEY": ALIPAY_KEY.public_line(),
            "ALIPAY_GATEWAY": f"{self.url}/gateway.do",
        }

    # --- what the house asks ---------------------------------------------------------------------
    def answer(self, asked: Asked) -> Answer:
        """Pages are opened by GET, all else is asked by POST; both signed by the house (``/common/02kf5q``)."""
        form = dict(parse_qsl(asked.body.decode() or urlsplit(asked.path).query))
        signature = form.pop("sign", "")
        words = "&".join(f"{name}={form[name]}" for name in sorted(form))
        is_ours = form.get("app_id") == APP and form.get("sign_type") == "RSA2"
        if not is_ours or not HOUSE_KEY.verifies(words.encode(), signature):
            return Answer(b"invalid-signature", 400)
        order = json.loads(form["biz_content"])
        if asked.method == "GET":
            return self._open(form, order)
        node, said = self._do(form["method"], order)
        if self.code:  # /common/02km9f
            said = {"code": self.code, "msg": "Service Currently Unavailable", "sub_code": self.sub_code}
        words = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        sign = self.signs_with.sign(words.encode())
        return Answer(
            f'{{"{node}":{words},"sign":"{sign}"}}'.encode(), headers={"Content-Type": "text/html;charset=utf-8"}
        )

    def _open(self, form: Row, order: Row) -> Answer:
        """``/open/028r8t``, ``/open/02ivbs``: there is a trade once the customer has logged in on its page."""
        late = order["time_expire"] <= self._clock()
        if PRODUCTS[form["method"]] != order["product_code"] or late or set(order["subject"]) & set("/=&"):
            return Answer(b"INVALID_PARAMETER", 400)
        number = order["out_trade_no"]
        known = {"trade_no": f"20261127{next(self.numbers):020}", "trade_status": "WAIT_BUYER_PAY", "refunds": {}}
        self.trades.setdefault(number, {**known, **order, **form})
        return self.cashier(number)

    def cashier(self, number: str) -> Answer:
        """The page on which the customer decides."""
        return Answer(number.encode(), headers={"Content-Type": "text/html"})

    def _do(self, method: str, order: Row) -> tuple[str, Row]:
        node = method.replace(".", "_") + "_response"
        trade = self.trades.get(order["out_trade_no"])
        if trade is None:
            return node, _no("ACQ.TRADE_NOT_EXIST", "交易不存在")
        facts = {"out_trade_no": order["out_trade_no"], "trade_no": trade["trade_no"]}
        match method:
            case "alipay.trade.query":  # /open/028woa
                more = {"trade_status": trade["trade_status"], "total_amount": trade["total_amount"]}
                return node, _yes({**facts, **more, "buyer_logon_id": "159****5620"})
            case "alipay.trade.close":  # /open/028wob
                if trade["trade_status"] != "WAIT_BUYER_PAY":
                    return node, _no("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
                trade["trade_status"] = "TRADE_CLOSED"
                return node, _yes(facts)
            case "alipay.trade.refund":
                return node, self._refund(trade, order, facts)
            case "alipay.trade.fastpay.refund.query":  # /open/028sma
                paid = trade["refunds"].get(order["out_request_no"])
                more = {"refund_status": "REFUND_SUCCESS", "refund_amount": paid} if paid else {}
                return node, _yes({**facts, **more})
        return node, {"code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.invalid-method"}

    def _refund(self, trade: Row, order: Row, facts: Row) -> Row:
        """``/open/028sm9``: once for each request number; ``fund_change`` says whether money moved this time."""
        if self.refuses_refunds or trade["trade_status"] != "TRADE_SUCCESS":
            return _no("ACQ.TRADE_HAS_FINISHED", "交易已完结")
        refunds, number = trade["refunds"], order["out_request_no"]
        if self.fund_change == "N" or number in refunds:
            return _yes({**facts, "fund_change": "N"})
        if _fen(order["refund_amount"], *refunds.values()) > _fen(trade["total_amount"]):
            return _no("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
        refunds[number] = order["refund_amount"]
        return _yes({**facts, "fund_change": "Y", "refund_fee": order["refund_amount"]})

    # --- what the customer does there, and what it says of it ------------------------------------
    def visit(self, address: str) -> None:
        """The browser goes where it was sent."""
        assert httpx.get(address).status_code == 200

    def customer_pays(self, payment: Payment) -> Call:
        return self.pay(payment.reference.hex)

    def pay(self, number: str) -> Call:
        self.trades[number]["trade_status"] = "TRADE_SUCCESS"
        return self.notification(self.trades[number])

    def customer_leaves(self, payment: Payment) -> Call:
        trade = self.trades[payment.reference.hex]
        trade["trade_status"] = "TRADE_CLOSED"
        return self.notification(trade)

    def notification(self, trade: Row, **more: str) -> Call:
        """A form with its signature (``/open/270/105902``)."""
        said = {
            "notify_time": self._clock(),
            "notify_type": "trade_status_sync",
            "notify_id": f"{next(self.numbers):032}",
            "app_id": APP,
            "auth_app_id": APP,
            "charset": "utf-8",
            "version": "1.0",
            "subject": trade["subject"],
            "seller_id": SELLER,
            "trade_no": trade["trade_no"],
            "out_trade_no": trade["out_trade_no"],
            "total_amount": trade["total_amount"],
            "trade_status": trade["trade_status"],
            "fund_bill_list": '[{"amount":"45.00","fundChannel":"ALIPAYACCOUNT"}]',
            "passback_params": "",
            **more,
        }
        return self.signed(said)

    def signed(self, said: Row, key: Key = ALIPAY_KEY) -> Call:
        """Signed without its empty words, and without the name of the method (``/common/02kf5q``)."""
        words = "&".join(f"{name}={said[name]}" for name in sorted(said) if said[name])
        form = {**said, "sign_type": "RSA2", "sign": key.sign(words.encode())}
        return {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, urlencode(form).encode()

    # --- what any provider's tests need ----------------------------------------------------------
    def money(self, payment: Payment) -> tuple[str, int]:
        """How it stands here, and how much went back."""
        trade = self.trades[payment.reference.hex]
        words = {"WAIT_BUYER_PAY": "open", "TRADE_SUCCESS": "taken", "TRADE_CLOSED": "let go"}
        return words[trade["trade_status"]], _fen(*trade["refunds"].values())

    def asked_sum(self, payment: Payment) -> tuple[int, str]:
        return _fen(self.trades[payment.reference.hex]["total_amount"]), "CNY"

    def change_sum(self, payment: Payment, amount: int) -> None:
        """Somebody has tampered with it."""
        self.trades[payment.reference.hex]["total_amount"] = f"{amount / 100:.2f}"

    def number_of_payments(self) -> int:
        return len(self.trades)

    def again(self, call: Call) -> Call:
        """Told again word for word."""
        return call

    def foreign(self, number: str) -> Call:
        """About another till of the same app."""
        trade = {"subject": "鞋", "trade_no": "1", "out_trade_no": number, "total_amount": "45.00"}
        return self.notification({**trade, "trade_status": "TRADE_SUCCESS"})

    def not_to_be_believed(self, call: Call) -> list[Call]:
        """Signed by a stranger, for another app or seller, too long ago, by nobody, with a name twice, and no form."""
        headers, body = call
        said = {name: word for name, word in parse_qsl(body.decode()) if name not in {"sign", "sign_type"}}
        unsigned = urlencode({**said, "sign_type": "RSA2"}).encode()
        return [
            self.signed(said, STRANGERS_KEY),
            self.signed({**said, "app_id": "2021000000000002"}),
            self.signed({**said, "seller_id": "2088000000000002"}),
            self.signed({**said, "notify_time": "2026-01-01 12:00:00"}),
            self.signed({**said, "notify_time": "2099-01-01 12:00:00"}),
            self.signed({**said, "notify_time": "gestern"}),
            (headers, unsigned),
            (headers, b"total_amount=1.00&" + body),
            (headers, b"{}"),
            (headers, body.replace(b"sign_type=RSA2", b"sign_type=RSA")),
        ]

    def statement(self) -> bytes:
        """The bill of trades: GBK, cells with tabs behind them, words above and below."""
        names = "支付宝交易号,商户订单号,业务类型,商品名称,完成时间,订单金额（元）,商家实收（元）,退款批次号/请求号,"
        names += "服务费（元）"
        lines = ["#支付宝业务明细查询", "#账号：[20880000000000010156]", "#----业务明细列表----", names]
        for number, trade in self.trades.items():
            if trade["trade_status"] == "WAIT_BUYER_PAY":
                continue
            cells = [trade["trade_no"], number, "交易", trade["subject"], "", trade["total_amount"], "", "", "-0.27"]
            lines.append(",".join(f"{cell}\t" for cell in cells))
            for request, amount in trade["refunds"].items():
                cells = [trade["trade_no"], number, "退款", trade["subject"], "", f"-{amount}", "", request, "0.27"]
                lines.append(",".join(f"{cell}\t" for cell in cells))
        lines.append("2021081122001400000000000001\t,shop-7\t,交易\t,鞋\t,\t,9.00\t,\t,\t,0.00\t")
        return "\r\n".join([*lines, "#----业务明细列表结束----", "#交易合计：1笔"]).encode("gbk")

    def secrets(self) -> list[str]:
        return [HOUSE_KEY.private_line(), base64.b64decode(HOUSE_KEY.private_line()).hex()]

    def _clock(self) -> str:
        return f"{self.now.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M:%S}"


def _fen(*amounts: str) -> int:
    return sum(int(amount.replace(".", "")) for amount in amounts)


def _yes(facts: Row) -> Row:
    return {"code": "10000", "msg": "Success", **facts}


def _no(code: str, why: str) -> Row:
    return {"code": "40004", "msg": "Business Failed", "sub_code": code, "sub_msg": why}
