"""The accounts of the journal: words with what they are of behind a colon.

A posting is a whole number of minor units on an account: positive for what comes in (debit), negative for what goes out
or is earned (credit). All postings of an entry add up to nothing.
"""

FEES = "fees"  # earned by refunds and services
GIFT_CARDS = "gift_cards"  # owed to who holds one
REFUNDS_OWED = "refunds_owed"  # owed to who gave tickets back, or paid for what couldn't be sold
GOODWILL = "goodwill"  # what the house gave away as gift cards
ADVANCES = "advances"  # paid towards orders that are not paid in full yet
DIFFERENCES = "differences"  # rounding, and what a drawer holds more or less than it should
PETTY_CASH = "petty_cash"  # what was paid into drawers and out of them without a sale
FLOATS = "floats"  # money of the house that is put into drawers and taken out of them
TICKETS = "revenue:tickets"
CASH_IN_HAND = {"cash"}  # providers whose money lies in a drawer
ON_CARDS = {"gift_card"}  # providers whose money the house owes already
NOTHING = {"free"}  # providers of orders that cost nothing


def cash(till: str = "") -> str:
    """The money in a till's drawer; without a till, in the house."""
    return f"cash:{till}" if till else "cash"


def tax(rate_class: str) -> str:
    """Tax owed, by its class."""
    return f"tax:{rate_class}"


def revenue(sales_class: str) -> str:
    """What was sold, by its class."""
    return f"revenue:{sales_class}"


def money_at(provider: str, *, till: str = "", captured: bool = True) -> str:
    """Where money paid by this provider is: in a drawer, at the provider, or only reserved there."""
    if provider in CASH_IN_HAND:
        return cash(till)
    if provider in ON_CARDS:
        return GIFT_CARDS
    return f"provider:{provider}" if captured else f"reserved:{provider}"
