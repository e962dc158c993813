"""Orders and tickets as the documents show and take them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cinema.api.dialects import BOOKING, V1_DIALECT
from cinema.api.fields import Day, HouseTime, IdField, MoneyOut, Text, WebAddress
from cinema.api.paging import PageQuery
from cinema.api.renaming import in_dialect
from ticketing.api.seats import SeatReferences
from ticketing.models import Order, PriceType, Ticket

REFUND_STATUSES = ["none", "pending", "done"]


class OrderIn(serializers.Serializer):
    """What to order. `priceTypes` maps a seat as named in `seats` to its price type; adult where it is silent."""

    scheduleId = IdField()
    seats = SeatReferences()
    priceTypes = serializers.DictField(child=serializers.ChoiceField(choices=PriceType.choices), required=False)


class ShowtimeOf(serializers.Serializer):
    """Where and when: what an order and a ticket say of their showtime."""

    showtime_id = serializers.IntegerField()
    movie_title = serializers.CharField(source="showtime.movie.title")
    start_time = HouseTime(source="showtime.starts_at")
    hall_name = serializers.CharField(source="showtime.hall.name")


class TicketFields(ShowtimeOf):
    """A ticket with all that is printed on it."""

    code = serializers.CharField()
    label = serializers.CharField(source="line.label")
    price = MoneyOut()
    status = serializers.ChoiceField(choices=Ticket.Status.choices)
    order_id = serializers.IntegerField()
    admitted_at = HouseTime(allow_null=True)


TicketOut = in_dialect(
    V1_DIALECT, TicketFields, name="TicketOut", says="A ticket of an order.", only=("code", "label", "price", "status")
)
TicketDetail = in_dialect(
    V1_DIALECT,
    TicketFields,
    name="TicketDetail",
    only=(
        *("code", "label", "price", "status", "order_id", "showtime_id"),
        *("movie_title", "start_time", "hall_name", "admitted_at"),
    ),
)


class OrderFields(ShowtimeOf):
    """One's order."""

    order_id = serializers.IntegerField(source="pk")
    status = serializers.ChoiceField(choices=Order.Status.choices)
    seats = serializers.ListField(source="labels", child=serializers.CharField())
    total_amount = MoneyOut()
    refunded_amount = MoneyOut()
    refund_fee = MoneyOut(source="refund_fee_amount")
    refund_status = serializers.ChoiceField(choices=REFUND_STATUSES)
    expires_at = HouseTime()
    created_at = HouseTime()
    paid_at = HouseTime(allow_null=True)
    tickets = TicketFields(source="issued_tickets", many=True, help_text="Empty until paid.")


class LocalOrderFields(OrderFields):
    """The same with the film's title in the language of whoever asks."""

    movie_title = serializers.CharField(source="showtime.movie.local_title")


class StaffOrderFields(OrderFields):
    """An order with its tickets."""

    user_id = serializers.SerializerMethodField()
    username = serializers.SerializerMethodField()
    channel = serializers.ChoiceField(choices=Order.Channel.choices)
    seats = serializers.SerializerMethodField()  # type: ignore[assignment]
    tickets = TicketFields(source="tickets.all", many=True)

    def get_user_id(self, order: Order) -> int:
        """The customer's, or 0 for a guest or somebody who bought at the counter without an account."""
        return order.customer_id or 0

    def get_username(self, order: Order) -> str:
        """The customer's, or the empty text for a guest or somebody without an account."""
        return order.customer.username if order.customer else ""

    def get_seats(self, order: Order) -> str:
        """``A1,A2,A3``."""
        return ",".join(order.labels)


IN_STAFFS_LIST = (
    *("order_id", "user_id", "username", "showtime_id", "movie_title", "start_time", "hall_name", "seats"),
    *("total_amount", "status", "refund_status", "created_at", "paid_at"),
)
OrderOut = in_dialect(
    V1_DIALECT,
    OrderFields,
    name="OrderOut",
    only=(
        *("order_id", "showtime_id", "status", "movie_title", "start_time", "hall_name", "seats", "total_amount"),
        *("refunded_amount", "refund_fee", "refund_status", "expires_at", "created_at", "paid_at", "tickets"),
    ),
)
AdminOrder = in_dialect(
    V1_DIALECT, StaffOrderFields, name="AdminOrder", says="An order as staff lists it.", only=IN_STAFFS_LIST
)
AdminOrderDetail = in_dialect(
    V1_DIALECT,
    StaffOrderFields,
    name="AdminOrderDetail",
    only=(*IN_STAFFS_LIST, "channel", "expires_at", "refunded_amount", "refund_fee", "tickets"),
)
BookingOrder = in_dialect(
    BOOKING,
    LocalOrderFields,
    name="BookingOrder",
    says="An order in the booking dialect.",
    only=(
        *("order_id", "showtime_id", "movie_title", "start_time", "hall_name", "seats", "total_amount"),
        *("status", "created_at", "expires_at"),
    ),
    called={"seats": "seats", "total_amount": "total_price"},
)
BookingOrderMade = in_dialect(
    BOOKING,
    OrderFields,
    name="BookingOrderMade",
    says="An order that waits for payment.",
    only=("order_id", "total_amount", "expires_at"),
    called={"total_amount": "total_price"},
)


class MyOrdersQuery(PageQuery):
    """Which of one's orders."""

    status = serializers.ChoiceField(choices=Order.Status.choices, required=False)


class PayIn(serializers.Serializer):
    """How to pay."""

    provider = serializers.CharField(max_length=20)
    returnUrl = WebAddress(max_length=500, default="")
    token = Text(max_length=100, default="")


class PayOut(serializers.Serializer):
    """How far the payment got: the order's status, and where the customer goes on to pay."""

    status = serializers.ChoiceField(choices=Order.Status.choices)
    redirectUrl = serializers.CharField(allow_null=True)


class AdminOrdersQuery(PageQuery):
    """Which orders, by status and day of creation."""

    status = serializers.ChoiceField(choices=Order.Status.choices, required=False)
    startDate = Day(required=False)
    endDate = Day(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Both days in order."""
        if "startDate" in attrs and "endDate" in attrs and attrs["startDate"] > attrs["endDate"]:
            raise serializers.ValidationError({"endDate": [_("The range of dates is reversed.")]})
        return attrs


class StatusIn(serializers.Serializer):
    """The status an order shall have."""

    status = serializers.ChoiceField(choices=Order.Status.choices)


class CheckIn(serializers.Serializer):
    """Whom to let in, and at the door of which showtime."""

    code = serializers.CharField(max_length=64)
    scheduleId = IdField(
        required=False, help_text=_("The showtime at this door; without it, the ticket's own while that admits.")
    )


class UndoAdmission(serializers.Serializer):
    """Why an admission is taken back."""

    reason = serializers.CharField(max_length=200)
