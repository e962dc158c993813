"""Times by the house's clock in the back office's forms, in the nights in which clocks change."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from backoffice.acting import last_change
from backoffice.forms.people import BanForm
from backoffice.forms.programme import MoveForm
from backoffice.views.board import lines_of
from tests.factories import a_movie, money
from ticketing.models import Showtime
from ticketing.programme.scheduling import add_showtime

FIRST, SECOND = datetime(2030, 10, 27, 0, 30, tzinfo=UTC), datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
SKIPPED, TWICE = "2030-03-31T02:30", "2030-10-27T02:30"


@pytest.fixture(autouse=True)
def _berlin(settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def twice(hall) -> Showtime:
    """A showtime at 02:30 for the second time."""
    return add_showtime(movie=a_movie(duration=50), hall=hall, starts_at=SECOND, price=money(50))


def facts_of(movie, hall, start: str) -> dict:
    """What the forms send."""
    return {"movie": movie.pk, "hall": hall.pk, "starts_at": start, "price": "45", "format": "2d"}


def told(response) -> str:
    """What the messages say."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


@pytest.mark.parametrize("name", ["place", "fill"])
def test_the_board_refuses_a_time_that_the_clocks_skip(name, movie, hall, office):
    facts = facts_of(movie, hall, SKIPPED) | {"last_start": "2030-03-31T04:30"}

    response = office.post(reverse(f"admin:board_{name}"), facts)

    assert "这个时间不存在" in told(response)
    assert not Showtime.objects.exists()


@pytest.mark.parametrize(("text", "starts_at"), [(TWICE, FIRST), (f"{TWICE}+01:00", SECOND)])
def test_the_board_takes_the_first_of_two_times_unless_an_offset_is_written(text, starts_at, movie, hall, office):
    office.post(reverse("admin:board_place"), facts_of(movie, hall, text))

    assert Showtime.objects.get().starts_at == starts_at


def test_put_into_another_hall_a_showtime_keeps_the_second_of_two_times(twice, office, hall):
    moving = {"showtime": twice.pk, "hall": hall.pk, "starts_at": TWICE, "seen": last_change(twice)}

    office.post(reverse("admin:board_move"), moving)

    assert Showtime.objects.get().starts_at == SECOND


def test_the_form_of_a_showtime_writes_and_reads_the_offset(twice, office):
    address = reverse("admin:ticketing_showtime_change", args=[twice.pk])
    page = office.get(address).content.decode()
    sent = facts_of(twice.movie, twice.hall, f"{TWICE}+01:00") | {"status": "published", "price": "60"}
    sent |= {"seen": last_change(twice), "preshow_minutes": "0"}

    office.post(address, sent)

    assert f'value="{TWICE}+01:00"' in page
    assert 'type="text" name="starts_at"' in page
    changed = Showtime.objects.get()
    assert (changed.starts_at, changed.price) == (SECOND, money(60))


def test_the_form_of_a_showtime_refuses_a_time_that_the_clocks_skip(showtime, office):
    sent = facts_of(showtime.movie, showtime.hall, SKIPPED) | {"status": "published", "seen": last_change(showtime)}

    response = office.post(reverse("admin:ticketing_showtime_change", args=[showtime.pk]), sent)

    assert "这个时间不存在" in str(response.context["adminform"].form.errors["starts_at"])
    assert Showtime.objects.get().starts_at == showtime.starts_at


def test_moving_with_tickets_proposes_the_time_it_has(twice, office):
    page = office.get(reverse("admin:ticketing_showtime_move", args=[twice.pk]))

    form = page.context["form"]
    assert isinstance(form, MoveForm)
    assert form.cleaned_data["starts_at"] == SECOND
    assert 'type="text"' in str(form["starts_at"])


def test_a_ban_ends_at_no_time_that_the_clocks_skip():
    refused, second = (BanForm({"reason": "x", "until": text}) for text in (SKIPPED, f"{TWICE}+01:00"))

    assert list(refused.errors) == ["until"]
    assert (second.is_valid(), second.cleaned_data["until"]) == (True, SECOND)


def test_the_board_draws_the_night_by_the_wall_clock(movie, hall):
    start = datetime(2030, 3, 31, 0, 15, tzinfo=UTC)  # 01:15; the clocks go forward at 02:00
    movie.duration = 166
    movie.save()
    add_showtime(movie=movie, hall=hall, starts_at=start, price=money(50))

    block = lines_of([start.date() - timedelta(days=1)], [hall])[0].cells[0].blocks[0]

    six_to_midnight = 18 * 60
    assert (block.start - six_to_midnight, block.end - six_to_midnight, block.length) == (75, 5 * 60 + 1, 166)
