"""Every page of the admin opens, in both languages, with as many queries for three rows as for one."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from model_bakery import baker
from PIL import Image

from accounts.models import HouseText, User
from backoffice.acting import last_change
from catalog.models import Credit, Genre, Movie, Person
from social.models import ChatMessage, Comment, CommentReport, Party, Rating, Restriction, Room
from tests.backoffice.staff import staff_who_may
from tests.factories import a_gift_card, money
from tests.working import do_jobs
from ticketing.models import (
    Hall,
    LedgerEntry,
    Order,
    Payment,
    PriceCard,
    PriceRule,
    Refund,
    RefundPolicy,
    Showtime,
    Ticket,
    Till,
    Verification,
)
from ticketing.money.refunds import refund_order
from ticketing.programme.scheduling import add_showtime
from ticketing.sale.holds import hold_seats
from ticketing.sale.showtime_changes import ShowtimeHasOrders

MODELS = [
    (model, site_admin)
    for model, site_admin in admin.site._registry.items()
    if model._meta.app_label in {"accounts", "auth", "admin", "catalog", "ticketing", "social"}
]
NAMES = [model._meta.label for model, _admin in MODELS]


def fill_the_house(n: int, *, showtime, sell, customer, boss, now) -> None:
    """Adds one row more to everything."""
    movie = baker.make(Movie, title=f"片{n}", duration=90, status="released")
    person, genre = baker.make(Person), baker.make(Genre)
    movie.genres.add(genre)
    baker.make(Credit, movie=movie, person=person)
    card = baker.make(PriceCard, name=f"card {n}")
    baker.make(PriceRule, card=card, seat_kind="vip", amount=money(5))
    later = add_showtime(
        movie=movie, hall=showtime.hall, starts_at=showtime.starts_at + timedelta(days=n), price=money(40)
    )
    order = sell(f"A{n}", f"B{n}", showing=later)
    refund_order(order=order, now=now, by=boss, reason="ill", ticket_ids=[order.tickets.first().pk])
    baker.make(CommentReport, comment=baker.make(Comment, user=customer, movie=movie), user=boss)
    baker.make(Rating, user=customer, movie=movie, score=8)
    room = baker.make(Room, key=f"movie-{n}", kind="movie", movie=movie)
    baker.make(ChatMessage, room=room, user=customer, author_key="u1", author_name="x", seq=1)
    baker.make(Restriction, room=room, author_key="u1", name="x", kind="mute", by=boss)
    baker.make(Party, room=room, host=customer, code=f"code{n}")
    baker.make(Till, code=f"T{n}", name=f"till {n}", is_active=False)  # with one in use every sale needs a shift
    baker.make(RefundPolicy, audience="customer", valid_from=now + timedelta(days=n), fee_percent=10)
    baker.make(Verification, at=now)
    a_gift_card(by=boss, now=now)
    baker.make(HouseText, kind="terms", text=f"版本{n}", at=now, by=boss)
    baker.make("admin.LogEntry", user=boss, action_flag=2, change_message="x", content_type=None)


@pytest.fixture
def house(showtime, sell, customer, boss, now):
    """Fills the house by one more row each time it is called."""
    made = []

    def fill() -> None:
        made.append(1)
        fill_the_house(len(made), showtime=showtime, sell=sell, customer=customer, boss=boss, now=now)

    fill()
    return fill


@pytest.mark.parametrize(("model", "site_admin"), MODELS, ids=NAMES)
def test_list_costs_the_same_queries_for_three_rows(
    model, site_admin, house, office, django_assert_max_num_queries, django_assert_num_queries
):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    office.get(address)
    with django_assert_max_num_queries(30) as first:
        assert office.get(address).status_code == 200
    house()
    house()

    with django_assert_num_queries(len(first)):
        response = office.get(address)

    assert response.status_code == 200


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(("model", "site_admin"), MODELS, ids=NAMES)
def test_row_opens_in_both_languages(model, site_admin, prefix, house, office):
    address = f"{prefix}/admin/{model._meta.app_label}/{model._meta.model_name}/{model.objects.first().pk}/change/"

    response = office.get(address)

    assert response.status_code == 200
    assert "<style" not in response.content.decode()


@pytest.mark.parametrize("name", ["accounts_user", "catalog_movie", "ticketing_hall", "ticketing_showtime"])
def test_add_page_opens(name, office):
    assert office.get(reverse(f"admin:{name}_add")).status_code == 200


@pytest.mark.parametrize("model", [Order, Ticket, Payment, Refund, LedgerEntry])
def test_money_is_neither_added_nor_deleted_by_hand(model, house, office):
    row, name = model.objects.first(), f"admin:{model._meta.app_label}_{model._meta.model_name}"

    assert office.get(reverse(f"{name}_add")).status_code == 403
    assert office.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_stranger_is_sent_to_log_in(client, db):
    response = client.get(reverse("admin:ticketing_order_changelist"))

    assert response.status_code == 302
    assert "login" in response["Location"]


def test_customer_is_kept_out(client, customer):
    client.force_login(customer, backend="accounts.backends.OpenAccounts")

    response = client.get(reverse("admin:index"), follow=True)

    assert response.status_code == 403


def test_pending_order_is_paid_at_the_counter(showtime, customer, office, now):
    order = hold_seats(showtime_id=showtime.pk, seats=["A1", "A2"], customer=customer, now=now)

    office.post(reverse("admin:ticketing_order_confirm", args=[order.pk]), {"provider": "card"})

    order.refresh_from_db()
    assert (order.status, order.tickets.count(), order.payments.get().provider) == ("paid", 2, "card")


def test_pending_order_is_cancelled(showtime, customer, office, now):
    order = hold_seats(showtime_id=showtime.pk, seats=["A1"], customer=customer, now=now)

    office.post(reverse("admin:ticketing_order_cancel", args=[order.pk]))

    order.refresh_from_db()
    assert (order.status, order.claims.count()) == ("cancelled", 0)


def test_one_ticket_of_two_is_given_back_with_a_reason(sell, office, boss):
    order = sell("A1", "A2")
    ticket = order.tickets.first()

    address, form = reverse("admin:ticketing_order_refund", args=[order.pk]), {"tickets": [ticket.pk], "reason": "ill"}

    asked = office.post(address, form)
    nothing_yet = Refund.objects.exists()
    done = office.post(address, {**form, "confirmed_sum": "50.00"}, follow=True)

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert (asked.context["total"], nothing_yet) == (money(50), False)
    assert "从收银箱付现金" in asked.content.decode()
    assert "：¥50，" in str(next(iter(done.context["messages"])))
    assert (order.status, order.refunded_amount) == ("paid", money(50))
    assert (refund.amount, refund.reason, refund.operator) == (money(50), "ill", boss)


def test_no_ticket_is_ticked_beforehand_and_none_ticked_is_asked_for(sell, office):
    order = sell("A1", "A2")

    page = office.get(reverse("admin:ticketing_order_change", args=[order.pk])).content.decode()
    empty = office.post(
        reverse("admin:ticketing_order_refund", args=[order.pk]), {"reason": "ill", "confirmed_sum": "0"}
    )

    assert (page.count('name="tickets"'), re.findall(r'name="tickets"[^>]*checked', page)) == (2, [])
    assert empty.context["refund_form"].errors["tickets"] == ["请勾选要退的票。"]


def test_a_sum_that_is_no_longer_true_is_shown_again_before_it_is_paid_out(sell, office):
    order = sell("A1", "A2")
    form = {"tickets": [ticket.pk for ticket in order.tickets.all()], "reason": "ill", "confirmed_sum": "50.00"}

    asked = office.post(reverse("admin:ticketing_order_refund", args=[order.pk]), form)

    assert (asked.context["total"], Refund.objects.exists()) == (money(100), False)


def test_a_second_tabs_refund_says_that_it_was_refunded_already(sell, office):
    order = sell("A1")
    form = {"tickets": [order.tickets.get().pk], "reason": "ill", "confirmed_sum": "50.00"}
    address = reverse("admin:ticketing_order_refund", args=[order.pk])
    office.post(address, form, follow=True)

    second = office.post(address, form, follow=True)

    assert [(message.level_tag, str(message)) for message in second.context["messages"]] == [
        ("error", "这笔订单已经退款。")
    ]
    assert Refund.objects.count() == 1


def test_a_used_ticket_and_last_weeks_take_a_second_person(sell, now):
    order, clerk = sell("A1", "A2"), staff_who_may("view_order", "refund_order")
    used, unused = order.tickets.all()
    Ticket.objects.filter(pk=used.pk).update(status="used", admitted_at=now)
    address = reverse("admin:ticketing_order_refund", args=[order.pk])

    shown = clerk.get(reverse("admin:ticketing_order_change", args=[order.pk])).context
    first = clerk.post(address, {"tickets": [used.pk], "reason": "x"})
    Showtime.objects.update(starts_at=now - timedelta(days=7), ends_at=now - timedelta(days=7, hours=-2))
    late = clerk.post(address, {"tickets": [unused.pk], "reason": "x", "confirmed_sum": "50.00"})

    assert (shown["refund_offered"], shown["refund_beyond"]) == ({used.pk, unused.pk}, {used.pk})
    assert first.context["needs_approval"] is True
    assert (late.status_code, Refund.objects.get().status) == (302, "asked")


def test_refund_without_a_reason_is_refused(sell, office):
    order = sell("A1")

    response = office.post(
        reverse("admin:ticketing_order_refund", args=[order.pk]), {"tickets": [order.tickets.get().pk], "reason": ""}
    )

    order.refresh_from_db()
    assert (response.status_code, order.status) == (200, "paid")


@pytest.mark.parametrize("words", ["number", "xiaoming", "小明", "xm@", "A1", "code"])
def test_order_is_found_by_what_people_say(words, sell, office):
    order, other = sell("A1"), sell("B1")
    said = {"number": order.number, "code": order.tickets.get().code}.get(words, words)

    response = office.get(reverse("admin:ticketing_order_changelist"), {"q": said})

    found = {row.pk for row in response.context["cl"].result_list}
    assert found == ({order.pk} if words in {"number", "code", "A1"} else {order.pk, other.pk})


def test_showtime_with_orders_does_not_move(showtime, sell, office):
    sell("A1")
    address = reverse("admin:ticketing_showtime_change", args=[showtime.pk])
    facts = showtime_facts(showtime)
    facts["starts_at"] = f"{facts['starts_at'][:10]}T{'23:45' if facts['starts_at'][11:16] != '23:45' else '23:40'}"

    response = office.post(address, facts)

    assert response.context["adminform"].form.non_field_errors() == [str(ShowtimeHasOrders.message)]
    assert Showtime.objects.get(pk=showtime.pk).starts_at == showtime.starts_at


def test_second_of_two_managers_is_told(showtime, office):
    address = reverse("admin:ticketing_showtime_change", args=[showtime.pk])
    facts = showtime_facts(showtime)
    office.post(address, facts | {"price": "60"})

    response = office.post(address, facts | {"price": "70"})

    assert response.status_code == 200
    assert Showtime.objects.get(pk=showtime.pk).price == money(60)


def test_calling_off_pays_everyone_back(showtime, sell, office):
    order = sell("A1", "A2")

    preview = office.get(reverse("admin:ticketing_showtime_cancel", args=[showtime.pk]))
    office.post(reverse("admin:ticketing_showtime_cancel", args=[showtime.pk]), {"reason": "projector"})
    do_jobs("call_off_order", at=timezone.now())

    order.refresh_from_db()
    showtime.refresh_from_db()
    assert (preview.context["amount"], order.status, showtime.status) == (money(100), "refunded", "cancelled")


def test_film_with_sold_showtimes_stays(movie, sell, office):
    sell("A1")

    office.post(reverse("admin:catalog_movie_delete", args=[movie.pk]), {"post": "yes"})

    movie.refresh_from_db()
    assert movie.status == "released"


def test_showtime_with_a_history_is_called_off_and_not_said_to_be_deleted(showtime, sell, office, boss, now):
    refund_order(order=sell("A1"), now=now, by=boss)

    response = office.post(reverse("admin:ticketing_showtime_delete", args=[showtime.pk]), {"post": "yes"}, follow=True)

    showtime.refresh_from_db()
    assert showtime.status == "cancelled"
    assert [message.level_tag for message in response.context["messages"]] == ["warning"]


def test_two_people_without_a_phone_are_saved_one_after_the_other(customer, office):
    other = User.objects.create_user("other", "other@example.com", "correct horse 4")

    for person in (customer, other):
        facts = {"username": person.username, "email": person.email, "nickname": "新名", "phone": "", "is_active": "on"}
        office.post(reverse("admin:accounts_user_change", args=[person.pk]), facts)

    assert [row.phone for row in User.objects.filter(nickname="新名")] == [None, None]


def test_new_password_ends_what_was_open(customer, office, client):
    client.force_login(customer, backend="accounts.backends.OpenAccounts")
    facts = {"password1": "a-quite-new-one", "password2": "a-quite-new-one", "usable_password": "true"}

    office.post(reverse("admin:auth_user_password_change", args=[customer.pk]), facts)

    customer.refresh_from_db()
    assert customer.check_password("a-quite-new-one")
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_new_hall_gets_its_seats(office):
    facts = {"name": "9号厅", "hall_type": "vip", "status": "0", "orphan_rule": "off"}
    facts |= {"preshow_minutes": "10", "turnaround_minutes": "20"}

    office.post(reverse("admin:ticketing_hall_add"), facts | {"total_seats": "60"})

    hall = Hall.objects.get(name="9号厅")
    assert (hall.seats.count(), hall.preshow_minutes, hall.turnaround_minutes, hall.hall_type) == (60, 10, 20, "vip")


def test_person_is_banned_and_let_in_again(customer, office):
    office.post(reverse("admin:accounts_user_ban", args=[customer.pk]), {"reason": "spam", "until": ""})
    customer.refresh_from_db()
    banned = (customer.status, customer.ban_reason)
    office.post(reverse("admin:accounts_user_unban", args=[customer.pk]))

    customer.refresh_from_db()
    assert (banned, customer.status) == ((1, "spam"), 0)


def test_uploaded_poster_is_linked(movie, office, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = BytesIO()
    Image.new("RGB", (40, 60)).save(picture, "PNG")
    facts = {
        "title": "流浪",
        "status": "released",
        "duration": "100",
        "seen": str(last_change(movie)),
        "credits-TOTAL_FORMS": "0",
        "credits-INITIAL_FORMS": "0",
        "poster_file": SimpleUploadedFile("x.png", picture.getvalue(), "image/png"),
    }

    office.post(reverse("admin:catalog_movie_change", args=[movie.pk]), facts)

    movie.refresh_from_db()
    assert movie.poster_url.startswith("/media/posters/")


def showtime_facts(showtime: Showtime) -> dict:
    """What the form of a showtime sends when nothing was changed."""
    starts_at = timezone.localtime(showtime.starts_at)
    return {
        "movie": showtime.movie_id,
        "hall": showtime.hall_id,
        "starts_at": f"{starts_at:%Y-%m-%dT%H:%M:%S}",
        "status": showtime.status,
        "price": showtime.price,
        "format": showtime.format,
        "seen": last_change(showtime),
    }
