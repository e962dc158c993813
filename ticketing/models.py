"""Halls and seats, the programme, sales and money."""

from ticketing.money.models import CallOff, Payment, ProviderEvent, Refund, SandboxCharge, SandboxRefund
from ticketing.prices.models import PriceCard, PriceRule, PriceType
from ticketing.programme.models import Showtime
from ticketing.sale.models import Claim, LedgerEntry, Order, OrderLine, Ticket
from ticketing.venue.models import Hall, Seat

__all__ = [
    "CallOff",
    "Claim",
    "Hall",
    "LedgerEntry",
    "Order",
    "OrderLine",
    "Payment",
    "PriceCard",
    "PriceRule",
    "PriceType",
    "ProviderEvent",
    "Refund",
    "SandboxCharge",
    "SandboxRefund",
    "Seat",
    "Showtime",
    "Ticket",
]
