"""Paying online: at the provider's own page, or at once where the provider takes a token."""

from datetime import datetime
from functools import partial

from ticketing.money.events import receive_event
from ticketing.money.in_house import pay_in_house
from ticketing.money.models import Payment
from ticketing.money.payments import PaymentDeclined, begin_payment, start_payment
from ticketing.money.providers import online_provider
from ticketing.money.providers.base import BegunOtherwise
from ticketing.sale.claims import SeatsTaken
from ticketing.sale.models import Order
from ticketing.sale.orders import WrongOrderStatus


def pay_online(
    *,
    order: Order,
    provider: str,
    now: datetime,
    return_url: str = "",
    token: str = "",
    on_phone: bool = False,
    client_ip: str = "",
) -> str:
    """Begin to pay; returns where the customer goes on, or "" when the order is paid already.

    A token settles at once at providers that take one; an order that costs nothing always does. Must not be called
    inside a transaction. Raises UnknownProvider, BadPaymentToken, PaymentDeclined, ProviderUnavailable,
    WrongOrderStatus, SalesClosed, SeatsTaken.
    """
    if not order.total_amount:
        pay_in_house(order=order, provider="free", now=now, by=None)
        return ""
    chosen = online_provider(provider)
    chosen.check_token(token)
    start = partial(start_payment, order=order, provider=chosen.name, now=now, return_url=return_url)
    begin = partial(begin_payment, now=now, on_phone=on_phone, client_ip=client_ip)
    payment = start()
    try:
        address = begin(payment=payment)
    except BegunOtherwise:  # on a computer, and now on a phone
        payment = start()
        address = begin(payment=payment)
    if not token:
        return address
    heard = payment
    for headers, body in chosen.take_token(payment, token, now=now):
        heard = receive_event(provider=chosen.name, headers=headers, body=body, now=now) or heard
    if heard.status == Payment.Status.DECLINED:
        raise PaymentDeclined
    if heard.status in Payment.Status.let_go():
        order.refresh_from_db(fields=["status"])
        raise SeatsTaken if order.status == Order.Status.PENDING else WrongOrderStatus
    return ""
