"""Halls and seats, the programme, sales and money."""

from ticketing.models.halls import Hall, Seat
from ticketing.models.money import LedgerEntry, Payment, Refund, SandboxCharge
from ticketing.models.programme import PriceCard, PriceRule, PriceType, Showtime
from ticketing.models.sales import Claim, Order, OrderLine, Ticket

__all__ = [
    "Claim",
    "Hall",
    "LedgerEntry",
    "Order",
    "OrderLine",
    "Payment",
    "PriceCard",
    "PriceRule",
    "PriceType",
    "Refund",
    "SandboxCharge",
    "Seat",
    "Showtime",
    "Ticket",
]
