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
from backoffice import reports  # noqa: E402
from catalog.models import Movie  # noqa: E402
from ticketing.models import Ticket  # noqa: E402

RUNS = 5
BUDGET_SECONDS = 0.5
SLOW_SECONDS = 0.05
DAYS, SHOWS_A_DAY, TICKETS_A_SHOW = 50, 4, 25

HOUSE = """
SET session_replication_role = replica;
INSERT INTO accounts_user (id, username, password, email, first_name, last_name, nickname, avatar_url, status,
  ban_reason, token_version, is_superuser, is_staff, is_active, date_joined)
SELECT n, 'user' || n, '!', 'user' || n || '@example.com', '', '', '', '', 0, '', 0, n = 1, n = 1, true, now()
FROM generate_series(1, 20000) n;
INSERT INTO catalog_movie (id, {movie_columns}) SELECT n, {movie_values} FROM generate_series(1, 40) n;
INSERT INTO ticketing_hall (id, name, hall_type, status, hidden, turnaround_minutes, preshow_minutes, orphan_rule,
  grid_version, created_at)
SELECT n, 'Hall ' || n, 'standard', 0, false, 15, 0, 'off', 1, now() FROM generate_series(1, {halls}) n;
INSERT INTO ticketing_seat (id, hall_id, row_label, col_number, x, y, kind, is_available)
SELECT (h - 1) * 100 + s, h, chr(64 + (s + 9) / 10), (s - 1) % 10 + 1, (s - 1) % 10, (s - 1) / 10, 'standard', true
FROM generate_series(1, {halls}) h, generate_series(1, 100) s;
INSERT INTO ticketing_showtime (id, movie_id, hall_id, starts_at, preshow_minutes, ends_at, clears_at, price, format,
  language_version, status, seat_seq, sales_version, created_at)
SELECT id, id % 40 + 1, hall, starts_at, 0, starts_at + interval '100 min', starts_at + interval '115 min', 45, '2d',
  '', 'published', 0, 0, now()
FROM (
  SELECT ((d * {halls} + h - 1) * {shows} + s) + 1 AS id, h AS hall,
    date_trunc('day', now()) + (d - 46) * interval '1 day' + (10 + s * 3.5) * interval '1 hour' AS starts_at
  FROM generate_series(0, {days} - 1) d, generate_series(1, {halls}) h, generate_series(0, {shows} - 1) s
) planned;
CREATE TEMP TABLE sold AS
SELECT (s.id - 1) * 13 + k + 1 AS id, s.id AS showtime, s.hall_id AS hall, k,
  least(s.starts_at - random() * interval '4 days', now() - random() * interval '2 days') AS paid_at,
  CASE WHEN k = 12 THEN 1 ELSE 2 END AS seats, ((s.id - 1) * 13 + k) % 20 = 0 AS back,
  (ARRAY['web', 'api', 'counter'])[(s.id + k) % 3 + 1] AS channel
FROM ticketing_showtime s, generate_series(0, 12) k;
INSERT INTO ticketing_order (id, customer_id, showtime_id, status, channel, total_amount, refunded_amount,
  idempotency_key, idempotency_digest, created_at, expires_at, paid_at, closed_at)
SELECT id, id % 20000 + 1, showtime, CASE WHEN back THEN 'refunded' ELSE 'paid' END, channel, seats * 45,
  CASE WHEN back THEN seats * 45 ELSE 0 END, '', '', paid_at, paid_at + interval '10 min', paid_at,
  CASE WHEN back THEN paid_at + interval '2 hours' END
FROM sold;
INSERT INTO ticketing_payment (id, order_id, provider, reference, amount, status, return_url, created_at, decided_at,
  settled_at)
SELECT id, id, CASE channel WHEN 'counter' THEN 'cash' ELSE 'sandbox' END, gen_random_uuid(), seats * 45, 'taken', '',
  paid_at, paid_at, paid_at FROM sold;
INSERT INTO ticketing_refund (payment_id, reference, amount, reason, operator_id, created_at, settled_at)
SELECT id, gen_random_uuid(), seats * 45, 'ill', 1, paid_at + interval '2 hours', paid_at FROM sold WHERE back;
CREATE TEMP TABLE seated AS
SELECT (o.showtime - 1) * {tickets} + o.k * 2 + j AS id, o.id AS order_id, o.showtime, o.paid_at, o.back,
  (o.hall - 1) * 100 + 30 + o.k * 2 + j AS seat,
  CASE WHEN random() < 0.2 THEN 'child' ELSE 'adult' END AS price_type
FROM sold o, generate_series(1, 2) j WHERE j <= o.seats;
INSERT INTO ticketing_orderline (id, order_id, seat_id, label, price_type, price)
SELECT id, order_id, seat, 'E5', price_type, 45 FROM seated;
INSERT INTO ticketing_ticket (id, code, order_id, line_id, showtime_id, seat_id, price, status, issued_at, admitted_at,
  admitted_by_id, refunded_at)
SELECT id, 'T' || id, order_id, id, showtime, seat, 45,
  CASE WHEN back THEN 'refunded' WHEN paid_at < now() - interval '5 days' THEN 'used' ELSE 'valid' END, paid_at,
  CASE WHEN NOT back AND paid_at < now() - interval '5 days' THEN paid_at + interval '1 day' END,
  CASE WHEN NOT back AND paid_at < now() - interval '5 days' THEN 1 END,
  CASE WHEN back THEN paid_at + interval '2 hours' END
FROM seated;
INSERT INTO ticketing_claim (showtime_id, seat_id, order_id, status)
SELECT showtime, seat, order_id, 'sold' FROM seated WHERE NOT back;
INSERT INTO ticketing_ledgerentry (at, kind, order_id, showtime_id, seat_id, ticket_id, amount, held_until, reason)
SELECT paid_at, kind, order_id, showtime, seat, CASE kind WHEN 'sold' THEN id END,
  CASE kind WHEN 'sold' THEN 45 ELSE 0 END, CASE kind WHEN 'held' THEN paid_at + interval '10 min' END, ''
FROM seated, unnest(ARRAY['held', 'sold']) kind;
INSERT INTO ticketing_ledgerentry (at, kind, order_id, showtime_id, seat_id, ticket_id, amount, actor_id, reason)
SELECT paid_at + interval '2 hours', 'returned', order_id, showtime, seat, id, -45, 1, 'ill'
FROM seated WHERE back;
INSERT INTO ticketing_ledgerentry (at, kind, order_id, showtime_id, payment_id, amount, reason)
SELECT paid_at, 'taken', id, showtime, id, seats * 45, '' FROM sold;
INSERT INTO ticketing_ledgerentry (at, kind, order_id, showtime_id, payment_id, amount, actor_id, reason)
SELECT paid_at + interval '2 hours', 'paid_back', id, showtime, id, -seats * 45, 1, 'ill' FROM sold WHERE back;
SET session_replication_role = origin;
"""


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
    """The dashboard and every report, for the week, the month and all that was ever sold."""
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
    found.append(Page("weekly return", "/admin/reports/return/", 12))
    found.append(Page("counter", "/admin/counter/", 12))
    found.append(Page("admissions list", "/admin/door/1/people/", 12))
    return found


def fill(halls: int) -> None:
    """Make the house by SQL. Movies have columns in two languages, so theirs are read from the model."""
    movie = {"title": "'Film ' || n", "duration": "100", "status": "'released'", "created_at": "now()"}
    for field in Movie._meta.concrete_fields:
        if not (field.primary_key or field.null or field.column in movie):
            movie[field.column] = "now()" if field.get_internal_type() == "DateTimeField" else "''"
    numbers = {"halls": halls, "days": DAYS, "shows": SHOWS_A_DAY, "tickets": TICKETS_A_SHOW}
    columns, values = ", ".join(movie), ", ".join(movie.values())
    with connection.cursor() as cursor:
        cursor.execute(HOUSE.format(movie_columns=columns, movie_values=values, **numbers))
        cursor.execute("VACUUM ANALYZE")


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
    client = Client()
    client.force_login(User.objects.get(pk=1), backend="accounts.backends.OpenAccounts")
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
