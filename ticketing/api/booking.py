"""booking-api.md: choosing seats, ordering, one's orders."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.booking import whose
from cinema.api.endpoints import ANYONE, STAFF, BookingViewSet, endpoint
from cinema.api.fields import IdField, JsonObject, refuse_unless_valid
from cinema.api.paging import OptionalPage, page_or_newest
from cinema.rate_limits import caller_of
from ticketing.api.orders import BookingOrder, BookingOrderMade
from ticketing.api.samples import BOOKING_ORDER, BOOKING_ORDER_IN, SHOWTIME_INFO
from ticketing.api.seats import BookingSeat, BookingSeats, SeatReferences, seats_as_json
from ticketing.api.showtimes import ShowtimeFacts, facts_of
from ticketing.models import Order, Showtime
from ticketing.money.staff_orders import set_order_status, undo_order
from ticketing.programme.scheduling import add_showtime
from ticketing.programme.showtimes import planned_showtime
from ticketing.sale.holds import hold_seats
from ticketing.sale.orders import any_order
from ticketing.sale.seatmap import AVAILABLE, HELD, SOLD, seat_map
from ticketing.sale.shown import shown_showtime
from ticketing.sale.showtime_changes import delete_showtime, update_showtime


class SeatsQuery(serializers.Serializer):
    """Which showtime."""

    showtime_id = IdField()


class BookingOrderIn(serializers.Serializer):
    """What to order."""

    showtime_id = IdField()
    selected_seats = SeatReferences()


class OrdersQuery(OptionalPage):
    """Whose orders, and which page."""

    user_id = IdField(required=False)


class WhichShowtime(serializers.Serializer):
    """The showtime an edit or a deletion is about."""

    showtime_id = IdField()


class ManageShowtime(serializers.Serializer):
    """What to do with a showtime."""

    action = serializers.ChoiceField(choices=["add", "edit", "delete"])
    showtime_info = JsonObject()


class NewShowtimeId(serializers.Serializer):
    """The id of a showtime that was added."""

    showtime_id = serializers.IntegerField(source="pk")


class ProcessOrder(serializers.Serializer):
    """What to do with an order."""

    action = serializers.ChoiceField(choices=["confirm", "cancel"])
    order_id = IdField()


class BookingShowtimes(BookingViewSet):
    """Choosing seats."""

    tag = "booking"

    @endpoint(says=_("Fetched."), asks=SeatsQuery, gives=BookingSeats, written="seats", needs=ANYONE, refuses=(404,))
    def seats(self, request: Request) -> dict:
        """Show the seats of a showtime."""
        showtime, tariff = shown_showtime(showtime_id=self.asked["showtime_id"])
        seats = seat_map(showtime=showtime, now=self.now, tariff=tariff)
        return {
            "seats": seats_as_json(seats, BookingSeat),
            "selected_count": seats.count(HELD) + seats.count(SOLD),
            "available_count": seats.count(AVAILABLE),
        }


class BookingOrders(BookingViewSet):
    """Ordering, and one's orders."""

    tag = "booking"

    @endpoint(
        says=_("Booked. Please pay in time."),
        takes=BookingOrderIn,
        gives=BookingOrderMade,
        refuses=(403, 404, 409),
        sample=BOOKING_ORDER,
        sample_body=BOOKING_ORDER_IN,
    )
    def create(self, request: Request) -> Order:
        """Hold seats: all of them or none."""
        return hold_seats(
            showtime_id=self.given["showtime_id"],
            seats=self.given["selected_seats"],
            customer=request.user,
            now=self.now,
            channel=Order.Channel.API,
            caller=caller_of(request),
        )

    @endpoint(says=_("Fetched."), asks=OrdersQuery, gives=BookingOrder, many=True, key="orders", refuses=(403, 404))
    def history(self, request: Request) -> list[Order]:
        """List one's orders, newest first: the newest 500, or a page where `page` or `limit` is given."""
        user = whose(request.user, self.asked.get("user_id"), permission="ticketing.view_order")
        return page_or_newest(Order.objects.of(user).with_details().newest_first(), self.asked, newest_first=True)


class BookingDesk(BookingViewSet):
    """Showtimes and orders, for staff."""

    tag = "staff"

    @endpoint(
        says=_("Done."),
        takes=ManageShowtime,
        gives=NewShowtimeId,
        gives_some=True,
        needs=STAFF,
        refuses=(404, 409),
        sample={"showtime_id": 1},
        sample_body={"action": "add", "showtime_info": SHOWTIME_INFO},
    )
    def manage(self, request: Request) -> Showtime | None:
        """Add, edit or delete a showtime.

        `showtime_info` is an object, or a string of JSON: `movie_id`, `hall_id`, `start_time`, `price`; `edit` (only
        what changes) and `delete` carry `showtime_id` in it; `add` answers the new id.
        """
        action, info = self.given["action"], self.given["showtime_info"]
        verb = {"add": "add", "edit": "change", "delete": "delete"}[action]
        self.require(f"ticketing.{verb}_showtime")
        if action == "add":
            return add_showtime(**facts_of(refuse_unless_valid(ShowtimeFacts(data=info), within="showtime_info")))
        showtime_id = refuse_unless_valid(WhichShowtime(data=info), within="showtime_info")["showtime_id"]
        showtime_id = planned_showtime(showtime_id=showtime_id).pk
        if action == "delete":
            delete_showtime(showtime_id=showtime_id, now=self.now)
        else:
            given = refuse_unless_valid(ShowtimeFacts(data=info, partial=True), within="showtime_info")
            update_showtime(showtime_id=showtime_id, now=self.now, **facts_of(given))
        return None

    @endpoint(says=_("Done."), takes=ProcessOrder, needs="ticketing.change_order", refuses=(404, 409))
    def process(self, request: Request) -> None:
        """Confirm a pending order (paid in cash), or cancel it; a paid order is refunded."""
        order = any_order(order_id=self.given["order_id"])
        if self.given["action"] == "confirm":
            set_order_status(order=order, status=Order.Status.PAID, by=request.user, now=self.now)
            return
        if order.status == Order.Status.PAID:
            self.require("ticketing.refund_order")
        undo_order(order=order, by=request.user, now=self.now)
