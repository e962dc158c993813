"""Old states of a row are looked at by whoever may look at it, and never played back."""

import pytest
from django.urls import reverse

from catalog.models import Movie
from tests.access.people import ROLES, of_role
from tests.backoffice.staff import browser_of
from ticketing.models import PriceCard

KINDS = {
    "catalog_movie": set(ROLES),
    "ticketing_hall": {"Manager", "Programmer", "Box office"},
    "ticketing_showtime": set(ROLES) - {"Moderator"},
    "ticketing_pricecard": {"Manager", "Programmer"},
}


@pytest.fixture
def old_states(showtime):
    """The address of an old state of each kind of row that has a history."""
    card = PriceCard.objects.create(name="card")
    rows = dict(zip(KINDS, (showtime.movie, showtime.hall, showtime, card), strict=True))
    return {
        kind: reverse(f"admin:{kind}_simple_history", args=[row.pk, row.history.first().pk])
        for kind, row in rows.items()
    }


@pytest.mark.parametrize("role", ROLES)
def test_an_old_state_opens_for_whoever_may_see_the_row(role, old_states):
    browser = browser_of(of_role(role))

    opened = {kind for kind, address in old_states.items() if browser.get(address).status_code == 200}

    assert opened == {kind for kind, roles in KINDS.items() if role in roles}


@pytest.mark.parametrize("role", ["Usher", "Moderator", "Manager"])
def test_nobody_writes_by_way_of_an_old_state(role, old_states, movie):
    facts = {"title": "mine", "duration": "1", "status": "released", "language": "x", "country": "x"}

    response = browser_of(of_role(role)).post(old_states["catalog_movie"], facts)

    assert response.status_code == 405
    assert Movie.objects.get(pk=movie.pk).title == movie.title
