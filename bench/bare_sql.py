"""The statements of the bare views."""

READ = """
SELECT showtime.price, showtime.currency, seat.id, seat.row_label || seat.col_number
FROM ticketing_showtime AS showtime JOIN ticketing_seat AS seat ON seat.hall_id = showtime.hall_id
WHERE showtime.id = %s AND seat.id = ANY(%s)
ORDER BY seat.id
"""
ORDER = """
INSERT INTO ticketing_order (customer_id, showtime_id, status, channel, total_amount, tendered_amount, refunded_amount,
                             paid_back_amount, refund_fee_amount, currency, idempotency_key, idempotency_digest,
                             created_at, expires_at)
VALUES (%s, %s, 'pending', 'api', %s, 0, 0, 0, 0, %s, '', '', %s, %s) RETURNING id
"""
CLAIM = """
INSERT INTO ticketing_claim (showtime_id, seat_id, order_id, status, held_until)
SELECT %s, seat_id, %s, 'held', %s FROM unnest(%s::bigint[]) AS seat_id
ON CONFLICT (showtime_id, seat_id) DO UPDATE
SET order_id = excluded.order_id, status = excluded.status, held_until = excluded.held_until
WHERE ticketing_claim.status = 'held' AND ticketing_claim.held_until <= %s
RETURNING seat_id
"""
LINES = """
INSERT INTO ticketing_orderline (order_id, seat_id, label, price_type, price, currency)
SELECT %s, seat_id, label, 'adult', %s, %s FROM unnest(%s::bigint[], %s::text[]) AS seats (seat_id, label)
"""
LEDGER = """
INSERT INTO ticketing_ledgerentry (at, kind, order_id, showtime_id, seat_id, amount, currency, held_until, reason)
SELECT %s, 'held', %s, %s, seat_id, 0, %s, %s, '' FROM unnest(%s::bigint[]) AS seat_id
"""
# What paying writes besides goes to tables of the same shape, so that ``verify`` finds no sale without its proof.
OWN_TABLES = ";".join(
    f"CREATE TABLE bare_{name} (LIKE ticketing_{name} INCLUDING ALL)"
    for name in ("payment", "ticket", "journalentry", "ledgerentry")
)
# Once all is measured: what the bare view sold is held as it was before it was paid.
TAKE_BACK = """
SET session_replication_role = replica;
UPDATE ticketing_claim SET status = 'held', held_until = orders.expires_at FROM ticketing_order AS orders
WHERE orders.id = order_id AND orders.id IN (SELECT order_id FROM bare_payment);
UPDATE ticketing_order SET status = 'pending', paid_at = NULL, tendered_amount = 0
WHERE id IN (SELECT order_id FROM bare_payment)
"""
PAYMENT = """
INSERT INTO bare_payment (provider, reference, provider_reference, order_id, amount, currency, status, return_url,
                               created_at, decided_at, last_error)
SELECT 'sandbox', %s, '', id, total_amount, currency, 'authorised', '', %s, %s, '' FROM ticketing_order WHERE id = %s
RETURNING amount, currency
"""
PAID = """
UPDATE ticketing_order SET status = 'paid', paid_at = %s, tendered_amount = total_amount
WHERE id = %s AND status = 'pending' RETURNING showtime_id
"""
SOLD = "UPDATE ticketing_claim SET status = 'sold', held_until = NULL WHERE order_id = %s RETURNING seat_id"
TICKETS = """
INSERT INTO bare_ticket (code, order_id, line_id, showtime_id, seat_id, price, currency, price_type, channel,
                              provider, status, issued_at)
SELECT upper(substr(md5(random()::text), 1, 16)), order_id, id, %s, seat_id, price, currency, price_type, 'api',
       'sandbox', 'valid', %s
FROM ticketing_orderline WHERE order_id = %s ORDER BY seat_id RETURNING id, code
"""
SOLD_LEDGER = """
INSERT INTO bare_ledgerentry (at, kind, order_id, showtime_id, seat_id, ticket_id, amount, currency, reason)
SELECT %s, 'sold', order_id, showtime_id, seat_id, id, price, currency, '' FROM bare_ticket WHERE order_id = %s
"""
JOURNAL = """
INSERT INTO bare_journalentry (kind, at, recorded_at, till, series, ticket_count, provider, reason, amount,
                                    currency, postings, facts, order_id)
VALUES ('sale', %s, %s, '', '', %s, 'sandbox', '', %s, %s, %s, %s, %s)
"""
JOB = """
INSERT INTO cinema_job (kind, key, arguments, state, due_at, lease, attempts, lost, progress_done, progress_total,
                        error, enqueued_at)
VALUES ('bare', %s, '{}', 'done', NULL, '', 0, 0, 0, 0, '', %s)
"""
MAP = """
SELECT seat.id, row_label, col_number, x, y, kind, is_available, claim.status, claim.held_until
FROM ticketing_showtime AS showtime JOIN ticketing_seat AS seat ON seat.hall_id = showtime.hall_id
LEFT JOIN ticketing_claim AS claim ON claim.showtime_id = showtime.id AND claim.seat_id = seat.id
WHERE showtime.id = %s AND seat.removed_at IS NULL ORDER BY y, x
"""
NUMBER = "UPDATE ticketing_showtime SET seat_seq = seat_seq + 1 WHERE id = %s"
