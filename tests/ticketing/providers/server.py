"""A payment provider's server beside the tests: real HTTP on a port of its own, with a book that the test can read."""

import contextlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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
    """Starts and ends; may be away (503), or so slow that nobody waits. What it answers is in ``answer``."""

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
