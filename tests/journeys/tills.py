"""The providers' servers with the pages that a browser sees of them: pay, be declined, or leave again."""

import urllib.error
import urllib.request
from urllib.parse import parse_qs, quote, urlsplit

from django.utils import timezone

from tests.ticketing.providers.alipay_server import AlipayServer
from tests.ticketing.providers.server import Answer, Asked, Call
from tests.ticketing.providers.stripe_server import StripeServer
from tests.ticketing.providers.wechat_server import WeChatServer

HTML = {"Content-Type": "text/html; charset=utf-8"}


class Till:
    """What is the same on each of them. ``site`` is the house it tells, once there is one."""

    site = ""
    name: str

    def shown(self, number: str, back: str, *, more: str = "") -> Answer:
        """A page with the customer's choices."""
        to = f"?number={quote(number)}&back={quote(back)}"
        links = f'<a id="pay" href="/till/pay{to}">pay</a> <a id="leave" href="{back}">leave</a> {more}'
        return Answer(f"<!doctype html><title>{self.name}</title><h1>{self.name}</h1>{links}".encode(), headers=HTML)

    def decided(self, asked: Asked) -> Answer | None:
        """The customer paid on that page: the house is told first, then the browser goes back there."""
        path = urlsplit(asked.path)
        if path.path != "/till/pay":
            return None
        given = parse_qs(path.query)
        self.tell(self.take(given["number"][0]))
        return Answer(b"", 302, {"Location": given["back"][0]})

    def take(self, number: str) -> Call:
        """The money is taken, or reserved; what the provider says of that."""
        self.now = timezone.now()
        return self.pay(number)  # type: ignore[attr-defined]

    def tell(self, call: Call) -> int:
        """Notify the house; returns the status it answers with."""
        headers, body = call
        request = urllib.request.Request(f"{self.site}/payments/{self.name}/notify/", body, headers)
        try:
            return urllib.request.urlopen(request, timeout=10).status
        except urllib.error.HTTPError as refusal:
            return refusal.code


class StripeTill(Till, StripeServer):
    """Checkout's page, which asks for another card when one is declined."""

    def answer(self, asked: Asked) -> Answer:
        path = urlsplit(asked.path)
        if path.path.startswith("/c/pay/"):
            number = path.path.removeprefix("/c/pay/")
            if "declined" in path.query:
                self.tell(self.decline(number))
            more = '<a id="decline" href="?declined">decline</a>' + (
                " <b>Your card was declined.</b>" if path.query else ""
            )
            return self.shown(number, self.sessions[number]["cancel_url"], more=more)
        return self.decided(asked) or super().answer(asked)


class AlipayTill(Till, AlipayServer):
    """The cashier's page."""

    def answer(self, asked: Asked) -> Answer:
        return self.decided(asked) or super().answer(asked)

    def cashier(self, number: str) -> Answer:
        return self.shown(number, self.trades[number]["return_url"])


class WeChatTill(Till, WeChatServer):
    """The page between, on phones, which opens WeChat only for the domain it knows."""

    def page(self, asked: Asked) -> Answer:
        path = urlsplit(asked.path)
        if not path.path.endswith("/checkmweb"):
            return self.decided(asked) or Answer(b"", 404)
        if not asked.headers.get("Referer", "").startswith(self.site):
            return Answer("商家存在未配置的参数，请联系商家解决".encode(), 403, HTML)
        given = parse_qs(path.query)
        return self.shown(given["prepay_id"][0], given["redirect_url"][0])


TILLS = (StripeTill, AlipayTill, WeChatTill)
