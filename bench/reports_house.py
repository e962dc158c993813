"""A big house made by SQL, in the shape the domain gives its rows and in the order of time.

Fifty days around today, four showtimes a day and hall, 25 tickets in 13 orders a showtime, a twentieth given back.
"""

from django.conf import settings
from django.db import connection
from django.db.models import CharField, DateTimeField, Field, TextField

from accounts.models import User
from catalog.models import Movie
from ticketing.models import Hall, LedgerEntry, Order, OrderLine, Payment, PriceRule, Refund, Showtime, Ticket

DAYS, SHOWS_PER_DAY, TICKETS_PER_SHOW = 50, 4, 25

HOUSE = """
SET session_replication_role = replica;
SET work_mem = '128MB';
INSERT INTO accounts_user (id, username, password, email, is_superuser, is_staff)
SELECT n, 'user' || n, '!', 'user' || n || '@example.com', n = 1, n = 1 FROM generate_series(1, 20000) n;
INSERT INTO catalog_movie (id, title, duration, status)
SELECT n, 'Film ' || n, 100, 'released' FROM generate_series(1, 40) n;
INSERT INTO ticketing_hall (id, name) SELECT n, 'Hall ' || n FROM generate_series(1, {halls}) n;
INSERT INTO ticketing_seat (id, hall_id, row_label, col_number, x, y, kind, is_available)
SELECT (h - 1) * 100 + s, h, chr(64 + (s + 9) / 10), (s - 1) % 10 + 1, (s - 1) % 10, (s - 1) / 10, 'standard', true
FROM generate_series(1, {halls}) h, generate_series(1, 100) s;
INSERT INTO ticketing_showtime (id, movie_id, hall_id, starts_at, ends_at, clears_at, price)
SELECT id, id % 40 + 1, hall, starts_at, starts_at + interval '100 min', starts_at + interval '115 min',
  3990 + hall % 5 * 500
FROM (
  SELECT ((d * {halls} + h - 1) * {shows} + s) + 1 AS id, h AS hall,
    date_trunc('day', now()) + (d - 46) * interval '1 day' + (10 + s * 3.5) * interval '1 hour' AS starts_at
  FROM generate_series(0, {days} - 1) d, generate_series(1, {halls}) h, generate_series(0, {shows} - 1) s
) planned;
CREATE TEMP TABLE bought AS
SELECT (s.id - 1) * 13 + k + 1 AS id, s.id AS showtime, s.hall_id AS hall, k, s.price,
  least(s.starts_at - random() * interval '4 days', now() - random() * interval '2 days') AS paid_at,
  CASE WHEN k = 12 THEN 1 ELSE 2 END AS seats, ((s.id - 1) * 13 + k) % 20 = 0 AS back,
  (ARRAY['web', 'api', 'counter'])[(s.id + k) % 3 + 1] AS channel
FROM ticketing_showtime s, generate_series(0, 12) k;
CREATE TEMP TABLE seated AS
SELECT id, order_id, showtime, paid_at, back, seat, channel,
  CASE WHEN channel <> 'counter' THEN 'sandbox' WHEN order_id % 2 = 0 THEN 'cash' ELSE 'card' END AS provider,
  CASE WHEN child THEN 'child' ELSE 'adult' END AS price_type, CASE WHEN child THEN price - 1500 ELSE price END AS price
FROM (
  SELECT (o.showtime - 1) * {tickets} + o.k * 2 + j AS id, o.id AS order_id, o.showtime, o.paid_at, o.back, o.channel,
    (o.hall - 1) * 100 + 30 + o.k * 2 + j AS seat, o.price, random() < 0.2 AS child
  FROM bought o, generate_series(1, 2) j WHERE j <= o.seats
) placed;
CREATE TEMP TABLE sold AS
SELECT bought.*, total, provider
FROM bought JOIN (SELECT order_id, provider, sum(price) AS total FROM seated GROUP BY order_id, provider) priced
  ON bought.id = priced.order_id;
INSERT INTO ticketing_order (id, customer_id, showtime_id, status, channel, total_amount, refunded_amount,
  idempotency_key, idempotency_digest, created_at, expires_at, paid_at, closed_at)
SELECT id, id % 20000 + 1, showtime, CASE WHEN back THEN 'refunded' ELSE 'paid' END, channel, total,
  CASE WHEN back THEN total ELSE 0 END, '', '', paid_at, paid_at + interval '10 min', paid_at,
  CASE WHEN back THEN paid_at + interval '2 hours' END
FROM sold ORDER BY paid_at;
INSERT INTO ticketing_payment (id, order_id, provider, reference, amount, status, return_url, created_at, decided_at,
  settled_at)
SELECT id, id, provider, gen_random_uuid(), total, 'captured', '', paid_at, paid_at, paid_at FROM sold ORDER BY paid_at;
INSERT INTO ticketing_refund (payment_id, reference, amount, reason, operator_id, created_at, settled_at)
SELECT id, gen_random_uuid(), total, 'ill', 1, paid_at + interval '2 hours', paid_at FROM sold WHERE back
ORDER BY paid_at;
INSERT INTO ticketing_orderline (id, order_id, seat_id, label, price_type, price)
SELECT id, order_id, seat, 'E5', price_type, price FROM seated ORDER BY paid_at;
INSERT INTO ticketing_ticket (id, code, order_id, line_id, showtime_id, seat_id, price, price_type, channel, provider,
  status, issued_at, admitted_at, admitted_by_id, refunded_at)
SELECT id, 'T' || id, order_id, id, showtime, seat, price, price_type, channel, provider,
  CASE WHEN back THEN 'refunded' WHEN paid_at < now() - interval '5 days' THEN 'used' ELSE 'valid' END, paid_at,
  CASE WHEN NOT back AND paid_at < now() - interval '5 days' THEN paid_at + interval '1 day' END,
  CASE WHEN NOT back AND paid_at < now() - interval '5 days' THEN 1 END,
  CASE WHEN back THEN paid_at + interval '2 hours' END
FROM seated ORDER BY paid_at;
INSERT INTO ticketing_claim (showtime_id, seat_id, order_id, status)
SELECT showtime, seat, order_id, 'sold' FROM seated WHERE NOT back;
INSERT INTO ticketing_ledgerentry (at, kind, order_id, showtime_id, seat_id, ticket_id, amount, held_until, reason)
SELECT paid_at, kind, order_id, showtime, seat, CASE kind WHEN 'sold' THEN id END,
  CASE kind WHEN 'sold' THEN price ELSE 0 END, CASE kind WHEN 'held' THEN paid_at + interval '10 min' END, ''
FROM seated, unnest(ARRAY['held', 'sold']) kind ORDER BY paid_at;
INSERT INTO ticketing_ledgerentry (at, kind, order_id, showtime_id, seat_id, ticket_id, amount, actor_id, reason)
SELECT paid_at + interval '2 hours', 'returned', order_id, showtime, seat, id, -price, 1, 'ill'
FROM seated WHERE back;
INSERT INTO ticketing_ledgerentry (at, kind, order_id, showtime_id, payment_id, amount, reason)
SELECT paid_at, 'taken', id, showtime, id, total, '' FROM sold ORDER BY paid_at;
INSERT INTO ticketing_ledgerentry (at, kind, order_id, showtime_id, payment_id, amount, actor_id, reason)
SELECT paid_at + interval '2 hours', 'paid_back', id, showtime, id, -total, 1, 'ill' FROM sold WHERE back;
DROP TABLE sold, seated, bought;
RESET work_mem;
SET session_replication_role = origin;
"""


def fill(halls: int) -> None:
    """Make the house by SQL, in a database nobody needs afterwards."""
    with connection.cursor() as cursor:
        for model in (User, Movie, Hall, Showtime):
            for field in model._meta.concrete_fields:
                if blank := _blank(field):
                    cursor.execute(f'ALTER TABLE {model._meta.db_table} ALTER "{field.column}" SET DEFAULT {blank}')
        for model in (PriceRule, Showtime, Order, OrderLine, Ticket, LedgerEntry, Payment, Refund):
            cursor.execute(f"ALTER TABLE {model._meta.db_table} ALTER currency SET DEFAULT '{settings.CURRENCY}'")
        cursor.execute(HOUSE.format(halls=halls, days=DAYS, shows=SHOWS_PER_DAY, tickets=TICKETS_PER_SHOW))
        cursor.execute("VACUUM ANALYZE")


def _blank(field: Field) -> str:
    """What a column says that the SQL above doesn't name; nothing where it may be empty or must be named."""
    if field.primary_key or field.null or field.is_relation:
        return ""
    if field.has_default() and not callable(field.default):
        return connection.ops.compose_sql("%s", [field.get_default()])
    if isinstance(field, DateTimeField):
        return "now()"
    return "''" if isinstance(field, CharField | TextField) else ""
