"""Halls and seats, the programme, sales and money."""

from ticketing.money.models import Payment, Refund, SandboxCharge
from ticketing.prices.models import PriceCard, PriceRule, PriceType
from ticketing.programme.models import Showtime
from ticketing.sale.models import Claim, LedgerEntry, Order, OrderLine, Ticket
from ticketing.venue.models import Hall, Seat

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
