"""Telling customers what became of their orders: each function writes a letter, in its recipient's language.

Called by the domain function that made the change, within its transaction. Whoever bought at the counter without an
account can't be told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.letters import write_letter
from accounts.models import Letter, User
from cinema.clock import local
from cinema.money import as_price
from ticketing.programme.models import Showtime
from ticketing.sale.models import Order, Ticket

Kind = Letter.Kind


@dataclass(frozen=True)
class Audience:
    """How many people will hear of something by mail, how many can only read it on the site, and how many orders were
    bought by nobody the house knows.
    """

    by_mail: int
    on_site: int
    unknown: int


def audience_of(orders: Iterable[Order]) -> Audience:
    """Who would be told what becomes of these orders."""
    orders = list(orders)
    people = {order.customer for order in orders if order.customer is not None}
    by_mail = sum(bool(person.email) for person in people)
    return Audience(by_mail, len(people) - by_mail, sum(order.customer is None for order in orders))


def tell_sold(*, order: Order, now: datetime) -> None:
    """The tickets are the customer's."""
    customer, showtime = order.customer, order.showtime
    if customer is None:
        return
    labels = [line.label for line in order.lines.all()]
    with translation.override(customer.language):
        paid = _("Total: %(sum)s") % {"sum": as_price(order.total_amount)}
        show = _("Please show the QR code of each ticket at the door. You find the tickets on the page of your order.")
        about = [*_place(showtime), _seats(labels), paid, _("Order number: %(number)s") % {"number": order.number}]
        text = _paragraphs(_("Thank you, the tickets are yours."), "\n".join(about), show)
        subject = pgettext("letter", "Your tickets: %(movie)s, %(when)s") % _heading(showtime)
        _write(customer, Kind.TICKETS, subject, text, order, now)


@dataclass(frozen=True)
class ToldShare:
    """Part of the money that comes back, and where it is."""

    amount: int
    is_done: bool
    at_box_office: bool
    gift_card: str = ""


def tell_refunded(
    *,
    order: Order,
    tickets: Sequence[Ticket],
    shares: Sequence[ToldShare],
    fee: int = 0,
    reason: str,
    by: User | None,
    now: datetime,
) -> None:
    """Tickets were given back; because the showtime is called off, or for itself. Says truly where the money is."""
    customer = order.customer
    if customer is None:
        return
    showtime = Showtime.objects.select_related("movie", "hall").get(pk=order.showtime_id)
    labels = [ticket.line.label for ticket in tickets]
    with translation.override(customer.language):
        back = " ".join(_where(share) for share in shares)
        kept = _("%(sum)s are kept as a fee.") % {"sum": as_price(fee)} if fee else ""
        about = "\n".join([*_place(showtime), _seats(labels)])
        because = _("Reason: %(reason)s") % {"reason": reason} if reason and by != customer else ""
        if showtime.status == Showtime.Status.CANCELLED:
            kind, subject = Kind.CALLED_OFF, _("Called off: %(movie)s, %(when)s")
            opening = _("We are sorry: this showtime has been called off and your tickets are void.")
        else:
            kind, subject = Kind.REFUNDED, _("Money back: %(movie)s, %(when)s")
            opening = (
                _("You have given these tickets back.") if by == customer else _("We have taken these tickets back.")
            )
        text = _paragraphs(opening, about, " ".join(part for part in (back, kept) if part), because)
        _write(customer, kind, subject % _heading(showtime), text, order, now)


def tell_cancelled(
    *, order: Order, by: User | None, now: datetime, by_house: bool = False, has_parts: bool = False
) -> None:
    """Somebody of the house, or the house itself, cancelled an order that was still waiting for its payment."""
    customer = order.customer
    if customer is None or (not by_house and by in {None, customer}):
        return
    showtime = Showtime.objects.select_related("movie", "hall").get(pk=order.showtime_id)
    with translation.override(customer.language):
        labels = list(order.lines.values_list("label", flat=True))
        if showtime.status == Showtime.Status.CANCELLED:
            kind, subject = Kind.CALLED_OFF, _("Called off: %(movie)s, %(when)s")
            opening = _("We are sorry: this showtime has been called off, and with it your order.")
        else:
            kind, subject = Kind.CANCELLED, _("Order cancelled: %(movie)s, %(when)s")
            opening = _("We have cancelled your unpaid order.")
        about = "\n".join([*_place(showtime), _seats(labels)])
        back = _("What you had paid towards it goes back to you.") if has_parts else _("Nothing was charged.")
        text = _paragraphs(opening, about, back)
        _write(customer, kind, subject % _heading(showtime), text, order, now)


def tell_moved(*, order: Order, before: Showtime, showtime: Showtime, reason: str, now: datetime) -> None:
    """A showtime has another time or hall; the tickets stay good, or may be given back."""
    customer = order.customer
    if customer is None:
        return
    with translation.override(customer.language):
        opening = _("We are sorry: the showtime you have tickets for has been moved.")
        standing = [ticket for ticket in order.tickets.all() if ticket.status != Ticket.Status.REFUNDED]
        seats = [ticket.line.label for ticket in standing]
        new = "\n".join([_("New:"), *_place(showtime), _seats(seats)])
        old = "\n".join([_("Before:"), *_place(before)[1:]])
        because = _("Reason: %(reason)s") % {"reason": reason} if reason else ""
        stay = _(
            "Your tickets and their QR codes stay valid. If this doesn't suit you, give them back on the page of your"
            " order before the showtime begins: you get all your money back."
        )
        subject = _("Moved: %(movie)s, now %(when)s") % _heading(showtime)
        _write(customer, Kind.MOVED, subject, _paragraphs(opening, new, old, because, stay), order, now)


def tell_paid_back(*, order: Order, amount: int, now: datetime) -> None:
    """The provider has paid a refund out."""
    customer = order.customer
    if customer is None:
        return
    with translation.override(customer.language):
        subject = _("Paid back: %(movie)s, %(when)s") % _heading(order.showtime)
        about = "\n".join([*_place(order.showtime), _("Order number: %(number)s") % {"number": order.number}])
        paid = _("%(sum)s has been paid back to you, the way you paid.") % {"sum": as_price(amount)}
        hint = _("Your bank may need a few days to show it.")
        _write(customer, Kind.REFUNDED, subject, _paragraphs(paid, about, hint), order, now)


def tell_not_sold(*, order: Order, was_charged: bool, now: datetime) -> None:
    """A payment came when the order could no longer be sold. Whoever has paid it another way hears of money only."""
    customer = order.customer
    status = Order.objects.values_list("status", flat=True).get(pk=order.pk)
    if customer is None or (status in Order.Status.with_money() and not was_charged):
        return
    with translation.override(customer.language):
        returned, untaken = _("Payment returned: %(movie)s, %(when)s"), _("Payment not taken: %(movie)s, %(when)s")
        subject = (returned if was_charged else untaken) % _heading(order.showtime)
        labels = list(order.lines.values_list("label", flat=True))
        about = "\n".join([*_place(order.showtime), _seats(labels)])
        back = _("Your money is on its way back to you.") if was_charged else _("Nothing was charged.")
        text = _paragraphs(_("These seats could no longer be sold to you."), about, back)
        _write(customer, Kind.NOT_SOLD, subject, text, order, now)


def tell_part_returned(*, order: Order, amount: int, was_charged: bool, now: datetime, gift_card: str = "") -> None:
    """Part of an order was paid, and never the rest: the money goes back, or was only reserved."""
    customer = order.customer
    if customer is None:
        return
    with translation.override(customer.language):
        returned, untaken = _("Payment returned: %(movie)s, %(when)s"), _("Payment not taken: %(movie)s, %(when)s")
        subject = returned if was_charged else untaken
        labels = list(order.lines.values_list("label", flat=True))
        about = "\n".join([*_place(order.showtime), _seats(labels)])
        opening = _("Your order was not paid in full, so it could not be sold to you.")
        if gift_card:
            back = _("The %(sum)s that you had paid towards it are on your gift card %(card)s again.")
        elif was_charged:
            back = _("The %(sum)s that you had paid towards it are on their way back to you.")
        else:
            back = _("The %(sum)s that you had reserved for it are let go of. Nothing was charged.")
        text = _paragraphs(opening, about, back % {"sum": as_price(amount, order.currency), "card": gift_card})
        _write(customer, Kind.NOT_SOLD, subject % _heading(order.showtime), text, order, now)


def tell_new_seat(*, ticket: Ticket, old: str, now: datetime) -> None:
    """A ticket admits to another seat from now on."""
    order, showtime = ticket.order, ticket.showtime
    if order.customer is None:
        return
    with translation.override(order.customer.language):
        seats = {"old": old, "new": ticket.line.label}
        opening = (
            _("Seat %(old)s can't be used. We have kept seat %(new)s for you instead, at no extra charge.") % seats
        )
        about = "\n".join([*_place(showtime), _("New seat: %(new)s (before: %(old)s)") % seats])
        text = _paragraphs(opening, about, _("Your ticket and its QR code stay valid."))
        subject = _("New seat %(new)s: %(movie)s, %(when)s") % {**seats, **_heading(showtime)}
        _write(order.customer, Kind.NEW_SEAT, subject, text, order, now)


def _where(share: ToldShare) -> str:
    if share.gift_card:
        where = _("%(sum)s are on your gift card %(card)s again.")
    elif share.is_done:
        where = _("%(sum)s has been paid back to you.")
    elif share.at_box_office:
        where = _("%(sum)s waits for you at the box office.")
    else:
        where = _("%(sum)s is on its way back to you, the way you paid. We tell you when it has been paid out.")
    return where % {"sum": as_price(share.amount), "card": share.gift_card}


def _write(to: User, kind: str, subject: str, text: str, order: Order, now: datetime) -> None:
    write_letter(to=to, kind=kind, subject=subject, text=text, about=Letter.About.ORDER, about_id=order.pk, now=now)


def _heading(showtime: Showtime) -> dict[str, str]:
    starts = local(showtime.starts_at)
    return {"movie": showtime.movie.local_title, "when": formatted(starts, _("M j, H:i"))}


def _place(showtime: Showtime) -> list[str]:
    starts = local(showtime.starts_at)
    return [
        _("Film: %(movie)s") % {"movie": showtime.movie.local_title},
        _("Time: %(when)s") % {"when": formatted(starts, _("l, F j, H:i"))},
        _("Hall: %(hall)s") % {"hall": showtime.hall.local_name},
    ]


def _seats(labels: Sequence[str]) -> str:
    return _("Seats: %(seats)s") % {"seats": ", ".join(labels)}


def _paragraphs(*paragraphs: str) -> str:
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
