"""``kill -9`` of a real server at each step between hold and ticket, and what is true when it is back."""

import re
import subprocess
from pathlib import Path

import httpx
import pytest
from django.db import connection

from tests.fixtures.servers import Server
from tests.ticketing.races import Process, processes

SALE = "hold", "pay", "authorise", "work"
REFUND = *SALE, "refund", "work again"
NOTHING = {"orders": [], "payments": [], "claims": [], "tickets": [], "kept": "0.00"}
HELD = {"orders": ["pending"], "payments": [], "claims": ["held"], "tickets": [], "kept": "0.00"}
CREATED = {**HELD, "payments": ["created"]}
AT_BANK = {**HELD, "payments": ["pending"]}
SOLD = {"orders": ["paid"], "payments": ["captured"], "claims": ["sold"], "tickets": ["valid"], "kept": "45.00"}
REFUNDED = {"orders": ["refunded"], "payments": ["captured"], "claims": [], "tickets": ["refunded"], "kept": "0.00"}
# Where it dies, at which step of what the customer does, and what is so when the jobs have been done after a restart.
CUTS = {
    "hold written, not committed": (SALE, "hold", NOTHING),
    "hold committed": (SALE, "hold", HELD),
    "payment started": (SALE, "pay", CREATED),
    "charge opened at the bank": (SALE, "pay", AT_BANK),
    "authorised at the bank": (SALE, "authorise", SOLD),
    "sale written, not committed": (SALE, "authorise", SOLD),
    "sale committed, not answered": (SALE, "authorise", SOLD),
    "sold, nobody told": (SALE, "work", SOLD),
    "told, not captured": (SALE, "work", SOLD),
    "captured, not marked": (SALE, "work", SOLD),
    "refund written, not committed": (REFUND, "refund", SOLD),
    "refund committed, not paid out": (REFUND, "work again", REFUNDED),
    "paid out, not marked": (REFUND, "work again", REFUNDED),
    "cancelled, not committed": (("hold", "cancel"), "cancel", HELD),
}
# On PostgreSQL the ends of transactions, which it has a part in; `run.py prove kills` shows it all of them.
TRANSACTIONS = [where for where in CUTS if "committed" in where]


class Customer:
    """A customer with a browser who wants one seat."""

    def __init__(self, server: Server, books: Process, place: dict, seat: int) -> None:
        token = "c" * 32
        self.browser = httpx.Client(
            base_url=server.url,
            cookies={"sessionid": place["session"], "csrftoken": token},
            headers={"X-CSRFToken": token},
            timeout=60,
        )
        self.server, self.books, self.showtime, self.label = server, books, place["showtime"], f"A{seat}"
        page = self.browser.get(f"/en/showtimes/{self.showtime}/").text
        self.seat_id = re.search(rf'name="seats" value="(\d+)"[^>]*data-label="{self.label}"', page)[1]

    def state(self) -> dict:
        """What the books say of the seat."""
        return self.books.do("state", label=self.label)

    def do(self, step: str) -> None:
        """One step, as a browser would take it."""
        if step.startswith("work"):
            self.server.work()
            return
        found = self.state()
        order = f"/en/orders/{found['order']}/"
        if step == "hold":
            answer = self.browser.post(f"/en/showtimes/{self.showtime}/", data={"seats": self.seat_id})
        elif step == "pay":
            answer = self.bank = self.browser.post(f"{order}pay/", data={"provider": "sandbox"})
        elif step == "authorise":
            answer = self.browser.post(self.bank.headers["Location"], data={"word": "success"})
        else:
            answer = self.browser.post(f"{order}{step}/")
        assert answer.status_code == 302, f"{step}: {answer.status_code}"


def without_id(state: dict) -> dict:
    """The state but for the order's id."""
    return {name: value for name, value in state.items() if name != "order"}


def test_a_killed_server_loses_and_doubles_no_seat(serve, tmp_path: Path, pytestconfig):
    on_sqlite, whole = connection.vendor == "sqlite", pytestconfig.getoption("whole")
    cuts = {where: CUTS[where] for where in (CUTS if on_sqlite or whole else TRANSACTIONS)}
    die = tmp_path / "die"
    server = serve(DJANGO_SETTINGS_MODULE="tests.ticketing.mortal.settings", DIE_FILE=str(die))
    with processes(server.database_url, 1) as (books,):
        place = books.do("shop", seats=len(cuts))
        for seat, (where, (steps, last, expected)) in enumerate(cuts.items(), start=1):
            customer = Customer(server, books, place, seat)
            for step in steps[: steps.index(last)]:
                customer.do(step)
            die.write_text(where)
            if last.startswith("work"):
                with pytest.raises(subprocess.CalledProcessError, match="SIGKILL"):
                    customer.do(last)
            else:
                with pytest.raises(httpx.TransportError):
                    customer.do(last)
                assert server.process.wait(10) == -9, where
                server.start()

            assert books.do("settle") == {"faults": []}, where
            assert without_id(customer.state()) == expected, where

            # The customer goes on, and comes to a ticket (which is not left unpaid, for the next one's sake).
            customer = Customer(server, books, place, seat)
            if expected == NOTHING:
                customer.do("hold")
            if customer.state()["orders"] == ["pending"]:
                customer.do("pay")
                customer.do("authorise")
            assert books.do("settle") == {"faults": []}, where
            assert customer.state()["kept"] == ("0.00" if expected == REFUNDED else "45.00"), where
