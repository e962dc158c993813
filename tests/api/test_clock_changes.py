"""Times by the house's clock at the API's doors, in the nights in which clocks change."""

from datetime import UTC, datetime

import pytest

from tests.factories import a_hall, a_movie
from ticketing.models import Showtime

SKIPPED, TWICE = "2030-03-31 02:30:00", "2030-10-27 02:30:00"


@pytest.fixture(autouse=True)
def _berlin(settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def staff(as_user, admin):
    """The administrator, who reads English."""
    caller = as_user(admin)
    caller.language = "en"
    return caller


def v1(staff, start: str):
    """A showtime planned in v1."""
    body = {"movieId": a_movie(duration=166).pk, "hallId": a_hall().pk, "startTime": start, "price": 45}
    return staff.post("/api/v1/admin/schedules", body)


def booking(staff, start: str):
    """One planned in the booking dialect."""
    info = {"movie_id": a_movie(duration=166).pk, "hall_id": a_hall().pk, "start_time": start, "price": 45}
    return staff.post("/api/admin/showtime/manage", {"action": "add", "showtime_info": info})


DOORS = pytest.mark.parametrize("add", [v1, booking])


@DOORS
def test_a_time_that_the_clocks_skip_is_refused_in_words(add, staff):
    response = add(staff, SKIPPED)

    assert response.status_code == 400
    assert "This time does not exist: the clocks go forward over it." in response.json()["message"]
    assert not Showtime.objects.exists()


@DOORS
@pytest.mark.parametrize(("offset", "hour"), [("", 0), ("+02:00", 0), ("+0200", 0), ("+01:00", 1)])
def test_a_time_shown_twice_is_the_first_unless_an_offset_says_otherwise(add, offset, hour, staff):
    response = add(staff, TWICE + offset)

    assert response.status_code == 200
    assert Showtime.objects.get().starts_at == datetime(2030, 10, 27, hour, 30, tzinfo=UTC)


@DOORS
def test_a_film_of_the_spring_night_ends_when_it_ends(add, staff):
    add(staff, "2030-03-31 01:15:00")

    row = staff.get("/api/v1/admin/schedules", date="2030-03-31").json()["data"]["records"][0]
    assert (row["startTime"], row["endTime"]) == ("2030-03-31 01:15:00", "2030-03-31 05:01:00")


def test_in_the_house_s_own_zone_both_times_exist_once(staff, settings):
    settings.TIME_ZONE = "Asia/Shanghai"

    assert [v1(staff, start).status_code for start in (SKIPPED, TWICE)] == [200, 200]
    starts = list(Showtime.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [datetime(2030, 3, 30, 18, 30, tzinfo=UTC), datetime(2030, 10, 26, 18, 30, tzinfo=UTC)]


def test_a_stranger_plans_nothing(nobody, customer, as_user):
    assert [v1(caller, TWICE).status_code for caller in (nobody, as_user(customer))] == [401, 403]
    assert not Showtime.objects.exists()
