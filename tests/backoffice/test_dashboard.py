"""The figures, the page that shows them, and who may see them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from backoffice import figures
from backoffice.reports import occupancy
from backoffice.views.dashboard import at_a_glance
from catalog.models import Movie
from cinema.days import Period
from tests.factories import money
from ticketing.door.admission import admit_ticket
from ticketing.models import JournalEntry, Order, Showtime, Verification
from ticketing.money.refunds import refund_order
from ticketing.programme.scheduling import add_showtime
from ticketing.sale.broken_seats import set_for_sale


@pytest.fixture
def today(now):
    """The cinema's day."""
    return timezone.localdate(now)


def test_revenue_is_what_was_paid_and_not_given_back(sell, boss, now, today):
    sell("A1", "A2")
    partly, wholly = sell("B1", "B2"), sell("C1")
    refund_order(order=partly, now=now, by=boss, ticket_ids=[partly.tickets.first().pk])
    refund_order(order=wholly, now=now, by=boss)

    box_office = figures.box_office(today, today)

    assert (box_office.total, box_office.sales_count) == (money(150), 3)
    assert figures.dashboard(now).today_revenue == money(150)
    assert figures.dashboard(now).total_orders == 3


def test_days_without_sales_are_listed_as_nothing(sell, now, today):
    sell("A1")

    days = figures.box_office(today - timedelta(days=2), today).days

    assert [(day.date, day.revenue, day.sales_count) for day in days] == [
        (today - timedelta(days=2), 0, 0),
        (today - timedelta(days=1), 0, 0),
        (today, money(50), 1),
    ]


def test_films_stand_in_order_of_what_they_brought(sell, hall, showtime, movie, now, today):
    other = Movie.objects.create(title="別の", duration=90, status="released")
    later = add_showtime(movie=other, hall=hall, starts_at=now + timedelta(days=2), price=money(100))
    sell("A1", showing=later)
    sell("A1")

    movies = figures.box_office(today, today).movies

    assert [(figure.movie, figure.revenue, figure.sales_count, figure.percentage) for figure in movies] == [
        (other, money(100), 1, Decimal("66.67")),
        (movie, money(50), 1, Decimal("33.33")),
    ]


def test_occupancy_counts_sold_seats_of_the_day(sell, showtime, now):
    sell("A1", "A2", "A3", "A4", "A5")
    day = timezone.localdate(showtime.starts_at)

    full = figures.occupancy(day, day)

    assert (full.showtimes, full.sold, full.seats, full.percentage) == (1, 5, 50, 10)


def test_a_blocked_seat_is_no_seat_wherever_occupancy_is_told(sell, showtime, office, now):
    sell("A1", "A2", "A3", "A4", "A5")
    set_for_sale(seat=showtime.hall.seats.get(row_label="B", col_number=1), is_available=False, now=now)
    day = timezone.localdate(showtime.starts_at)

    report = occupancy(period=Period(day, day))
    dashboard = figures.occupancy(day, day)
    listed = figures.with_fill(Showtime.objects.filter(pk=showtime.pk)).get()
    figures.count_fill([showtime])

    assert [report.total(key) for key in ("showtimes", "seats", "tickets", "occupancy")] == [1, 49, 5, 10.2]
    assert (dashboard.showtimes, dashboard.seats, dashboard.sold, dashboard.percentage) == (1, 49, 5, 10.2)
    assert (listed.seat_count, listed.sold_count) == (showtime.seat_count, showtime.sold_count) == (49, 5)
    assert Showtime.objects.with_occupancy(now).get(pk=showtime.pk).seat_count == 49


def test_admissions_count_people_let_in(sell, boss, now, today):
    order = sell("A1", "A2")
    Showtime.objects.filter(pk=order.showtime_id).update(starts_at=now)  # its doors are open
    admit_ticket(code=order.tickets.first().code, by=boss, now=now, showtime_id=order.showtime_id)

    assert figures.admissions(today, today) == 1


def test_page_shows_the_figures_and_each_leads_to_its_list(sell, office):
    order = sell("A1", "A2")

    page = office.get(reverse("admin:index"))

    assert [figure.value for figure in page.context["figures"]] == [money(100), 1, 0, 0, money(100), 2]
    for figure in page.context["figures"]:
        assert office.get(figure.link).status_code == 200
    listed = office.get(page.context["figures"][0].link).context["cl"].result_list
    assert [row.pk for row in listed] == [order.pk]


def test_page_costs_the_same_queries_for_one_sale_and_for_three(sell, office, django_assert_num_queries):
    sell("A1")
    office.get(reverse("admin:index"))
    with django_assert_num_queries(25) as first:
        office.get(reverse("admin:index"))
    sell("A2")
    sell("A3")

    with django_assert_num_queries(len(first)):
        office.get(reverse("admin:index"))


def test_the_last_verification_and_entries_without_a_seal_are_shown(sell, office, now):
    sell("A1")
    Verification.objects.create(at=now, fault_count=0, entry_count=7)
    clean = office.get(reverse("admin:index")).content.decode()

    JournalEntry.objects.create(kind="sale", at=now, currency="CNY", recorded_at=timezone.now() - timedelta(hours=1))
    Verification.objects.create(at=now, since=timezone.localdate(now), fault_count=9, entry_count=7)
    Verification.objects.create(at=now, fault_count=2, faults=["Ticket 1 is gone."], entry_count=7)
    page = office.get(reverse("admin:index"))

    books = page.context["books"]
    assert (books.last.fault_count, books.unsealed) == (2, 1)
    assert ("账目无误" in clean, "条账簿记录等待封印" in clean) == (True, False)
    told = page.content.decode()
    assert ("发现 2 处问题" in told, "有 1 条账簿记录等待封印" in told, "账目无误" in told) == (True, True, False)
    shown = office.get(reverse("admin:ticketing_verification_change", args=[books.last.pk])).content.decode()
    assert "Ticket 1 is gone." in shown


def test_usher_sees_showtimes_and_no_money(client, sell, customer):
    sell("A1")
    customer.is_staff = True
    customer.save()
    customer.groups.add(Group.objects.get(name="Usher"))
    client.force_login(customer, backend="accounts.backends.OpenAccounts")

    page = client.get(reverse("admin:index"))

    assert len(page.context["coming"]) == 1
    assert "figures" not in page.context
    assert "books" not in page.context


def test_every_link_leads_to_rows_that_make_its_figure(sell, boss, office):
    order = sell("A1", "A2")
    sell("B1", "B2")
    refund_order(order=sell("C1"), now=order.paid_at, by=boss)
    page = office.get(reverse("admin:index"))

    def rows(link):
        return office.get(link).context["cl"].result_count

    listed = [rows(figure.link) for figure in page.context["figures"]]
    films = [rows(link) for _figure, _revenue, link in page.context["top_movies"]]
    today = page.context["days"][-1]

    assert listed == [3, 2, 0, 0, 3, 4]
    assert (films, rows(page.context["total_link"])) == ([3], 3)
    assert (rows(today["orders"]), rows(today["tickets"]), today["revenue"], today["count"]) == (3, 4, "200.00", "4")


def test_today_is_held_against_the_same_hours_a_week_ago(sell, office, now, showtime):
    earlier, later = sell("A1"), sell("B1", "B2")
    noon = timezone.localtime(now).replace(hour=12)
    then = noon - timedelta(days=7)
    for order, moment in ((earlier, then - timedelta(minutes=1)), (later, then + timedelta(minutes=1))):
        Order.objects.filter(pk=order.pk).update(paid_at=moment)
        order.tickets.update(issued_at=moment)

    glance = at_a_glance(user=office.get(reverse("admin:index")).context["user"], now=noon)

    assert [(figure.value, figure.before) for figure in glance["figures"]] == [
        (0, money(50)),
        (0, 1),
        (0, 0),
        (0, 0),
        (0, money(150)),
        (0, 3),
    ]
