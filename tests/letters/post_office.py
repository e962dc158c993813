"""A mail server that takes everything, but for mailboxes it is told to refuse. Speaks the SMTP that Django needs."""

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default


class PostOffice(socketserver.ThreadingTCPServer):
    """Keeps what it took in ``taken``, answers recipients in ``refusals`` with the line given there."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.taken: list[EmailMessage] = []
        self.refusals: dict[str, bytes] = {}
        self.lines = 0

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]


class Counter(socketserver.StreamRequestHandler):
    """One client's conversation."""

    server: PostOffice

    def handle(self) -> None:
        """Greet, and answer line by line until the client leaves."""
        self.server.lines += 1
        self.say(b"220 post office")
        while line := self.rfile.readline():
            word = line.strip().upper()
            if word.startswith(b"RCPT"):
                address = line[line.index(b"<") + 1 : line.index(b">")].decode()
                self.say(self.server.refusals.get(address, b"250 known"))
            elif word == b"DATA":
                self.say(b"354 go on")
                self.server.taken.append(self.read_message())
                self.say(b"250 taken")
            elif word == b"QUIT":
                self.say(b"221 good bye")
                return
            else:
                self.say(b"250 fine")

    def read_message(self) -> EmailMessage:
        """All up to the lonely dot."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        return email.message_from_bytes(b"".join(lines).replace(b"\r\n", b"\n"), policy=default)

    def say(self, line: bytes) -> None:
        """Answer."""
        self.wfile.write(line + b"\r\n")


@contextmanager
def open_post_office() -> Iterator[PostOffice]:
    """A post office for as long as the block lasts."""
    with PostOffice() as office:
        thread = threading.Thread(target=office.serve_forever, args=[0.02], daemon=True)
        thread.start()
        try:
            yield office
        finally:
            office.shutdown()
            thread.join(10)
