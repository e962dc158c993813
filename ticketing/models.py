"""Halls and seats, the programme, sales and money."""

from ticketing.money.book_models import FilmReturn
from ticketing.money.models import CallOff, Payment, ProviderEvent, Refund, SandboxCharge, SandboxRefund
from ticketing.money.till_models import CashMovement, Shift, Till
from ticketing.prices.models import PriceCard, PriceRule, PriceType
from ticketing.programme.models import Showtime
from ticketing.sale.models import Claim, LedgerEntry, Order, OrderLine, Ticket
from ticketing.venue.models import Hall, Seat

__all__ = [
    "CallOff",
    "CashMovement",
    "Claim",
    "FilmReturn",
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
    "Shift",
    "Showtime",
    "Ticket",
    "Till",
]
