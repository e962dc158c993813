"""A payment provider's server beside the tests: real HTTP on a port of its own, with a book that the test can read."""

import contextlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ticketing.models import Payment

Call = tuple[dict[str, str], bytes]  # headers and body of a notification


@dataclass
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Answer:
    """What is said to it."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


class ProviderServer:
    """Starts and ends; may be away (503), or so slow that nobody waits. What it replies is in ``answer``.

    A new provider's server has all that raises NotImplementedError here, and its name in ``conftest.py``.
    """

    name: str  # the provider's
    acknowledged: tuple[int, bytes]  # what the house must say to a notification
    is_asked_at_the_beginning = True  # whether the house speaks to it before the customer goes there
    refuses_refunds = False  # set by a test: refunds are refused for good from now on

    def __init__(self, now: datetime) -> None:
        self.now = now  # the moment at which it signs
        self.asked: list[Asked] = []
        self.is_away = False
        self.seconds_late = 0.0
        self.lock = threading.Lock()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, asked: Asked) -> Answer:
        """What this provider says to a request."""
        raise NotImplementedError

    def settings(self) -> dict[str, object]:
        """What the house must know to be switched on to it."""
        raise NotImplementedError

    def customer_pays(self, payment: Payment) -> Call:
        """The customer pays there; returns the notification of it."""
        raise NotImplementedError

    def customer_leaves(self, payment: Payment) -> Call | None:
        """The customer goes away; returns the notification of it, None where none is sent."""
        raise NotImplementedError

    def again(self, call: Call) -> Call:
        """The same notification sent once more, as this provider does it."""
        raise NotImplementedError

    def foreign(self, number: str) -> Call:
        """A notification, rightly signed, of something that isn't the house's."""
        raise NotImplementedError

    def not_to_be_believed(self, call: Call) -> list[Call]:
        """The same notification with signatures that are forged, old or missing."""
        raise NotImplementedError

    def money(self, payment: Payment) -> tuple[str, int]:
        """What its book says: "open", "reserved", "taken" or "let go", and how much was paid back."""
        raise NotImplementedError

    def asked_sum(self, payment: Payment) -> tuple[int, str]:
        """The sum and currency it was asked for."""
        raise NotImplementedError

    def change_sum(self, payment: Payment, amount: int) -> None:
        """The customer pays another sum than was asked for."""
        raise NotImplementedError

    def number_of_payments(self) -> int:
        """How many it knows."""
        raise NotImplementedError

    def statement(self) -> bytes:
        """The file that ``manage.py reconcile`` reads."""
        raise NotImplementedError

    def secrets(self) -> list[str]:
        """What must stand in no log and on no page."""
        raise NotImplementedError

    def visit(self, address: str) -> None:
        """The browser goes where it was sent; not every provider hears of a payment only then."""

    def forget_keys(self) -> None:
        """A day later; not every provider ever forgets what it was asked."""

    def stop(self) -> None:
        """Close the port."""
        self.http.shutdown()
        self.http.server_close()

    def paths(self, method: str) -> list[str]:
        """What was asked for by that method, in turn."""
        return [asked.path for asked in self.asked if asked.method == method]


def _handler(server: ProviderServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, dict(self.headers.items()), body)
            with server.lock:
                server.asked.append(asked)
                said = Answer(b"{}", 503) if server.is_away else server.answer(asked)
            time.sleep(server.seconds_late)  # it has done its work by then: the worst kind of slow
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        do_GET = do_POST = do

        def log_message(self, *_words: object) -> None:
            pass

        def handle(self) -> None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who asked has gone
                super().handle()

    return Handler
