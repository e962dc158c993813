"""Halls and seats, the programme, sales and money."""

from ticketing.journal.models import JournalEntry, Seal, TicketSeries, Verification
from ticketing.money.alert_models import MoneyAlert
from ticketing.money.book_models import BusinessDay, FilmReturn
from ticketing.money.gift_card_models import GiftCard
from ticketing.money.models import CallOff, Payment, ProviderEvent
from ticketing.money.policy_models import RefundPolicy
from ticketing.money.refund_models import Refund
from ticketing.money.sandbox_models import SandboxCharge, SandboxRefund
from ticketing.money.till_models import CashMovement, Shift, Till
from ticketing.prices.models import PriceCard, PriceRule, PriceType
from ticketing.programme.models import Showtime
from ticketing.sale.models import Claim, LedgerEntry, Order, OrderLine, Ticket
from ticketing.venue.models import Hall, Seat

__all__ = [
    "BusinessDay",
    "CallOff",
    "CashMovement",
    "Claim",
    "FilmReturn",
    "GiftCard",
    "Hall",
    "JournalEntry",
    "LedgerEntry",
    "MoneyAlert",
    "Order",
    "OrderLine",
    "Payment",
    "PriceCard",
    "PriceRule",
    "PriceType",
    "ProviderEvent",
    "Refund",
    "RefundPolicy",
    "SandboxCharge",
    "SandboxRefund",
    "Seal",
    "Seat",
    "Shift",
    "Showtime",
    "Ticket",
    "TicketSeries",
    "Till",
    "Verification",
]
