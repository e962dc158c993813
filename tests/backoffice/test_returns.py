"""A return that was filed stands as it was filed; what changed since is a new version that says what and why."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from backoffice.reports.film_return import filed_report, film_return
from backoffice.returns import CorrectionNeedsReason, NothingChanged, WeekNotOver, file_return
from cinema.days import film_week_of
from tests.backoffice.staff import doors_closed, staff_who_may
from tests.factories import a_clerk, a_movie, a_paid_order, a_showtime, money
from ticketing.models import FilmReturn
from ticketing.money.refunds import refund_order

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 5, 4)
WEEK = film_week_of(MONDAY)
NOON = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
LATER = NOON + timedelta(days=8)


@pytest.fixture
def order():
    """Three tickets for Wednesday."""
    showtime = a_showtime(movie=a_movie("默片"), starts_at=NOON + timedelta(days=2))
    return a_paid_order(showtime=showtime, seats=["A1", "A2", "A3"], now=NOON)


@pytest.fixture
def movie(order):
    """Their film."""
    return order.showtime.movie


def test_a_later_refund_leaves_the_filed_return_as_it_was(order, movie):
    clerk = a_clerk()
    filed = file_return(movie=movie, week=WEEK, by=clerk, now=LATER)
    before = filed_report(filed).rows

    refund_order(order=order, now=LATER, by=clerk, ticket_ids=[order.tickets.first().pk])

    filed.refresh_from_db()
    assert filed_report(filed).rows == before
    assert (filed.version, filed.tickets, filed.gross_amount, filed.changes) == (1, 3, money(135), [])
    assert film_return(movie=movie, week=WEEK).total("gross") == money(90)


def test_a_correction_is_a_new_version_that_says_what_changed_and_why(order, movie):
    clerk = a_clerk()
    file_return(movie=movie, week=WEEK, by=clerk, now=LATER)
    refund_order(order=order, now=LATER, by=clerk, ticket_ids=[order.tickets.first().pk])

    with pytest.raises(CorrectionNeedsReason):
        file_return(movie=movie, week=WEEK, by=clerk, now=LATER, reason=" ")
    second = file_return(movie=movie, week=WEEK, by=clerk, now=LATER, reason="退票一张")

    assert (second.version, second.reason, second.tickets, second.gross_amount) == (2, "退票一张", 2, money(90))
    assert second.changes == [
        {"day": "2026-05-06", "type": "adult", "price": 4500, "before": [3, 13500], "now": [2, 9000]}
    ]
    assert FilmReturn.objects.get(version=1).tickets == 3


def test_the_same_is_not_filed_twice_nor_a_week_that_runs(order, movie):
    clerk = a_clerk()

    with pytest.raises(WeekNotOver):
        file_return(movie=movie, week=WEEK, by=clerk, now=WEEK.ends_at - timedelta(seconds=1))
    file_return(movie=movie, week=WEEK, by=clerk, now=WEEK.ends_at)
    with pytest.raises(NothingChanged):
        file_return(movie=movie, week=WEEK, by=clerk, now=LATER, reason="x")

    assert FilmReturn.objects.count() == 1


def test_a_version_is_filed_once_and_a_correction_has_a_reason(order, movie):
    filed = file_return(movie=movie, week=WEEK, by=a_clerk(), now=LATER)

    for facts in ({"version": 1}, {"version": 2, "reason": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FilmReturn.objects.create(
                movie=movie,
                week_begins=WEEK.first,
                tickets=0,
                gross_amount=0,
                filed_at=LATER,
                filed_by=filed.filed_by,
                **facts,
            )


def test_the_page_shows_the_filed_version_what_has_changed_and_files_the_correction():
    showtime = a_showtime(starts_at=timezone.now() - timedelta(days=9))
    order = a_paid_order(showtime=showtime, seats=["A1", "A2"], now=showtime.starts_at - timedelta(days=1))
    week = film_week_of(timezone.localdate(showtime.starts_at))
    manager, asked = staff_who_may("view_reports", "file_return"), {"week": week.first.isoformat()}
    data = {**asked, "film": showtime.movie_id}
    page, filing = reverse("admin:report_return"), reverse("admin:report_return_file")

    manager.post(filing, data)
    refund_order(order=order, now=timezone.now(), by=a_clerk(), ticket_ids=[order.tickets.first().pk])
    filed = manager.get(page, asked).context
    now = manager.get(page, {**asked, "version": "now"}).context
    manager.post(filing, {**data, "reason": "退票"})
    corrected = manager.get(page, asked).context
    old = manager.get(page, {**asked, "version": "1", "as": "csv"})

    assert (filed["shown"].version, filed["report"].total("tickets"), len(filed["changes"])) == (1, 2, 1)
    assert (now["shown"], now["report"].total("tickets")) == (None, 1)
    assert (corrected["shown"].version, corrected["report"].total("tickets"), corrected["changes"]) == (2, 1, [])
    assert [(one["before"], one["now"]) for one in corrected["shown_changes"]] == [((2, 9000), (1, 4500))]
    assert old["Content-Disposition"].count("-v1-") == 1
    assert manager.get(page, {**asked, "version": "9"}).status_code == 404


def test_filing_is_closed_to_others():
    data = {"week": "2026-05-04", "film": "1"}

    assert doors_closed(reverse("admin:report_return_file"), data=data) == {
        "passer-by": 302,
        "customer": 302,
        "colleague": 403,
    }
    assert staff_who_may("view_reports").post(reverse("admin:report_return_file"), data).status_code == 403
