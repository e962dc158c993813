"""Amounts in templates: ``{{ order.total_amount|money:order.currency }}``."""

from django import template

from cinema.money import as_price, as_text, sign

register = template.Library()


@register.filter
def money(amount: int | None, currency: str = "") -> str:
    """As people read it, with the currency's sign: ``¥45``, ``¥45.50``."""
    return "" if amount is None else as_price(amount, currency)


@register.filter
def exact_money(amount: int | None, currency: str = "") -> str:
    """The same with all decimals, as receipts and books have it: ``¥45.00``."""
    return "" if amount is None else f"{sign(currency)}{as_text(amount, currency)}"


@register.filter
def short_amount(amount: int | None, currency: str = "") -> str:
    """In digits, without decimals where they say nothing: ``-15``."""
    return "" if amount is None else as_text(amount, currency, whole=True)


@register.filter
def book_amount(amount: int | None, currency: str = "") -> str:
    """As books have it, all decimals and thousands set apart: ``50,322.00``."""
    return "" if amount is None else as_text(amount, currency, grouped=True)


@register.filter
def amount(amount: int | None, currency: str = "") -> str:
    """In digits with all decimals: ``45.00``."""
    return "" if amount is None else as_text(amount, currency)
