"""Orders and tickets as v1 shows and takes them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cinema.api.fields import Day, HouseTime, IdField, MoneyOut, Text, WebAddress
from cinema.api.paging import PageQuery
from ticketing.api.seats import SeatReferences
from ticketing.models import Order, PriceType, Ticket

REFUND_STATUSES = ["none", "pending", "done"]


class OrderIn(serializers.Serializer):
    """What to order. `priceTypes` maps a seat as named in `seats` to its price type; adult where it is silent."""

    scheduleId = IdField()
    seats = SeatReferences()
    priceTypes = serializers.DictField(child=serializers.ChoiceField(choices=PriceType.choices), required=False)


class TicketOut(serializers.Serializer):
    """A ticket of an order."""

    code = serializers.CharField()
    label = serializers.CharField(source="line.label")
    price = MoneyOut()
    status = serializers.ChoiceField(choices=Ticket.Status.choices)


class OrderOut(serializers.Serializer):
    """One's order."""

    orderId = serializers.IntegerField(source="pk")
    scheduleId = serializers.IntegerField(source="showtime_id")
    status = serializers.ChoiceField(choices=Order.Status.choices)
    movieTitle = serializers.CharField(source="showtime.movie.title")
    startTime = HouseTime(source="showtime.starts_at")
    hallName = serializers.CharField(source="showtime.hall.name")
    seats = serializers.ListField(source="labels", child=serializers.CharField())
    totalAmount = MoneyOut(source="total_amount")
    refundedAmount = MoneyOut(source="refunded_amount")
    refundFee = MoneyOut(source="refund_fee_amount")
    refundStatus = serializers.ChoiceField(choices=REFUND_STATUSES, source="refund_status")
    expiresAt = HouseTime(source="expires_at")
    createdAt = HouseTime(source="created_at")
    paidAt = HouseTime(source="paid_at", allow_null=True)
    tickets = serializers.SerializerMethodField()

    @extend_schema_field(TicketOut(many=True))
    def get_tickets(self, order: Order) -> list[dict[str, Any]]:
        """Empty until paid."""
        return TicketOut(order.tickets.all(), many=True).data if order.paid_at else []


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


class AdminOrder(serializers.Serializer):
    """An order as staff lists it."""

    orderId = serializers.IntegerField(source="pk")
    userId = serializers.SerializerMethodField()
    username = serializers.SerializerMethodField()
    scheduleId = serializers.IntegerField(source="showtime_id")
    movieTitle = serializers.CharField(source="showtime.movie.title")
    startTime = HouseTime(source="showtime.starts_at")
    hallName = serializers.CharField(source="showtime.hall.name")
    seats = serializers.SerializerMethodField()
    totalAmount = MoneyOut(source="total_amount")
    status = serializers.ChoiceField(choices=Order.Status.choices)
    refundStatus = serializers.ChoiceField(choices=REFUND_STATUSES, source="refund_status")
    createdAt = HouseTime(source="created_at")
    paidAt = HouseTime(source="paid_at", allow_null=True)

    def get_userId(self, order: Order) -> int:
        """The customer's, or 0 for a guest or somebody who bought at the counter without an account."""
        return order.customer_id or 0

    def get_username(self, order: Order) -> str:
        """The customer's, or the empty text for a guest or somebody without an account."""
        return order.customer.username if order.customer else ""

    def get_seats(self, order: Order) -> str:
        """``A1,A2,A3``."""
        return ",".join(order.labels)


class AdminOrderDetail(AdminOrder):
    """An order with its tickets."""

    channel = serializers.ChoiceField(choices=Order.Channel.choices)
    expiresAt = HouseTime(source="expires_at")
    refundedAmount = MoneyOut(source="refunded_amount")
    refundFee = MoneyOut(source="refund_fee_amount")
    tickets = TicketOut(source="tickets.all", many=True)


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


class TicketDetail(TicketOut):
    """A ticket with all that is printed on it."""

    orderId = serializers.IntegerField(source="order_id")
    scheduleId = serializers.IntegerField(source="showtime_id")
    movieTitle = serializers.CharField(source="showtime.movie.title")
    startTime = HouseTime(source="showtime.starts_at")
    hallName = serializers.CharField(source="showtime.hall.name")
    admittedAt = HouseTime(source="admitted_at", allow_null=True)


class CheckIn(serializers.Serializer):
    """Whom to let in, and at the door of which showtime."""

    code = serializers.CharField(max_length=64)
    scheduleId = IdField(
        required=False, help_text=_("The showtime at this door; without it, the ticket's own while that admits.")
    )


class UndoAdmission(serializers.Serializer):
    """Why an admission is taken back."""

    reason = serializers.CharField(max_length=200)
