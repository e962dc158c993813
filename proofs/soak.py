"""Customers look around, hold, pay, give up and give back for an hour at the production shape: no answer is
a fault, the processes' memory stays where it was, and the books are in order at the end.
"""

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import psutil

from proofs._house import production
from proofs.trial import Trial
from tests.fixtures.databases import manage
from tests.fixtures.production import Production

SECONDS = 3600
CUSTOMERS = 6
PASSWORD = "the-lumiere-brothers"
FINE = {200, 304, 409}  # a seat that somebody else was quicker to take is no fault
MAY_GROW = 1.15  # of the memory of the second quarter; the first is for warming up
AND_BY = 30 * 2**20


@dataclass
class Customers:
    """All customers together: what they were answered, and when they go home."""

    until: float = float("inf")
    ready: threading.Barrier = field(default_factory=lambda: threading.Barrier(CUSTOMERS + 1))
    statuses: Counter = field(default_factory=Counter)
    done: Counter = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Customer(threading.Thread):
    """One customer with an account, and chance for a guide."""

    def __init__(self, name: str, house: Production, everyone: Customers, seed: str) -> None:
        super().__init__(name=name, daemon=True)
        self.http = httpx.Client(base_url=house.url, timeout=60)
        self.everyone, self.chance = everyone, random.Random(seed)

    def run(self) -> None:
        """Open an account and wait for the others, then do one thing after another until it is time to go home."""
        try:
            who = {"username": self.name, "password": PASSWORD}
            self.ask("POST", "/api/v1/auth/register", **who)
            token = self.ask("POST", "/api/v1/auth/login", **who)["token"]
            self.http.headers["Authorization"] = f"Bearer {token}"
            self.everyone.ready.wait()
            while time.monotonic() < self.everyone.until:
                self.chance.choice([self.look_around, self.buy, self.buy])()
        except Exception as error:  # a thread's own end would be silent
            self.everyone.ready.abort()
            self.everyone.wrongs.append(f"{self.name}: {error!r}")

    def ask(self, method: str, path: str, **body: object) -> dict:
        """The data of an answer; what is no fine one is noted."""
        answer = self.http.request(method, path, json=body or None)
        with self.everyone.lock:
            self.everyone.statuses[answer.status_code] += 1
            if answer.status_code not in FINE:
                self.everyone.wrongs.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer.json().get("data") or {} if path.startswith("/api/") and answer.is_success else {}

    def look_around(self) -> None:
        """Pages, as a browser asks for them."""
        for page in self.chance.sample(["/", "/en/", "/films/", "/orders/", "/account/login/"], 3):
            self.http.get(page, follow_redirects=True)
            self.ask("GET", "/films/")
        self.everyone.done["looked around"] += 1

    def buy(self) -> None:
        """Hold seats of some showtime; then pay, be declined, or give up; sometimes give back."""
        films = self.ask("GET", "/api/v1/movies?status=released&limit=100").get("records", [])
        film = self.chance.choice(films)["movieId"]
        showtimes = self.ask("GET", f"/api/v1/movies/{film}/schedules?limit=100").get("records", [])
        if not (open_ones := [one["scheduleId"] for one in showtimes if one["onSale"] and one["freeCount"]]):
            return
        schedule = self.chance.choice(open_ones)
        count = self.chance.randint(1, 4)
        seats = self.ask("GET", f"/api/v1/schedules/{schedule}/best-seats?count={count}").get("seats")
        order = self.ask("POST", "/api/v1/orders", scheduleId=schedule, seats=seats).get("orderId") if seats else None
        if order is None:
            self.everyone.done["came too late"] += 1
        elif self.chance.random() < 0.6:
            self.ask("POST", f"/api/v1/orders/{order}/pay", provider="sandbox", token="success")
            back = self.chance.random() < 0.7
            if back:
                self.ask("POST", f"/api/v1/orders/{order}/refund")
            self.everyone.done["gave back" if back else "paid"] += 1
        else:
            self.ask("POST", f"/api/v1/orders/{order}/cancel")
            self.everyone.done["gave up"] += 1


def prove(trial: Trial) -> str:
    """So many seconds of it, then the books."""
    seconds = trial.size(SECONDS, least=20)
    with production(RATE_LIMITS="off", MAX_PENDING_ORDERS="50") as house:
        everyone = Customers()
        people = [Customer(f"soaker{n}", house, everyone, f"{trial.seed} {n}") for n in range(CUSTOMERS)]
        for person in people:
            person.start()
        with suppress(threading.BrokenBarrierError):
            everyone.ready.wait(600)
        everyone.until = time.monotonic() + seconds
        memory = watched_memory(house.process.pid, everyone.until, every=max(1.0, seconds / 200))
        for person in people:
            person.join(120)
        verdict = manage("verify", DATABASE_URL=house.database, VAR_DIR=str(house.log.parent)).strip().splitlines()[-1]
    before, after = mean(memory[len(memory) // 4 : len(memory) // 2]), mean(memory[-len(memory) // 4 :])
    if after > before * MAY_GROW + AND_BY:
        everyone.wrongs.append(f"memory grew from {before / 2**20:.0f} to {after / 2**20:.0f} MiB")
    trial.fail_if(everyone.wrongs)
    acts = ", ".join(f"{count:,} {what}" for what, count in sorted(everyone.done.items()))
    return (
        f"{seconds} s, {sum(everyone.statuses.values()):,} answers, none a fault ({acts}); "
        f"memory {before / 2**20:.0f} → {after / 2**20:.0f} MiB; {verdict}"
    )


def watched_memory(pid: int, until: float, *, every: float) -> list[float]:
    """How much memory a process and all it started have, looked at until it is time to go home."""
    seen = []
    while time.monotonic() < until:
        seen.append(memory_of(psutil.Process(pid)))
        time.sleep(every)
    return seen


def memory_of(root: psutil.Process) -> float:
    """Of a process and its workers; nginx, PostgreSQL and commands that come and go are left out."""
    total = 0
    for process in root.children(recursive=True):
        try:
            if not {"manage.py", "nginx"} & set(" ".join(process.cmdline()).replace(":", " ").split()):
                total += process.memory_info().rss
        except psutil.Error:  # it has just ended
            continue
    return float(total)


def mean(values: list[float]) -> float:
    """Their mean; nothing where there are none."""
    return sum(values) / len(values) if values else 0.0
