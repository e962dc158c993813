"""Choosing seats on the page."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from tests.factories import a_hall, a_movie, a_price_card, a_showtime, an_order, money
from tests.pages.places import places
from ticketing.models import Claim, Hall, Order, Showtime

pytestmark = pytest.mark.django_db


@pytest.fixture
def showtime():
    """A showtime tomorrow in a hall of three rows of eight, VIP in the middle row, with reductions."""
    hall = a_hall(plan=["oooooooo", "oovvvvoo", "oooooooo"])
    return a_showtime(hall=hall, price_card=a_price_card(vip=20, child=-15, student=-10))


def seat(showtime, label):
    """The id of the seat so labelled."""
    return showtime.hall.seats.get(row_label=label[0], col_number=label[1:]).pk


def test_the_map_shows_whose_seats_are_whose(mine, customer, showtime):
    an_order(showtime=showtime, seats=["A1"])
    an_order(showtime=showtime, seats=["A2"], customer=customer)

    drawn = places(mine.get(f"/showtimes/{showtime.pk}/"))

    assert {label: drawn[label].status for label in ("A1", "A2", "A3")} == {
        "A1": "held",
        "A2": "mine",
        "A3": "available",
    }


def test_choosing_seats_makes_an_order_and_leads_to_it(mine, customer, showtime):
    chosen = [seat(showtime, "B3"), seat(showtime, "A1")]

    answer = mine.post(f"/showtimes/{showtime.pk}/", {"seats": chosen, "type_child": "1"})

    order = Order.objects.get(customer=customer)
    assert answer["Location"] == f"/orders/{order.pk}/"
    assert list(order.lines.values_list("label", "price_type", "price")) == [
        ("A1", "child", money(30)),
        ("B3", "adult", money(65)),
    ]


def test_without_an_account_the_choice_survives_the_log_in(client, showtime):
    chosen = seat(showtime, "B3")

    answer = client.post(f"/showtimes/{showtime.pk}/", {"seats": [chosen], "type_child": "1"})

    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=" + quote(
        f"/showtimes/{showtime.pk}/?seats={chosen}&type_child=1"
    )
    assert places(client.get(f"/showtimes/{showtime.pk}/?seats={chosen}"))["B3"].is_chosen


def test_the_best_seats_are_ticked_for_whoever_asks(client, showtime):
    drawn = places(client.get(f"/showtimes/{showtime.pk}/", {"best": "2"}))

    assert [label for label, place in drawn.items() if place.is_chosen] == ["B4", "B5"]


@pytest.mark.parametrize("best", ["0", "9", "-1", "x", "1.5", "9" * 400])
def test_a_senseless_number_of_best_seats_is_refused_with_a_sentence(client, showtime, best):
    page = client.get(f"/showtimes/{showtime.pk}/", {"best": best})

    assert page.status_code == 400
    assert page.context["refusal"] is not None


def test_where_there_are_not_as_many_side_by_side_a_party_is_split_politely(client):
    showtime = a_showtime(hall=a_hall(plan=["ooo_oo"]))

    page = client.get(f"/showtimes/{showtime.pk}/", {"best": "4"})

    assert [label for label, place in places(page).items() if place.is_chosen] == ["A2", "A3", "A5", "A6"]
    assert page.context["notice"] == "没有 4 个连座，为您就近选了 A5, A6 和 A2, A3。"


def test_more_best_seats_than_are_free_are_refused(client):
    showtime = a_showtime(hall=a_hall(plan=["oo_oo"]))

    assert client.get(f"/showtimes/{showtime.pk}/", {"best": "5"}).status_code == 409


def test_choose_for_me_keeps_what_was_chosen_and_typed_where_there_is_nothing_better(client, showtime):
    ticked = seat(showtime, "C1")
    form = {"seats": [ticked], f"type-{ticked}": "child", "best": "7", "kind": "vip", "choose": "1"}

    page = client.post(f"/showtimes/{showtime.pk}/", form)

    assert page.status_code == 409
    assert [label for label, place in places(page).items() if place.is_chosen] == ["C1"]
    assert [(line.seat.label, line.price_type) for line in page.context["lines"]] == [("C1", "child")]
    assert (page.context["best"], page.context["kind"]) == ("7", "vip")
    assert not Claim.objects.exists()


def test_choose_for_me_chooses_of_the_kind_that_was_asked_for(client, showtime):
    page = client.post(f"/showtimes/{showtime.pk}/", {"best": "3", "kind": "vip", "choose": "1"})

    assert [label for label, place in places(page).items() if place.is_chosen] == ["B4", "B5", "B6"]


def test_each_seat_has_a_price_type_of_its_own(mine, customer, showtime):
    first, second = seat(showtime, "A1"), seat(showtime, "A2")

    mine.post(f"/showtimes/{showtime.pk}/", {"seats": [first, second], f"type-{second}": "child"})

    lines = Order.objects.get(customer=customer).lines.values_list("label", "price_type")
    assert list(lines) == [("A1", "adult"), ("A2", "child")]


def test_the_script_asks_for_best_seats_and_for_others(client, showtime):
    address = f"/showtimes/{showtime.pk}/choice/"
    best = client.get(address, {"best": "2"}).json()
    others = client.get(address, {"best": "2", "without": best["seats"]}).json()
    senseless = client.get(address, {"best": "99"})

    assert best == {"seats": [seat(showtime, "B4"), seat(showtime, "B5")], "text": "已为您选好：B4, B5。"}
    assert not set(best["seats"]) & set(others["seats"])
    assert (senseless.status_code, senseless.json()["seats"]) == (400, [])


def test_the_rule_names_the_single_seat_and_what_to_take_instead_while_choosing(client, mine):
    showtime = a_showtime(hall=a_hall(plan=["oooo"], orphan_rule="strict"))
    two = [seat(showtime, "A2"), seat(showtime, "A3")]

    advice = client.get(f"/showtimes/{showtime.pk}/choice/", {"seats": two}).json()
    fine = client.get(f"/showtimes/{showtime.pk}/choice/", {"seats": advice["seats"]}).json()
    refusal = mine.post(f"/showtimes/{showtime.pk}/", {"seats": two}).context["refusal"]

    assert advice["singles"] == [seat(showtime, "A1"), seat(showtime, "A4")]
    assert advice["instead"] in {"改选 A1, A2", "改选 A3, A4"}
    assert (fine["singles"], fine["text"]) == ([], "")
    assert "A1, A4" in str(refusal.message)


@pytest.mark.parametrize("why", ["begun", "cancelled"])
def test_a_showtime_that_sells_nothing_is_shown_as_closed(client, showtime, why):
    if why == "begun":
        Showtime.objects.update(starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now())
    else:
        Showtime.objects.update(status="cancelled")

    page = client.get(f"/showtimes/{showtime.pk}/").content.decode()
    asked = client.get(f"/showtimes/{showtime.pk}/choice/", {"best": "2"})

    assert "data-closed" in page
    assert 'name="choose"' not in page
    assert asked.status_code == 409


def test_all_waiting_orders_are_named_and_one_can_be_changed(mine, customer, stranger, showtime):
    first = an_order(showtime=showtime, seats=["A1", "A2"], customer=customer, price_types={"A2": "child"})
    second = an_order(showtime=showtime, seats=["C1"], customer=customer)
    ids = [seat(showtime, "A1"), seat(showtime, "A2")]

    named = mine.get(f"/showtimes/{showtime.pk}/").context["waiting"]
    foreign = stranger.post(f"/orders/{first.pk}/change/").status_code
    answer = mine.post(f"/orders/{first.pk}/change/")
    page = mine.get(answer["Location"])

    assert (named, foreign) == ([first, second], 404)
    assert answer["Location"] == (
        f"/showtimes/{showtime.pk}/?seats={ids[0]}&seats={ids[1]}&type-{ids[0]}=adult&type-{ids[1]}=child"
    )
    assert [(line.seat.label, line.price_type) for line in page.context["lines"]] == [("A1", "adult"), ("A2", "child")]
    assert Order.objects.get(pk=first.pk).status == "cancelled"


def refused(client, showtime, data, status, code):
    """Post the choice, and see that it was refused for that reason and that nothing was held."""
    before = Claim.objects.count()
    page = client.post(f"/showtimes/{showtime.pk}/", data)
    assert (page.status_code, page.context["refusal"].code) == (status, code)
    assert 'role="alert"' in page.content.decode()
    assert Claim.objects.count() == before


def test_no_seat_at_all_is_refused(mine, showtime):
    refused(mine, showtime, {}, 400, "no_seats")


def test_nine_seats_are_refused(mine):
    showtime = a_showtime(hall=a_hall(rows=1, cols=10))
    nine = list(showtime.hall.seats.values_list("pk", flat=True))[:9]

    refused(mine, showtime, {"seats": nine}, 400, "too_many_seats")


def test_a_seat_of_another_hall_is_refused(mine, showtime):
    elsewhere = a_hall().seats.first().pk

    refused(mine, showtime, {"seats": [elsewhere]}, 409, "seats_taken")


@pytest.mark.parametrize("garbage", ["0", "-1", "x", "\x00", "9" * 5000, "1;DROP TABLE", ""])
def test_a_senseless_seat_is_refused(mine, showtime, garbage):
    refused(mine, showtime, {"seats": [garbage]}, 409, "seats_taken")


def test_a_seat_named_twice_is_refused(mine, showtime):
    one = seat(showtime, "A1")

    refused(mine, showtime, {"seats": [one, one]}, 400, "invalid")


def test_a_seat_somebody_has_is_refused(mine, showtime):
    an_order(showtime=showtime, seats=["A1"])

    refused(mine, showtime, {"seats": [seat(showtime, "A1")]}, 409, "seats_taken")


@pytest.mark.parametrize("count", ["-1", "x", "9" * 400, "1.5"])
def test_a_senseless_number_of_reduced_tickets_is_refused(mine, showtime, count):
    refused(mine, showtime, {"seats": [seat(showtime, "A1")], "type_child": count}, 400, "invalid")


def test_more_reduced_tickets_than_seats_are_refused(mine, showtime):
    refused(mine, showtime, {"seats": [seat(showtime, "A1")], "type_child": "2"}, 400, "too_few_seats")


def test_a_price_type_that_is_not_offered_is_refused(mine, showtime):
    refused(mine, showtime, {"seats": [seat(showtime, "A1")], "type_senior": "1"}, 400, "price_type_not_offered")


def test_a_fourth_unpaid_order_is_refused(mine, customer, showtime):
    for label in ("A1", "A2", "A3"):
        an_order(showtime=showtime, seats=[label], customer=customer)

    refused(mine, showtime, {"seats": [seat(showtime, "B1")]}, 409, "too_many_pending")


def test_a_showtime_that_has_begun_sells_nothing(mine):
    showtime = a_showtime(starts_at=timezone.now() - timedelta(minutes=1))

    refused(mine, showtime, {"seats": [seat(showtime, "A1")]}, 409, "sales_closed")


def test_a_closed_hall_sells_nothing(mine, showtime):
    Hall.objects.filter(pk=showtime.hall_id).update(status=Hall.Status.BANNED)

    refused(mine, showtime, {"seats": [seat(showtime, "A1")]}, 409, "sales_closed")


def test_a_cancelled_showtime_sells_nothing(mine, showtime):
    Showtime.objects.filter(pk=showtime.pk).update(status=Showtime.Status.CANCELLED)

    refused(mine, showtime, {"seats": [seat(showtime, "A1")]}, 409, "sales_closed")


@pytest.mark.parametrize("number", ["0", "9" * 25, "x", "-1"])
def test_an_unknown_showtime_is_not_found(mine, number):
    assert mine.get(f"/showtimes/{number}/").status_code == 404
    assert mine.post(f"/showtimes/{number}/", {"seats": ["1"]}).status_code == 404


def test_what_is_not_public_is_not_found(mine):
    draft = a_showtime(status=Showtime.Status.DRAFT)
    retired = a_showtime(hall=a_hall(hidden=True))
    removed = a_showtime(movie=a_movie(status="removed"))

    assert [mine.get(f"/showtimes/{one.pk}/").status_code for one in (draft, retired, removed)] == [404, 404, 404]


def test_the_map_takes_as_many_queries_for_a_large_hall_as_for_a_small_one(mine, queries_of):
    small, large = a_showtime(hall=a_hall(rows=1, cols=3)), a_showtime(hall=a_hall(rows=13, cols=20))
    an_order(showtime=small, seats=["A1"])
    for label in ("A1", "B2", "C3"):
        an_order(showtime=large, seats=[label])

    assert queries_of(mine, f"/showtimes/{small.pk}/") == queries_of(mine, f"/showtimes/{large.pk}/")


def test_a_second_click_leads_to_the_order_of_the_first(mine, customer, showtime):
    order = an_order(showtime=showtime, seats=["A1", "A2"], customer=customer)

    answer = mine.post(f"/showtimes/{showtime.pk}/", {"seats": [seat(showtime, "A2"), seat(showtime, "A1")]})

    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.pk}/")
    assert Order.objects.count() == 1


def test_who_comes_too_late_reads_which_seats_are_gone(mine, showtime):
    an_order(showtime=showtime, seats=["A2"])

    page = mine.post(f"/showtimes/{showtime.pk}/", {"seats": [seat(showtime, "A1"), seat(showtime, "A2")]})

    assert page.status_code == 409
    assert "A2 刚刚被别人选走，请另选座位。" in page.text
    assert [label for label, place in places(page).items() if place.is_chosen] == ["A1"]


def test_a_count_of_best_seats_that_is_none_is_refused_in_its_own_words(client, showtime):
    page = client.get(f"/showtimes/{showtime.pk}/", {"best": "x"})

    assert page.context["refusal"].details == {"field": "best"}
