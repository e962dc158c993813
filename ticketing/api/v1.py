"""The customers' half of /api/v1: programme, seats, orders, tickets."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from catalog.films import movie_on_show
from cinema.addresses import absolute
from cinema.api.endpoints import ANYONE, V1ViewSet, endpoint
from cinema.devices import is_phone
from cinema.rate_limits import caller_of
from ticketing.api.orders import MyOrdersQuery, OrderIn, OrderOut, PayIn, PayOut, TicketDetail
from ticketing.api.samples import ORDER_IN
from ticketing.api.seats import V1Seat, V1Seats, seats_as_json
from ticketing.api.showtimes import ComingQuery, OpenSchedule
from ticketing.door.admission import find_ticket
from ticketing.models import Order, Showtime, Ticket
from ticketing.money.online import pay_online
from ticketing.money.refunds import refund_by_customer
from ticketing.programme.showtimes import public_showtime
from ticketing.sale.best_seats import best_available
from ticketing.sale.holds import MAX_KEY_LENGTH, hold_seats
from ticketing.sale.orders import cancel_order, order_to_pay, own_order
from ticketing.sale.seatmap import AVAILABLE, seat_map
from ticketing.sale.shown import shown_showtime


class BestQuery(serializers.Serializer):
    """How many seats side by side."""

    count = serializers.IntegerField(min_value=1, max_value=100)


class BestOut(serializers.Serializer):
    """Seats proposed; nobody holds them yet."""

    seats = serializers.ListField(child=serializers.CharField())


class V1Schedules(V1ViewSet):
    """The programme and its seats."""

    tag = "programme"

    @endpoint(says=_("Fetched."), asks=ComingQuery, gives=OpenSchedule, paged=True, needs=ANYONE)
    def of_movie(self, request: Request, movie_id: int) -> QuerySet[Showtime]:
        """List a film's showtimes to come, on one day if one is named."""
        movie = movie_on_show(movie_id=movie_id)
        showtimes = Showtime.objects.published().filter(movie=movie).with_place().with_occupancy(self.now)
        if "date" in self.asked:
            showtimes = showtimes.on_day(self.asked["date"])
        return showtimes.filter(starts_at__gt=self.now)

    @endpoint(says=_("Fetched."), gives=OpenSchedule, needs=ANYONE)
    def retrieve(self, request: Request, showtime_id: int) -> Showtime:
        """Show a showtime."""
        return public_showtime(showtime_id=showtime_id, now=self.now)

    @endpoint(says=_("Fetched."), gives=V1Seats, written="seats", needs=ANYONE)
    def seats(self, request: Request, showtime_id: int) -> dict:
        """Show the seats of a showtime; one's own held seats are marked."""
        viewer = request.user if request.user.is_authenticated else None
        showtime, tariff = shown_showtime(showtime_id=showtime_id)
        seats = seat_map(showtime=showtime, now=self.now, viewer=viewer, tariff=tariff)
        by_type = seats.tariff.by_type
        return {
            "seq": seats.seq,
            "seats": seats_as_json(seats, V1Seat),
            "availableCount": seats.count(AVAILABLE),
            "priceTypes": [
                {"priceType": kind, "difference": by_type.get(kind, 0)} for kind in seats.tariff.price_types
            ],
        }

    @endpoint(says=_("Fetched."), asks=BestQuery, gives=BestOut, needs=ANYONE, refuses=(409,))
    def best(self, request: Request, showtime_id: int) -> dict:
        """Propose the best free seats side by side."""
        showtime = public_showtime(showtime_id=showtime_id)
        found = best_available(showtime=showtime, count=self.asked["count"], now=self.now)
        return {"seats": [seat.label for seat in found]}


class V1Orders(V1ViewSet):
    """One's orders."""

    tag = "orders"
    headers_read = {
        "create": [
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "maxLength": MAX_KEY_LENGTH},
                OpenApiParameter.HEADER,
                description="The same key with the same body answers the same order; with another body 409.",
            )
        ]
    }

    @endpoint(says=_("Fetched."), asks=MyOrdersQuery, gives=OrderOut, paged=True)
    def list(self, request: Request) -> QuerySet[Order]:
        """List one's orders, newest first."""
        orders = Order.objects.of(request.user).with_details().newest_first()
        return orders.filter(status=self.asked["status"]) if "status" in self.asked else orders

    @endpoint(
        says=_("Booked. Please pay in time."),
        takes=OrderIn,
        gives=OrderOut,
        refuses=(403, 404, 409),
        sample_body=ORDER_IN,
    )
    def create(self, request: Request) -> Order:
        """Hold seats: all of them or none. They are free again when the order isn't paid in time."""
        return hold_seats(
            showtime_id=self.given["scheduleId"],
            seats=self.given["seats"],
            price_types=self.given.get("priceTypes"),
            customer=request.user,
            now=self.now,
            channel=Order.Channel.API,
            idempotency_key=request.headers.get("Idempotency-Key", "").strip(),
            caller=caller_of(request),
        )

    @endpoint(says=_("Fetched."), gives=OrderOut)
    def retrieve(self, request: Request, order_id: int) -> Order:
        """Show one's order."""
        return own_order(order_id=order_id, user=request.user)

    @endpoint(says=_("Payment begun."), takes=PayIn, gives=PayOut, refuses=(409,))
    def pay(self, request: Request, order_id: int) -> dict:
        """Pay: answers where the customer goes on, or that the order is paid.

        The provider `sandbox` takes a `token` too: `success` and `decline` settle at once.
        """
        order = order_to_pay(order_id=order_id, user=request.user)
        given = self.given
        address = pay_online(
            order=order,
            provider=given["provider"],
            return_url=given["returnUrl"],
            token=given["token"],
            now=self.now,
            on_phone=is_phone(request.headers),
            client_ip=request.META.get("REMOTE_ADDR", ""),
        )
        order.refresh_from_db(fields=["status"])
        return {"status": order.status, "redirectUrl": absolute(address, request) if address else None}

    @endpoint(says=_("Cancelled."), gives=OrderOut, refuses=(409,))
    def cancel(self, request: Request, order_id: int) -> Order:
        """Give up an unpaid order."""
        return cancel_order(order=own_order(order_id=order_id, user=request.user), now=self.now, by=request.user)

    @endpoint(says=_("Refunded."), gives=OrderOut, refuses=(409,))
    def refund(self, request: Request, order_id: int) -> Order:
        """Give a paid order back, while the house allows it."""
        refund_by_customer(order=own_order(order_id=order_id, user=request.user), now=self.now)
        return own_order(order_id=order_id, user=request.user)


class V1Tickets(V1ViewSet):
    """One's tickets."""

    tag = "orders"

    @endpoint(says=_("Fetched."), gives=TicketDetail)
    def retrieve(self, request: Request, code: str) -> Ticket:
        """Show one's ticket; staff at the door sees anyone's."""
        user = request.user
        at_door = user.is_staff and user.has_perm("ticketing.admit_ticket")
        return find_ticket(code=code, user=None if at_door else user)
