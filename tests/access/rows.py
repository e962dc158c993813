"""A house with a row of every kind, so that nobody is kept out only because there is nothing to show."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from model_bakery import baker

from accounts.models import HouseText, SecurityEvent, Session, User
from catalog.models import Genre, Movie, Person
from catalog.streams.uploads import begin_upload
from cinema.jobs.models import Job
from social.models import ChatMessage, Comment, CommentReport, Party, Rating, Restriction
from social.rooms import start_party
from tests.factories import a_gift_card, a_movie, a_paid_order, a_price_card, a_shift, a_showtime, an_order, begun
from ticketing.models import MoneyAlert, RefundPolicy, Ticket, Till, Verification
from ticketing.money.days import close_day
from ticketing.money.refunds import refund_order

ORDER_PAGES = "order", "cancel", "change_seats", "again", "pay", "gift_card", "gift_card_off"
STREAM = "/static/demo/stream/master.m3u8"


@dataclass
class House:
    """What addresses name: by the name of the page, else by the name of the part of the address."""

    customer: User
    boss: User
    parts: dict[str, Any]
    of_page: dict[str, dict[str, Any]]

    def part(self, page: str, name: str) -> Any:
        """What stands in a variable part of an address."""
        return self.of_page.get(page, {}).get(name) or self.parts[name]


def a_full_house(*, customer: User, boss: User) -> House:
    """Everything there is, once. Whatever belongs to somebody is the customer's."""
    now = timezone.now()
    movie: Movie = a_movie(stream_url=STREAM)
    showtime = a_showtime(movie=movie, now=now)
    paid = a_paid_order(showtime=showtime, customer=customer, seats=["A1", "A2"], now=now)
    refund_order(order=paid, now=now, by=boss, reason="ill", ticket_ids=[paid.tickets.order_by("pk").last().pk])
    pending = an_order(showtime=showtime, customer=customer, seats=["B1"], now=now)
    payment = begun(pending, now)
    comment = baker.make(Comment, user=customer, movie=movie)
    party: Party = start_party(host=customer, movie=movie, now=now)
    upload = begin_upload(movie=movie, file_name="film.mp4", size=10, by=boss, now=now)
    _talk(comment, party, customer, boss)
    _books(now, boss)
    order, card = {"pk": pending.pk}, a_gift_card(by=boss, now=now).card
    passkey = baker.make(
        Authenticator, user=boss, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}}
    )
    shift = a_shift(boss, till=Till.objects.get(), now=now)
    return House(
        customer,
        boss,
        parts={"pk": movie.pk, "code": paid.tickets.filter(status=Ticket.Status.VALID).get().code}
        | {"reference": payment.reference, "provider": "sandbox", "path": "posters/none.png", "key": upload.key}
        | {"session_id": Session.objects.of(customer).first().pk, "token": "none", "number": 1, "uidb36": "1"}
        | {"app_label": "ticketing", "object_id": movie.pk, "url": "none", "content_type_id": 1, "id": customer.pk},
        of_page={
            **{f"ticketing:{page}": order for page in ORDER_PAGES},
            **{f"ticketing:{page}": {"pk": paid.pk} for page in ("refund", "calendar")},
            **{f"ticketing:{page}": {"pk": showtime.pk} for page in ("seats", "choice")},
            **{f"admin:ticketing_showtime_{page}": {"pk": showtime.pk} for page in ("cancel", "move")},
            **{f"admin:{page}": {"pk": showtime.pk} for page in ("door", "door_people", "door_undo", "counter_seats")},
            **{f"admin:ticketing_hall_{page}": {"pk": showtime.hall_id} for page in ("grid", "broken")},
            **{f"admin:ticketing_order_{page}": order for page in ("confirm", "cancel")},
            **{f"admin:ticketing_order_{page}": {"pk": paid.pk} for page in ("refund", "handout")},
            **{f"admin:accounts_user_{page}": {"pk": customer.pk} for page in ("ban", "unban")},
            **{f"mfa_{act}_webauthn": {"pk": passkey.pk} for act in ("remove", "edit")},
            "admin:counter_sale": order,
            "admin:gift_card_state": {"pk": card.pk},
            "admin:shift": {"pk": shift.pk},
            "admin:alert_close": {"pk": MoneyAlert.objects.get().pk},
            "admin:approval_decide": {"pk": paid.payments.get().refunds.get().pk},
            "admin:work_decide": {"pk": Job.objects.first().pk},
            "social:watch": {"code": party.code},
            **{f"site:{page}": {"pk": comment.pk} for page in ("report", "edit_comment", "delete_comment")},
        },
    )


def _talk(comment: Comment, party: Party, customer: User, boss: User) -> None:
    room = party.room
    baker.make(CommentReport, comment=comment, user=boss)
    baker.make(Rating, user=customer, movie=room.movie, score=8)
    baker.make(ChatMessage, room=room, user=customer, author_key="u1", author_name="x", seq=1)
    baker.make(Restriction, room=room, author_key="u1", name="x", kind="mute", by=boss)


def _books(now, boss: User) -> None:
    baker.make(Person), baker.make(Genre), a_price_card(vip=20)
    baker.make(Till, code="T1", name="till 1", is_active=True)
    baker.make(RefundPolicy, audience="customer", valid_from=now + timedelta(days=1), fee_percent=10)
    baker.make(Verification, at=now)
    baker.make(HouseText, kind="terms", at=now, by=boss)
    close_day(number=1, by=boss, now=now)
    baker.make(MoneyAlert, at=now, told_at=now)
    baker.make(LogEntry, user=boss, action_flag=2, change_message="x", content_type=None)
    baker.make(EmailAddress, user=boss, email="boss@example.com")
    for model in (AccessAttempt, AccessLog, AccessFailureLog):
        baker.make(model, username="x", ip_address="10.0.0.1")
    assert SecurityEvent.objects.exists()
