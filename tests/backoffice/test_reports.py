"""Reports: the same sums on the page, in the files, on the dashboard and in the ledger."""

import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from backoffice.reports import (
    BadPeriod,
    box_office,
    cash_flow,
    film_return,
    occupancy,
    read_period,
    refunds,
)
from backoffice.reports.periods import week_number
from backoffice.reports.table import in_file, plain
from cinema.days import Period, film_week_of
from tests.backoffice.staff import doors_closed, staff_who_may
from tests.factories import (
    a_clerk,
    a_hall,
    a_movie,
    a_paid_order,
    a_price_card,
    a_showtime,
    an_order,
    money,
)
from ticketing.door.admission import admit_ticket
from ticketing.money.refunds import refund_order
from ticketing.sale.orders import cancel_order

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOSED = {"passer-by": 302, "customer": 302, "colleague": 403}
PAGES = ["reports", "report_takings", "report_occupancy", "report_refunds", "report_return", "report_postings"]
MONDAY = date(2026, 5, 4)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment on the cinema's clock."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture
def manager():
    """The browser of someone who may see reports and nothing else."""
    return staff_who_may("view_reports", name="manager")


def test_a_sale_late_in_the_evening_belongs_to_the_cinemas_day():
    showtime = a_showtime(starts_at=at(MONDAY + timedelta(days=3), 20))
    a_paid_order(showtime=showtime, seats=["A1"], now=at(MONDAY, 23, 59))
    a_paid_order(showtime=showtime, seats=["A2", "A3"], now=at(MONDAY + timedelta(days=1), 0, 1))

    report = box_office(period=Period(MONDAY, MONDAY + timedelta(days=2)))

    assert [row[:3] for row in report.rows] == [
        ["2026-05-04", 1, money("45.00")],
        ["2026-05-05", 2, money("90.00")],
        ["2026-05-06", 0, money("0.00")],
    ]


def test_a_refund_lowers_the_day_of_sale_and_is_paid_out_of_the_day_it_happens():
    showtime = a_showtime(starts_at=at(MONDAY + timedelta(days=6), 20))
    order = a_paid_order(showtime=showtime, seats=["A1", "A2"], now=at(MONDAY, 12))
    later = MONDAY + timedelta(days=1)
    refund_order(order=order, now=at(later, 12), by=None, ticket_ids=[order.tickets.first().pk])

    sold = box_office(period=Period(MONDAY, MONDAY))
    flow = cash_flow(Period(later, later))

    assert (sold.total("gross"), sold.total("back"), sold.total("revenue")) == (9000, 4500, 4500)
    assert (flow.taken, flow.paid_back, flow.balance) == (0, 4500, -4500)


def test_tickets_count_on_the_day_of_their_showtime_when_asked_to():
    shown = MONDAY + timedelta(days=5)
    a_paid_order(showtime=a_showtime(starts_at=at(shown, 20)), now=at(MONDAY, 12))

    by_sale = box_office(period=Period(shown, shown), basis="sold")
    by_showtime = box_office(period=Period(shown, shown), basis="shown")

    assert (by_sale.total("tickets"), by_showtime.total("tickets")) == (0, 1)


def test_every_dimension_names_its_rows_and_comes_to_the_same_sum():
    showtime = a_showtime(
        starts_at=at(MONDAY + timedelta(days=1), 20),
        hall=a_hall(name="大厅"),
        movie=a_movie("流浪地球"),
        price_card=a_price_card(child=-15),
    )
    a_paid_order(showtime=showtime, seats=["A1", "A2"], now=at(MONDAY, 12), price_types={"A2": "child"})
    period = Period(MONDAY, MONDAY + timedelta(days=1))

    reports = {by: box_office(period=period, by=by) for by in ("film", "hall", "type", "channel", "method", "week")}

    assert {by: [row[0] for row in report.rows] for by, report in reports.items()} == {
        "film": ["流浪地球"],
        "hall": ["大厅"],
        "type": ["成人", "儿童"],
        "channel": ["网站"],
        "method": [str(reports["method"].rows[0][0])],
        "week": ["2026-05-04 – 2026-05-10"],
    }
    assert {report.total("revenue") for report in reports.values()} == {money("75.00")}


def test_film_weeks_begin_on_the_weekday_of_the_house(settings):
    settings.FILM_WEEK_STARTS = 4

    week = film_week_of(date(2026, 5, 7))

    assert (week.first, week.last) == (date(2026, 5, 1), date(2026, 5, 7))
    assert week_number(week, date(2026, 4, 23)) == 3
    assert week_number(week, date(2026, 5, 8)) is None


def test_occupancy_counts_the_seats_of_published_showtimes_only():
    day = MONDAY
    showtime = a_showtime(starts_at=at(day, 20), hall=a_hall(rows=1, cols=4, name="小厅"))
    a_showtime(starts_at=at(day, 14), status="cancelled")
    order = a_paid_order(showtime=showtime, seats=["A1", "A2"], now=at(day, 12))
    admit_ticket(code=order.tickets.first().code, by=a_clerk(), now=at(day, 19, 50))

    reports = {by: occupancy(period=Period(day, day), by=by) for by in ("hall", "film", "day", "hour")}

    assert reports["hall"].rows == [["小厅", 1, 4, 2, 50.0, 1, 50.0]]
    assert reports["hour"].rows[0][0] == "20:00"
    assert [report.totals[1:] for report in reports.values()] == [[1, 4, 2, 50.0, 1, 50.0]] * 4


def test_refunds_and_orders_given_up_stand_with_who_and_why():
    boss = a_clerk("boss")
    now = at(MONDAY, 12)
    showtime = a_showtime(starts_at=at(MONDAY, 20))
    order = a_paid_order(showtime=showtime, seats=["A1", "A2"], now=now)
    refund_order(order=order, now=now, by=boss, reason="=HYPERLINK(1)", ticket_ids=[order.tickets.last().pk])
    cancel_order(order=an_order(showtime=showtime, seats=["B1"], now=now), now=now + timedelta(minutes=1), by=boss)

    report = refunds(period=Period(MONDAY, MONDAY))

    assert [row[4:] for row in report.rows] == [
        ["B1", "", None, money(45), "boss", ""],
        ["A2", "沙盒银行（不涉及真实资金）", money(45), None, "boss", "=HYPERLINK(1)"],
    ]
    assert (report.total("back"), report.total("void"), report.row_count) == (4500, 4500, 2)


def test_the_weekly_return_lists_every_day_by_price_and_leaves_out_what_was_given_back():
    movie = a_movie("默片")
    week = film_week_of(MONDAY)
    showtime = a_showtime(movie=movie, starts_at=at(MONDAY + timedelta(days=2), 20), price_card=a_price_card(child=-15))
    sold = at(MONDAY, 12)
    order = a_paid_order(showtime=showtime, seats=["A1", "A2", "A3"], now=sold, price_types={"A3": "child"})
    refund_order(order=order, now=sold, by=None, ticket_ids=[order.tickets.first().pk])

    report = film_return(movie=movie, week=week)

    assert len(report.rows) == 8
    assert report.rows[2] == [date(2026, 5, 6), 1, "成人", money("45.00"), 1, money("45.00")]
    assert report.rows[3] == [date(2026, 5, 6), None, "儿童", money("30.00"), 1, money("30.00")]
    assert (report.total("showtimes"), report.total("tickets"), report.total("gross")) == (1, 2, 7500)


@pytest.mark.parametrize("page", PAGES)
def test_page_csv_and_xlsx_hold_the_same_rows(manager, page):
    showtime = a_showtime()
    order = a_paid_order(showtime=showtime, seats=["A1", "A2"])
    refund_order(order=order, now=timezone.now(), by=a_clerk(), ticket_ids=[order.tickets.first().pk])
    address, asked = reverse(f"admin:{page}"), {"week": f"{timezone.localdate(showtime.starts_at)}"}
    report = manager.get(address, asked).context["report"]

    lines = list(csv.reader(io.StringIO(manager.get(address, {**asked, "as": "csv"}).content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(manager.get(address, {**asked, "as": "xlsx"}).content)).active

    wanted = [
        [str(in_file(value, column.kind)) for value, column in zip(row, report.columns, strict=True)]
        for row in [*report.rows, report.totals]
    ]
    assert lines[1:] == wanted
    cells = [["" if value is None else value for value in row] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [[_same(value) for value in row] for row in cells] == [[_same(value) for value in row] for row in wanted]


def test_shares_and_percentages_are_numbers_in_the_workbook(manager):
    showtime = a_showtime()
    a_paid_order(showtime=showtime, seats=["A1"])
    day = f"{timezone.localdate(showtime.starts_at)}"

    answer = manager.get(reverse("admin:report_occupancy"), {"from": day, "to": day, "as": "xlsx"})

    *_rows, total = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(min_row=2, values_only=True)
    assert [type(value) for value in total[1:]] == [int, int, int, float, int, int]


def _same(value: object) -> object:
    """A number whether it is written as one or spelt out; anything else as it stands."""
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return str(value)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"])
def test_words_never_run_as_formulas(text):
    assert plain(text) == f"'{text}"


def test_numbers_stay_numbers():
    assert (plain(Decimal("-5.00")), plain(3), plain(None)) == (Decimal("-5.00"), 3, "")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("yesterday", "2026-05-01"),
        ("2026-02-30", "2026-03-01"),
        ("2026-05-02", "2026-05-01"),
        ("2025-01-01", "2026-12-31"),
        ("0001-01-01", "0001-01-02"),
        ("9999-12-31", "9999-12-31"),
        ("\x00", ""),
        ("2026-05-01T10:00", ""),
    ],
)
@pytest.mark.parametrize("page", ["reports", "report_takings", "report_occupancy", "report_refunds", "report_postings"])
def test_senseless_dates_are_refused_in_a_sentence(manager, page, first, last):
    answer = manager.get(reverse(f"admin:{page}"), {"from": first, "to": last})

    assert (answer.status_code, isinstance(answer.context["refusal"], BadPeriod)) == (400, True)


@pytest.mark.parametrize("asked", [{"week": "x"}, {"week": "2026-13-01"}])
def test_a_senseless_week_is_refused(manager, asked):
    assert manager.get(reverse("admin:report_return"), asked).status_code == 400


@pytest.mark.parametrize("film", ["999999", "x", "1" * 40])
def test_a_return_of_no_film_is_not_found(manager, film):
    assert manager.get(reverse("admin:report_return"), {"film": film}).status_code == 404


@pytest.mark.parametrize("asked", [{"by": "moon"}, {"basis": "moon"}])
def test_an_unknown_report_is_refused(manager, asked):
    assert manager.get(reverse("admin:reports"), asked).status_code == 400


def test_one_date_alone_is_that_day_and_none_is_the_week_so_far():
    today = date(2026, 5, 6)

    assert read_period("2026-05-01", "", today=today) == Period(date(2026, 5, 1), date(2026, 5, 1))
    assert read_period("", "", today=today) == Period(date(2026, 5, 4), today)


def test_strangers_see_no_figures():
    found = [doors_closed(f"{reverse(f'admin:{page}')}?as=csv") for page in PAGES]

    assert found == [CLOSED] * len(PAGES)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_the_pages_open_in_both_languages(manager, page, language):
    a_paid_order()

    with translation.override(language):
        assert manager.get(reverse(f"admin:{page}")).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_three_sales_cost_as_many_queries_as_one(manager, django_assert_max_num_queries, page):
    movie = a_movie()
    starts_at = timezone.now() + timedelta(days=1)
    week = f"{timezone.localdate(starts_at)}"
    counts = []
    for seats in (["A1"], ["A1", "A2", "A3"]):
        for seat in seats:
            showtime = a_showtime(movie=movie, starts_at=starts_at, hall=a_hall(name=f"{len(counts)}{seat}"))
            order = a_paid_order(showtime=showtime, seats=[seat, "B1"])
            refund_order(order=order, now=timezone.now(), by=None, ticket_ids=[order.tickets.first().pk])
            cancel_order(order=an_order(showtime=showtime, seats=["C1"]), now=timezone.now(), by=a_clerk())
        with django_assert_max_num_queries(18) as counted:
            manager.get(reverse(f"admin:{page}"), {"week": week})
        counts.append(len(counted))

    assert counts[0] == counts[1]


def test_a_day_is_as_long_as_the_clocks_make_it(settings):
    settings.TIME_ZONE = "Europe/Berlin"

    days = [Period(day, day) for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 5, 1))]
    hours = [(day.ends_at.timestamp() - day.starts_at.timestamp()) / 3600 for day in days]

    assert hours == [23, 25, 24]
