"""What a customer keeps of an order: the QR codes that admit, and the entry for a calendar."""

from datetime import UTC, datetime
from io import BytesIO

import segno
from django.utils.translation import gettext as _

from accounts.mailing import Attachment
from accounts.models import Letter
from cinema.addresses import house_host
from ticketing.sale.models import Order, Ticket

STAMP = "%Y%m%dT%H%M%SZ"


def qr_picture(ticket: Ticket, kind: str) -> bytes:
    """The ticket's code as a picture, ``svg`` or ``png``."""
    picture = BytesIO()
    segno.make(ticket.code, error="m", micro=False).save(picture, kind=kind, scale=8, border=2, light="#fff")
    return picture.getvalue()


def qr_drawing(text: str) -> str:
    """Any text as a code to scan, drawn for a page."""
    return segno.make(text, error="m", micro=False).svg_inline(scale=8, border=2, light="#fff", omitsize=True)


def calendar_entry(*, order: Order, now: datetime) -> str:
    """The order's showtime as an iCalendar file; the same order has the same name in every calendar."""
    showtime = order.showtime
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//cinema//tickets//EN",
        "BEGIN:VEVENT",
        f"UID:order-{order.pk}@{house_host()}",
        f"DTSTAMP:{now.astimezone(UTC).strftime(STAMP)}",
        f"DTSTART:{showtime.starts_at.astimezone(UTC).strftime(STAMP)}",
        f"DTEND:{showtime.ends_at.astimezone(UTC).strftime(STAMP)}",
        f"SUMMARY:{_escaped(showtime.movie.local_title)}",
        f"LOCATION:{_escaped(showtime.hall.local_name)}",
        f"DESCRIPTION:{_escaped(_('Seats: %(seats)s') % {'seats': ', '.join(order.labels)})}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join(lines) + "\r\n"


def attachments_for(letter: Letter) -> list[Attachment]:
    """What goes with a letter by mail: with tickets sold, those of them that still admit, and the calendar's entry."""
    if letter.kind != Letter.Kind.TICKETS:
        return []
    order = Order.objects.paid().with_details().filter(pk=letter.about_id).first()
    if order is None:
        return []
    tickets = [ticket for ticket in order.tickets.all() if ticket.status == Ticket.Status.VALID]
    codes = [
        Attachment(f"ticket-{number}.png", qr_picture(ticket, "png"), "png", f"{ticket.line.label} · {ticket.code}")
        for number, ticket in enumerate(tickets, start=1)
    ]
    entry = calendar_entry(order=order, now=letter.created_at).encode()
    return [*codes, Attachment(f"order-{order.pk}.ics", entry, "calendar")]


def _escaped(text: str) -> str:
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n").replace("\r", "")
