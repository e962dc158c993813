"""The least that sells seats on our tables: two views, psycopg alone, no rule checked but that a seat has one owner.

The first reads price and seats, then writes what an order of ours writes, in the same sequence and one transaction; the
second writes what paying it writes. Whoever it is told buys: no token, no limits, no provider, no news to open pages.
Beside them: a seat map, a page with nothing on it, and an endpoint of ours that does nothing.
"""

import json
import uuid
from datetime import timedelta

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from psycopg import Connection
from rest_framework.request import Request

from bench import bare_sql as sql
from cinema.api.endpoints import V1ViewSet, endpoint
from cinema.money import as_number
from cinema.urls import handler400, handler500
from cinema.urls import urlpatterns as addresses_of_the_house

__all__ = ["handler400", "handler500", "urlpatterns"]


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
        prices, currencies, seats, labels = zip(*cursor.execute(sql.READ, [showtime, wanted]).fetchall(), strict=True)
        total = sum(prices)
        cursor.execute(sql.ORDER, [customer, showtime, total, currencies[0], now, until])
        (order_id,) = cursor.fetchone()
        if len(cursor.execute(sql.CLAIM, [showtime, order_id, until, list(seats), now]).fetchall()) != len(wanted):
            raise Taken
        cursor.execute(sql.LINES, [order_id, prices[0], currencies[0], list(seats), list(labels)])
        cursor.execute(sql.LEDGER, [now, order_id, showtime, currencies[0], until, list(seats)])
        cursor.execute(sql.NUMBER, [showtime])
    return order_id, total


@csrf_exempt
def pay(request: HttpRequest) -> JsonResponse:
    """Pay the order named in the body."""
    order_id, now = json.loads(request.body)["order"], timezone.now()
    connection.ensure_connection()
    link = connection.connection
    with link.transaction(), link.cursor() as cursor:
        amount, currency = cursor.execute(sql.PAYMENT, [uuid.uuid4(), now, now, order_id]).fetchone()
        (showtime,) = cursor.execute(sql.PAID, [now, order_id]).fetchone()
        cursor.execute(sql.SOLD, [order_id])
        tickets = cursor.execute(sql.TICKETS, [showtime, now, order_id]).fetchall()
        cursor.execute(sql.SOLD_LEDGER, [now, order_id])
        facts = json.dumps({"tickets": [[pk, code] for pk, code in tickets]})
        cursor.execute(sql.JOURNAL, [now, now, len(tickets), amount, currency, "{}", facts, order_id])
        cursor.execute(sql.JOB, [str(order_id), now])
        cursor.execute(sql.NUMBER, [showtime])
    return JsonResponse({"status": "paid"})


def seats(request: HttpRequest, showtime: int) -> JsonResponse:
    """Every seat of the showtime's hall and who has it."""
    now = timezone.now()
    names = ("seatId", "rowLabel", "colNumber", "x", "y", "kind")
    with connection.cursor() as cursor:
        cursor.execute(sql.MAP, [showtime])
        found = [
            dict(zip(names, row, strict=False)) | {"status": claim if until is None or until > now else None}
            for *row, _is_available, claim, until in cursor.fetchall()
        ]
    return JsonResponse({"seats": found})


def page(request: HttpRequest) -> HttpResponse:
    """Nothing but what the middleware makes of it."""
    return HttpResponse("<!doctype html><title>Bare</title>")


class Nothing(V1ViewSet):
    """What a call of ours costs before it does anything."""

    @endpoint(says="Nothing.")
    def nothing(self, request: Request) -> None:
        """Say that it was called."""


urlpatterns = [
    path("bare/orders", sell),
    path("bare/pay", pay),
    path("bare/seats/<int:showtime>", seats),
    path("bare/page", page),
    path("api/bare/nothing", Nothing.as_view({"get": "nothing"})),
    *addresses_of_the_house,
]
