"""The least that sells seats on our tables: one view, psycopg alone, no rule checked but that a seat has one owner.

It reads price and seats, then writes what an order of ours writes, in the same sequence and one transaction. Whoever
it is told buys: no token, no limits, no news to open pages.
"""

import json
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from psycopg import Connection

from cinema.money import as_number
from cinema.urls import handler400, handler500
from cinema.urls import urlpatterns as addresses_of_the_house

__all__ = ["handler400", "handler500", "urlpatterns"]

READ = """
SELECT showtime.price, showtime.currency, seat.id, seat.row_label || seat.col_number
FROM ticketing_showtime AS showtime JOIN ticketing_seat AS seat ON seat.hall_id = showtime.hall_id
WHERE showtime.id = %s AND seat.id = ANY(%s)
ORDER BY seat.id
"""
ORDER = """
INSERT INTO ticketing_order (customer_id, showtime_id, status, channel, total_amount, refunded_amount, currency,
                             idempotency_key, idempotency_digest, created_at, expires_at)
VALUES (%s, %s, 'pending', 'api', %s, 0, %s, '', '', %s, %s) RETURNING id
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
NUMBER = "UPDATE ticketing_showtime SET seat_seq = seat_seq + 1 WHERE id = %s"


class Taken(Exception):
    """Somebody else has one of the seats."""


@csrf_exempt
def sell(request: HttpRequest) -> JsonResponse:
    """Hold the seats named in the body."""
    asked = json.loads(request.body)
    connection.ensure_connection()
    try:
        order_id, total = hold(connection.connection, asked["customer"], asked["showtime"], asked["seats"])
    except Taken:
        return JsonResponse({"message": "taken"}, status=409)
    return JsonResponse({"orderId": order_id, "totalAmount": as_number(total)})


def hold(connection: Connection, customer: int, showtime: int, wanted: list[int]) -> tuple[int, int]:
    """The order's number and total. Raises Taken."""
    now = timezone.now()
    until = now + timedelta(minutes=10)
    with connection.transaction(), connection.cursor() as cursor:
        prices, currencies, seats, labels = zip(*cursor.execute(READ, [showtime, wanted]).fetchall(), strict=True)
        total = sum(prices)
        cursor.execute(ORDER, [customer, showtime, total, currencies[0], now, until])
        (order_id,) = cursor.fetchone()
        if len(cursor.execute(CLAIM, [showtime, order_id, until, list(seats), now]).fetchall()) != len(wanted):
            raise Taken
        cursor.execute(LINES, [order_id, prices[0], currencies[0], list(seats), list(labels)])
        cursor.execute(LEDGER, [now, order_id, showtime, currencies[0], until, list(seats)])
        cursor.execute(NUMBER, [showtime])
    return order_id, total


urlpatterns = [path("bare/orders", sell), *addresses_of_the_house]
