"""How long the dashboard and the reports take in a big house: 200 halls, 40,000 showtimes, 1,000,000 tickets.

    python -m bench.reports                every page, on a PostgreSQL of its own
    python -m bench.reports --explain      and the plan of every query slower than 50 ms
    python -m bench.reports --halls 20     a smaller house

Rows are made by SQL, in the shape the domain gives them. Each page is asked for through Django's test client, so that
a time is what a worker spends on it: queries, template and all. It ends with an error when a page took more queries
than it may, or (with --judge) longer than half a second.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta

from runner import servers

if "DATABASE_URL" not in os.environ:
    # Django learns of its database when it is set up, so this starts anew once there is one.
    with servers.postgres(servers.find_postgres()) as url:
        inside = {"DATABASE_URL": url, "SECRET_KEY": "bench" * 12, "DEBUG": "on", "DEMO": "on", "ALLOWED_HOSTS": "*"}
        command = [sys.executable, "-m", "bench.reports", *sys.argv[1:]]
        sys.exit(subprocess.call(command, env={**os.environ, **inside, "DJANGO_SETTINGS_MODULE": "cinema.settings"}))

import django
import psutil

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, reset_queries  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.tokens import issue_tokens  # noqa: E402
from backoffice import reports  # noqa: E402
from bench.reports_house import fill  # noqa: E402
from ticketing.models import Ticket  # noqa: E402

RUNS = 5
BUDGET_SECONDS = 0.5
SLOW_SECONDS = 0.05


@dataclass(frozen=True)
class Page:
    """A page, its address and how many queries it may take."""

    name: str
    address: str
    most_queries: int


@dataclass
class Timing:
    """What asking for a page a few times gave."""

    page: Page
    seconds: list[float]
    cpu_seconds: float
    queries: list[dict]

    @property
    def median(self) -> float:
        """The time that half of the askings stayed below."""
        return statistics.median(self.seconds)


def pages() -> list[Page]:
    """The dashboard, every report for the week, the month and all that was ever sold, and lists behind the figures."""
    today = timezone.localdate()
    spans = {"week": 6, "month": 30, "all": 60}
    found = [Page("dashboard", "/admin/", 40)]
    for span, days in spans.items():
        dates = f"from={today - timedelta(days=days)}&to={today}"
        found += [
            Page(f"box office by {by}, {span}", f"/admin/reports/?{dates}&by={by}", 12) for by in reports.DIMENSIONS
        ]
        found.append(Page(f"box office by showtime, {span}", f"/admin/reports/?{dates}&basis=shown", 12))
        found += [
            Page(f"occupancy by {by}, {span}", f"/admin/reports/occupancy/?{dates}&by={by}", 12)
            for by in reports.OCCUPANCY_BY
        ]
        found.append(Page(f"refunds, {span}", f"/admin/reports/refunds/?{dates}", 18))
    week = f"gte={today - timedelta(days=6)}T00:00:00%2B08:00"
    found.append(Page("orders of seven days", f"/admin/ticketing/order/?paid_at__{week}", 12))
    found.append(Page("tickets of seven days", f"/admin/ticketing/ticket/?issued_at__{week}&status__in=valid,used", 12))
    found.append(Page("dashboard by API", "/api/v1/admin/dashboard", 12))
    found.append(Page("weekly return", "/admin/reports/return/", 12))
    found.append(Page("counter", "/admin/counter/", 12))
    found.append(Page("admissions list", "/admin/door/1/people/", 12))
    return found


def measure(page: Page, client: Client, database: psutil.Process) -> Timing:
    """Ask for the page a few times; the first time only warms up."""
    seconds, queries, cpu_begun = [], [], 0.0
    for run in range(RUNS + 1):
        cpu_begun = cpu_begun or (cpu_of(database) if run else 0.0)
        reset_queries()
        begun = time.perf_counter()
        status = client.get(page.address).status_code
        if status != 200:
            raise SystemExit(f"{page.address} answered {status}.")
        if run:
            seconds.append(time.perf_counter() - begun)
        queries = list(connection.queries)
    return Timing(page, seconds, (cpu_of(database) - cpu_begun) / RUNS, queries)


def cpu_of(database: psutil.Process) -> float:
    """What this process and the database have spent so far; on a busy machine it tells more than the clock."""
    own = database.cpu_times()
    live = [child.cpu_times() for child in database.children()]
    spent = own.children_user + own.children_system + sum(times.user + times.system for times in live)
    return time.process_time() + spent


def postmaster() -> psutil.Process:
    """The database's parent process, whose children serve connections and parallel scans."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return psutil.Process(psutil.Process(cursor.fetchone()[0]).ppid())


def explain(timing: Timing) -> None:
    """Print the plans of the page's slow queries."""
    for query in timing.queries:
        if float(query["time"]) > SLOW_SECONDS and query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {query['sql']}")
                plan = "\n    ".join(line for (line,) in cursor.fetchall())
            print(f"  {query['time']} s: {query['sql'][:1500]}\n    {plan}")


def main() -> int:
    """Make the house, ask for every page, print a table."""
    asked = arguments()
    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    if not Ticket.objects.exists():
        fill(asked.halls)
    print(f"{Ticket.objects.count():,} tickets, made in {time.perf_counter() - begun:.0f} s", flush=True)
    manager = User.objects.get(pk=1)
    client = Client(headers={"Authorization": f"Bearer {issue_tokens(manager).access}"})
    client.force_login(manager, backend="accounts.backends.OpenAccounts")
    faults, database = 0, postmaster()
    for page in pages():
        if asked.only and asked.only not in page.name:
            continue
        timing = measure(page, client, database)
        too_many = len(timing.queries) > page.most_queries
        too_slow = timing.median > BUDGET_SECONDS
        faults += too_many or (too_slow and asked.judge)
        sign = "too many queries" if too_many else "slow" if too_slow else ""
        cost = f"{1000 * timing.median:6.0f} ms {1000 * timing.cpu_seconds:6.0f} ms of CPU"
        print(f"{page.name:32} {cost} {len(timing.queries):4} queries {sign}", flush=True)
        if asked.explain:
            explain(timing)
    return 1 if faults else 0


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--halls", type=int, default=200)
    parser.add_argument("--only", default="", help="only pages whose name holds this")
    parser.add_argument("--explain", action="store_true")
    parser.add_argument("--judge", action="store_true", help="fail when a page takes longer than half a second")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
