"""What a payment provider can do. One file a provider; ``ticketing.money.providers`` finds them by itself.

A payment is first authorised by the customer at the provider, who then tells the house by a signed call-back. Only when
the seats are the order's for good is the money captured; otherwise the authorisation is voided and nothing is ever
charged. A provider that takes the money at once says ``captures_apart = False``; what can't be sold is then given back.

Only ``begin`` is called within a request, and never inside a transaction. ``capture``, ``void``, ``refund`` and ``ask``
are called by jobs, at least once, so each must do its work only once per reference. Whatever takes longer than
``TIMEOUT`` seconds counts as unavailable.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from urllib.parse import urlencode
from uuid import UUID

import httpx
from django.conf import settings
from django.core import signing
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cinema.addresses import absolute
from cinema.errors import Conflict, Forbidden, InvalidInput
from ticketing.money.models import Payment
from ticketing.money.providers.statements import BadStatement, StatementLine
from ticketing.money.refund_models import Refund

Call = tuple[Mapping[str, str], bytes]  # headers and body of a call-back
TIMEOUT = 5  # seconds that anybody waits for a provider


class BadSignature(Forbidden):
    """A notification that the provider didn't sign."""

    code = "bad_signature"
    message = _("The signature does not match.")


class BadPaymentToken(InvalidInput):
    """The provider takes no such token."""

    code = "bad_payment_token"
    message = _("This payment method does not take this token.")


class ProviderUnavailable(Conflict):
    """The provider is away or too slow; the same again later may do."""

    code = "provider_unavailable"
    message = _("The payment service cannot be reached at the moment. Nothing was charged. Please try again.")


class ProviderRefused(Conflict):
    """The provider says no, and will say no again."""

    code = "provider_refused"
    message = _("The payment service refused.")


class BegunOtherwise(ProviderRefused):
    """The payment was begun for another of the provider's pages, and its number is good for that one only."""

    code = "begun_otherwise"


class EventKind(StrEnum):
    """What a provider may say."""

    AUTHORISED = "authorised"
    CAPTURED = "captured"
    DECLINED = "declined"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTED = "disputed"
    OTHER = "other"


@dataclass(frozen=True)
class Event:
    """One thing a provider says: about which payment (or refund) of ours, and of what amount it speaks.

    ``provider_reference`` is the provider's number for the payment from now on.
    """

    id: str
    kind: EventKind
    reference: UUID | None = None  # else it is found by the provider's number, or is about nothing of ours
    amount: int | None = None
    currency: str = ""
    provider_reference: str = ""
    note: str = ""


@dataclass(frozen=True)
class Begun:
    """Where the customer goes on ("" where there is nothing to authorise elsewhere), and the provider's number."""

    address: str
    provider_reference: str = ""


class Provider:
    """A way to pay. Subclass it in a file of this package and it can be switched on by its ``name``."""

    name: str
    label: str | Promise
    is_online = True  # customers choose it on the site; else clerks do, in the house
    captures_apart = True
    refunds_in_parts = True
    tokens: Collection[str] = ()
    sites: Collection[str] = ()  # where browsers are sent to pay, ``https://pay.example``: what pages let forms lead to
    currencies: Collection[str] = ()  # those it takes; all, where none is named
    scanned_with: str | Promise = ""  # the app that scans its codes, for those who pay on a second device
    window = timedelta(hours=24)  # how long after its beginning a customer may still authorise a payment

    def missing_settings(self) -> list[str]:
        """The names of the settings it lacks to be switched on."""
        return []

    def begin(self, payment: Payment, *, now: datetime, on_phone: bool = False, client_ip: str = "") -> Begun:
        """Announce the payment; again is harmless and returns the same. Raises ProviderUnavailable, ProviderRefused.

        ``on_phone`` is a hint, for providers that have another page there; ``client_ip`` is whence the customer comes.
        """
        raise NotImplementedError

    def check_token(self, token: str) -> None:
        """Raise BadPaymentToken for a token that isn't "" and that this provider doesn't take."""
        if token and token not in self.tokens:
            raise BadPaymentToken(field="token")

    def take_token(self, payment: Payment, token: str, *, now: datetime) -> list[Call]:
        """Decide at once by one of its ``tokens``, given by a client's own form; returns the call-backs."""
        return []

    def check_signature(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
        """Raise BadSignature for a call-back that the provider didn't sign, for this house, a moment ago."""
        raise BadSignature

    def read_event(self, body: bytes) -> Event:
        """What a call-back says whose signature was found good. Raises ValueError or KeyError for nonsense."""
        raise ValueError(body)

    def acknowledge(self) -> HttpResponse:
        """What the provider wants to hear when its call-back has been taken."""
        return JsonResponse({"status": "ok"})

    def ask(self, payment: Payment, *, now: datetime) -> Event | None:
        """What became of a payment; None while the customer hasn't decided. Raises ProviderUnavailable."""
        return None

    def capture(self, payment: Payment, *, now: datetime) -> None:
        """Take the authorised money. Raises ProviderUnavailable, ProviderRefused."""

    def void(self, payment: Payment, *, now: datetime) -> None:
        """Let go of what was authorised, if anything was. Raises ProviderUnavailable, ProviderRefused."""

    def refund(self, refund: Refund, *, now: datetime) -> bool:
        """Pay money back, or learn how far that is; returns whether it is done, False while the provider is at it.

        Raises ProviderUnavailable, ProviderRefused.
        """
        return True

    def read_statement(self, file: bytes) -> Iterable[StatementLine]:
        """What a statement that the provider hands out says, line by line. Raises BadStatement."""
        raise BadStatement(_("Statements of this provider cannot be read."))


def page_after(payment: Payment) -> str:
    """The whole address that the customer comes back to; the same at every try, whatever language is spoken then."""
    with translation.override(settings.LANGUAGE_CODE):
        own = reverse("ticketing:order", args=[payment.order_id])
    return absolute(payment.return_url or own)


def begun_for(payment: Payment, page: str) -> str:
    """Which of its pages a provider is to open, noted as its number of the payment until it has one of its own.

    Raises BegunOtherwise for a payment that was begun for another: on a computer, say, and now on a phone.
    """
    if payment.provider_reference not in {"", page}:
        raise BegunOtherwise
    return page


def page_to_scan(payment: Payment, code: str) -> str:
    """Our own page that shows a provider's code, for a phone to scan; none but a provider's is shown."""
    signed = _codes_of(payment).sign(code)
    return f"{reverse('ticketing:scan', args=[payment.reference])}?{urlencode({'code': signed})}"


def code_to_scan(payment: Payment, signed: str) -> str:
    """The code that such a page was opened with. Raises BadSignature for one of somebody else's making."""
    try:
        return _codes_of(payment).unsign(signed)
    except signing.BadSignature:
        raise BadSignature from None


def _codes_of(payment: Payment) -> signing.Signer:
    return signing.Signer(salt=f"code to scan {payment.reference}")


@cache
def http_client() -> httpx.Client:
    """The process's connections to providers: one for each call would load the certificates each time."""
    return httpx.Client()


def uuid_or_none(word: object) -> UUID | None:
    """A reference that may be ours; None for anything that can't be."""
    try:
        return UUID(str(word))
    except ValueError:
        return None
