"""The schedule board: planning, moving, copying, filling and publishing, by plain forms."""

from datetime import date, datetime, time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from catalog.models import Movie
from cinema.days import programme_day_start
from tests.factories import money
from ticketing.models import Hall, Showtime
from ticketing.programme.scheduling import ShowtimesOverlap, add_showtime
from ticketing.programme.showtimes import ShowtimeChanged
from ticketing.sale.planning import BadSpan, copy_days, fill_hall, publish_days


@pytest.fixture
def day(now) -> date:
    """A day next week."""
    return timezone.localdate(now) + timedelta(days=7)


@pytest.fixture
def ten(movie, hall, day) -> Showtime:
    """A showing at ten that morning."""
    return add_showtime(movie=movie, hall=hall, starts_at=at(day, 10), price=money(50), format="imax")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of that day on the cinema's clock."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def plan() -> list[tuple]:
    """All showtimes: when, and in what state."""
    return [(row.starts_at, row.status) for row in Showtime.objects.order_by("starts_at")]


def starts(showtime: Showtime) -> datetime:
    """When it starts by now."""
    return Showtime.objects.get(pk=showtime.pk).starts_at


def told(response) -> list[str]:
    """The messages the answer carries."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def placing(movie, hall, starts_at: datetime, **facts) -> dict:
    """What the form to place a film sends."""
    local = timezone.localtime(starts_at)
    known = {"movie": movie.pk, "hall": hall.pk, "starts_at": f"{local:%Y-%m-%dT%H:%M}", "price": "45", "format": "2d"}
    return known | facts


def test_film_is_placed_as_a_draft(movie, hall, day, office):
    office.post(reverse("admin:board_place"), placing(movie, hall, at(day, 10)))

    assert plan() == [(at(day, 10), "draft")]


@pytest.mark.parametrize(("given", "planned"), [("", 10), ("0", 0), ("25", 25)])
def test_film_takes_the_halls_time_for_trailers_or_its_own(given, planned, movie, hall, day, office):
    Hall.objects.filter(pk=hall.pk).update(preshow_minutes=10)

    office.post(reverse("admin:board_place"), placing(movie, hall, at(day, 10), preshow_minutes=given))

    assert Showtime.objects.get().preshow_minutes == planned


def test_overlap_is_refused_with_a_sentence(ten, movie, hall, day, office):
    response = office.post(reverse("admin:board_place"), placing(movie, hall, at(day, 11)))

    assert plan() == [(at(day, 10), "published")]
    assert len(told(response)) == 1


def test_showtime_moves(ten, hall, day, office):
    office.post(
        reverse("admin:board_move"), {"showtime": ten.pk, "hall": hall.pk, "starts_at": f"{day:%Y-%m-%d}T14:05"}
    )

    assert plan() == [(at(day, 14, 5), "published")]


def test_of_two_who_move_one_showtime_the_second_is_told(ten, hall, day, office):
    address = reverse("admin:board")
    seen = office.get(address, {"date": f"{day:%Y-%m-%d}"}).context["lines"][0].cells[0].blocks[0].showtime.seen
    facts = {"showtime": ten.pk, "hall": hall.pk, "seen": seen}
    office.post(reverse("admin:board_move"), facts | {"starts_at": f"{day:%Y-%m-%d}T14:05"})

    second = office.post(reverse("admin:board_move"), facts | {"starts_at": f"{day:%Y-%m-%d}T16:00"})

    assert (plan(), told(second)[1:]) == ([(at(day, 14, 5), "published")], [str(ShowtimeChanged.message)])


def test_showtime_with_tickets_moves_after_a_look_at_whom_it_concerns(ten, hall, day, sell, office):
    order = sell("A1", showing=ten)
    address = reverse("admin:ticketing_showtime_move", args=[ten.pk])
    facts = {"hall": hall.pk, "starts_at": f"{day:%Y-%m-%d}T14:05", "preshow_minutes": "0"}

    looked = office.get(address, facts)
    untold = office.post(address, facts | {"reason": ""})
    where_it_was = starts(ten)
    done = office.post(address, facts | {"reason": "projector", "seen": looked.context["done_form"].initial["seen"]})

    assert (looked.context["outlook"].paid, looked.context["outlook"].refusal) == ([order], None)
    assert (untold.status_code, where_it_was) == (200, at(day, 10))
    assert (done.status_code, starts(ten)) == (302, at(day, 14, 5))


def test_move_that_does_not_fit_says_why_and_does_nothing(ten, movie, hall, day, sell, office):
    sell("A1", showing=ten)
    add_showtime(movie=movie, hall=hall, starts_at=at(day, 14), price=money(50))
    address = reverse("admin:ticketing_showtime_move", args=[ten.pk])
    facts = {"hall": hall.pk, "starts_at": f"{day:%Y-%m-%d}T14:30", "preshow_minutes": "0"}

    looked = office.get(address, facts)
    tried = office.post(address, facts | {"reason": "projector"})

    assert str(ShowtimesOverlap.message) in looked.content.decode()
    assert (tried.status_code, told(tried), starts(ten)) == (200, [str(ShowtimesOverlap.message)], at(day, 10))


@pytest.mark.parametrize("query", ["hall=nonsense", "starts_at=soon", "preshow_minutes=-5", "preshow_minutes=61"])
def test_nonsense_on_the_page_to_move_is_no_fault(query, ten, office):
    response = office.get(reverse("admin:ticketing_showtime_move", args=[ten.pk]) + f"?{query}")

    assert (response.status_code, response.context["outlook"]) == (200, None)


def test_showtime_with_tickets_sold_does_not_move(ten, hall, day, sell, office):
    sell("A1", showing=ten)

    office.post(
        reverse("admin:board_move"), {"showtime": ten.pk, "hall": hall.pk, "starts_at": f"{day:%Y-%m-%d}T14:05"}
    )

    ten.refresh_from_db()
    assert ten.starts_at == at(day, 10)


def test_day_is_copied_as_drafts_with_all_its_facts(ten, day):
    outcome = copy_days(first=day, days=1, to=day + timedelta(days=1))

    copied = outcome.done[0]
    assert plan() == [(at(day, 10), "published"), (at(day + timedelta(days=1), 10), "draft")]
    assert (copied.price, copied.format, copied.movie) == (money(50), "imax", ten.movie)


def test_late_night_belongs_to_the_evening_before(movie, hall, day):
    add_showtime(movie=movie, hall=hall, starts_at=at(day + timedelta(days=1), 0, 30), price=money(50))

    copy_days(first=day, days=1, to=day + timedelta(days=7))

    assert [row[0] for row in plan()] == [at(day + timedelta(days=1), 0, 30), at(day + timedelta(days=8), 0, 30)]


def test_what_does_not_fit_is_named_and_the_rest_is_copied(ten, movie, hall, day):
    add_showtime(movie=movie, hall=hall, starts_at=at(day, 14), price=money(50))
    add_showtime(movie=movie, hall=hall, starts_at=at(day + timedelta(days=1), 9), price=money(50))

    outcome = copy_days(first=day, days=1, to=day + timedelta(days=1))

    assert ([row.starts_at for row in outcome.done], len(outcome.refused)) == ([at(day + timedelta(days=1), 14)], 1)


def test_copy_keeps_the_time_of_day_over_a_clock_change(movie, hall, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    before = date(2030, 3, 30)
    add_showtime(movie=movie, hall=hall, starts_at=at(before, 20), price=money(50))

    copied = copy_days(first=before, days=1, to=date(2030, 3, 31)).done[0]

    assert timezone.localtime(copied.starts_at).time() == time(20)
    assert copied.starts_at - programme_day_start(before) == timedelta(hours=37)


def test_copy_to_a_time_that_the_clocks_skip_is_named(movie, hall, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    week_before = date(2030, 3, 23)
    late = at(week_before + timedelta(days=1), 2, 30)
    add_showtime(movie=movie, hall=hall, starts_at=late, price=money(50))

    outcome = copy_days(first=week_before, days=1, to=date(2030, 3, 30))

    assert (outcome.done, [refusal.code for _showtime, refusal in outcome.refused]) == ([], ["no_such_time"])


def test_hall_is_filled_as_soon_as_it_is_ready(movie, hall, day):
    outcome = fill_hall(
        movie=movie, hall=hall, first_start=at(day, 10), last_start=at(day, 14), price=money(50), format="2d"
    )

    assert [row.starts_at for row in outcome.done] == [at(day, 10), at(day, 11, 55), at(day, 13, 50)]


def test_hall_is_filled_with_films_in_turn(movie, hall, day, office):
    short = Movie.objects.create(title="短片", duration=40, status="released")
    facts = placing(movie, hall, at(day, 10), second=short.pk, last_start=f"{day:%Y-%m-%d}T15:00")

    office.post(reverse("admin:board_fill"), facts)

    planned = Showtime.objects.order_by("starts_at").values_list("movie__title", "starts_at")
    assert list(planned) == [
        ("流浪", at(day, 10)),
        ("短片", at(day, 11, 55)),
        ("流浪", at(day, 12, 50)),
        ("短片", at(day, 14, 45)),
    ]


def test_filling_and_copying_count_the_trailers(movie, hall, day):
    hall.preshow_minutes = 10
    filled = fill_hall(movie=movie, hall=hall, first_start=at(day, 10), last_start=at(day, 14), price=money(50))
    own = fill_hall(
        movie=movie, hall=hall, first_start=at(day, 18), last_start=at(day, 20), price=money(50), preshow_minutes=0
    )

    copied = copy_days(first=day, days=1, to=day + timedelta(days=1))

    assert [row.starts_at for row in filled.done] == [at(day, 10), at(day, 12, 5)]
    assert [row.starts_at for row in own.done] == [at(day, 18), at(day, 19, 55)]
    assert [row.preshow_minutes for row in copied.done] == [10, 10, 0, 0]


@pytest.mark.parametrize("days", [0, 32])
def test_unreasonable_spans_are_refused(days, day, now, db):
    with pytest.raises(BadSpan):
        copy_days(first=day, days=days, to=day)
    with pytest.raises(BadSpan):
        publish_days(first=day, days=days, now=now)


def test_drafts_of_a_week_are_published(movie, hall, day, now, office):
    for offset in (0, 1, 8):
        starts_at = at(day + timedelta(days=offset), 10)
        add_showtime(movie=movie, hall=hall, starts_at=starts_at, price=money(50), status="draft")

    office.post(reverse("admin:board_publish"), {"first": f"{day:%Y-%m-%d}", "days": "7"})

    assert [row[1] for row in plan()] == ["published", "published", "draft"]


def test_showtime_nobody_ordered_for_is_taken_off(ten, office):
    office.post(reverse("admin:board_drop"), {"showtime": ten.pk})

    assert plan() == []


def test_board_shows_a_day_and_a_week(ten, day, office):
    address = reverse("admin:board")

    for_day = office.get(address, {"date": f"{day:%Y-%m-%d}"})
    for_week = office.get(address, {"date": f"{day:%Y-%m-%d}", "view": "week"})

    block = for_day.context["lines"][0].cells[0].blocks[0]
    assert (block.start, block.film, block.end, block.clear, block.length) == (240, 240, 340, 355, 100)
    assert sum(len(cell.blocks) for cell in for_week.context["lines"][0].cells) == 1


@pytest.mark.parametrize("asked", ["", "nonsense", "2026-02-31", "9999-12-31", "0001-01-01"])
def test_day_that_makes_no_sense_is_today(asked, office, now, db):
    assert office.get(reverse("admin:board"), {"date": asked}).context["chosen"] == timezone.localdate()


def test_board_costs_the_same_queries_for_one_showtime_and_for_three(ten, hall, day, office, django_assert_num_queries):
    address = reverse("admin:board")
    office.get(address, {"date": f"{day:%Y-%m-%d}"})
    with django_assert_num_queries(14) as first:
        office.get(address, {"date": f"{day:%Y-%m-%d}"})
    for hour in (14, 18):
        other = Movie.objects.create(title=f"{hour}", duration=90, status="released")
        add_showtime(movie=other, hall=hall, starts_at=at(day, hour), price=money(50))

    with django_assert_num_queries(len(first)):
        office.get(address, {"date": f"{day:%Y-%m-%d}"})


def test_week_costs_the_same_queries_for_one_showtime_and_for_three(ten, hall, day, office, django_assert_num_queries):
    asked = {"date": f"{day:%Y-%m-%d}", "view": "week"}
    office.get(reverse("admin:board"), asked)
    with django_assert_num_queries(13) as first:
        office.get(reverse("admin:board"), asked)
    for hour in (14, 18):
        other = Movie.objects.create(title=f"{hour}", duration=90, status="released")
        add_showtime(movie=other, hall=hall, starts_at=at(day, hour), price=money(50))

    with django_assert_num_queries(len(first)):
        office.get(reverse("admin:board"), asked)


def test_board_says_when_trailers_film_and_cleaning_are(movie, hall, day, office):
    add_showtime(movie=movie, hall=hall, starts_at=at(day, 10), price=money(50), preshow_minutes=10)

    page = office.get(reverse("admin:board"), {"date": f"{day:%Y-%m-%d}"}).content.decode()

    assert [time for time in ("10:00", "10:10", "11:50", "12:05") if time not in page] == []


def test_stranger_plans_nothing(client, customer, movie, hall, day):
    client.force_login(customer, backend="accounts.backends.OpenAccounts")

    response = client.post(reverse("admin:board_place"), placing(movie, hall, at(day, 10)))

    assert (response.status_code, plan()) == (302, [])


def test_next_leads_nowhere_else(office, db):
    response = office.post(reverse("admin:board_drop"), {"showtime": "1", "next": "https://elsewhere.example/"})

    assert response["Location"] == reverse("admin:board")


def test_halls_are_paged(hall, office, db):
    Hall.objects.bulk_create(Hall(name=f"{n}") for n in range(25))
    address = reverse("admin:board")

    sizes = [len(office.get(address, {"page": page}).context["lines"]) for page in ("1", "2", "x")]

    assert sizes == [20, 6, 20]


def test_halls_are_found_by_a_part_of_their_name(hall, office, db):
    Hall.objects.bulk_create(Hall(name=f"巨幕{n}", name_en=f"Giant {n}") for n in range(25))

    response = office.get(reverse("admin:board"), {"halls": "幕2", "view": "week"})
    english = office.get(reverse("admin:board"), {"halls": "giant 24"})

    assert [line.hall.name for line in english.context["lines"]] == ["巨幕24"]
    assert [line.hall.name for line in response.context["lines"]] == ["巨幕2", *(f"巨幕2{n}" for n in range(5))]
