"""The demo cinema as laid: everything has something to show, and the books are in order."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.test import TestCase, override_settings
from django.utils import timezone

from accounts.models import User
from backoffice.figures import box_office
from catalog.models import Movie
from cinema.demo.lay import clear_cinema, lay_demo, top_up
from social.models import Comment, Rating
from ticketing.models import Claim, Hall, LedgerEntry, Order, Seat, Showtime, Ticket
from ticketing.money.verify import find_faults

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)  # half past three in Shanghai, on a Friday


def demo(**options: bool) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


class LaidCinema(TestCase):
    """Laid once for all of these; each test's changes are rolled back."""

    @classmethod
    def setUpTestData(cls) -> None:
        lay_demo(now=NOW)

    def test_the_books_are_in_order(self):
        assert list(find_faults(now=NOW)) == []

    def test_orders_and_tickets_are_in_every_state(self):
        expired = Order.objects.filter(status=Order.Status.PENDING, expires_at__lte=NOW)

        assert set(Order.objects.values_list("status", flat=True)) == set(Order.Status.values)
        assert set(Ticket.objects.values_list("status", flat=True)) == set(Ticket.Status.values)
        assert set(Order.objects.values_list("channel", flat=True)) == {Order.Channel.WEB, Order.Channel.COUNTER}
        assert expired.exists()
        assert Order.objects.awaiting_payment(NOW).exists()
        assert Order.objects.paid().filter(refunded_amount__gt=0).exists()

    def test_lin_has_orders_in_every_state(self):
        lin = User.objects.get(username="lin")

        assert set(Order.objects.of(lin).values_list("status", flat=True)) == set(Order.Status.values)
        assert Order.objects.of(lin).awaiting_payment(NOW).count() == 1

    def test_the_printed_passwords_open_the_doors(self):
        manager, lin = User.objects.get(username="admin"), User.objects.get(username="lin")

        assert (manager.check_password("demo-admin-2026"), manager.is_superuser) == (True, True)
        assert (lin.check_password("demo-lin-2026"), lin.is_staff) == (True, False)

    def test_the_box_office_may_sell_and_admit_but_not_plan(self):
        mei = User.objects.get(username="mei")

        assert (mei.check_password("demo-mei-2026"), mei.is_staff, mei.is_superuser) == (True, True, False)
        assert (mei.has_perm("ticketing.sell_at_counter"), mei.has_perm("ticketing.admit_ticket")) == (True, True)
        assert not mei.has_perm("ticketing.add_showtime")

    def test_there_is_a_showtime_to_come_today_and_on_each_of_the_next_thirteen_days(self):
        starts = Showtime.objects.on_sale(NOW).values_list("starts_at", flat=True)

        days = {timezone.localdate(starts_at) for starts_at in starts}

        assert days == {timezone.localdate(NOW) + timedelta(days=ahead) for ahead in range(14)}

    def test_one_house_is_sold_out_one_nearly_and_some_are_empty(self):
        seats = dict(Seat.objects.filter(is_available=True).order_by().values_list("hall").annotate(n=Count("id")))
        coming = Showtime.objects.on_sale(NOW).annotate(taken=Count("claims"))
        filled = [showtime.taken / seats[showtime.hall_id] for showtime in coming]

        assert max(filled) == 1
        assert any(0.9 < share < 1 for share in filled)
        assert min(filled) == 0

    def test_each_day_of_the_last_two_weeks_has_sold(self):
        today = timezone.localdate(NOW)

        sold = box_office(today - timedelta(days=13), today)

        assert [day.date for day in sold.days if day.revenue > 0] == [day.date for day in sold.days]
        assert len(sold.days) == 14

    def test_showtimes_are_published_drafted_and_called_off(self):
        assert set(Showtime.objects.values_list("status", flat=True)) == set(Showtime.Status.values)

    def test_matinees_are_cheaper_than_evenings_on_weekdays(self):
        dune = Showtime.objects.published().filter(movie__title="沙丘2", hall__hall_type=Hall.Type.IMAX)
        prices = {
            (timezone.localtime(showtime.starts_at).hour < 14): showtime.price
            for showtime in dune
            if timezone.localtime(showtime.starts_at).weekday() < 5
        }

        assert prices[True] < prices[False]

    def test_all_seat_kinds_and_a_blocked_seat_are_there(self):
        assert set(Seat.objects.values_list("kind", flat=True)) == set(Seat.Kind.values)
        assert Seat.objects.filter(is_available=False).count() == 2

    def test_films_are_showing_and_coming_with_what_people_say_of_them(self):
        states = Counter(Movie.objects.values_list("status", flat=True))

        assert states == {Movie.Status.RELEASED: 13, Movie.Status.UPCOMING: 4}
        assert Rating.objects.values("movie").distinct().count() == 13
        assert Comment.objects.filter(is_hidden=True).count() == 1
        assert Comment.objects.reported().count() == 1

    def test_two_films_can_be_streamed_from_this_site(self):
        streams = dict(Movie.objects.exclude(stream_url="").values_list("title_en", "stream_url"))

        assert streams == dict.fromkeys(["Big Buck Bunny", "Sintel"], "/static/demo/stream/master.m3u8")
        assert (settings.BASE_DIR / "static/demo/stream/master.m3u8").is_file()

    def test_laying_again_changes_nothing(self):
        before = (Showtime.objects.count(), Order.objects.count())

        demo(if_empty=True)

        assert (Showtime.objects.count(), Order.objects.count()) == before

    def test_a_full_programme_is_not_topped_up(self):
        assert top_up(now=NOW + timedelta(hours=5)) == 0

    def test_a_stale_programme_is_topped_up_to_two_weeks(self):
        later = NOW + timedelta(days=30)
        visitor = User.objects.create_user("visitor")

        added = top_up(now=later)

        ahead = {timezone.localdate(showtime.starts_at) for showtime in Showtime.objects.on_sale(later)}
        assert added > 200
        assert not Order.objects.of(visitor).exists()
        assert ahead == {timezone.localdate(later) + timedelta(days=day) for day in range(14)}
        assert list(find_faults(now=later)) == []

    def test_topping_up_leaves_what_staff_have_planned(self):
        later = NOW + timedelta(days=30)
        top_up(now=later)

        assert top_up(now=later) == 0

    @override_settings(DEMO=True)
    def test_a_reset_lays_everything_anew_and_seals_the_ledger_again(self):
        mine = User.objects.create_user("owner", is_staff=True)
        Movie.objects.create(title="x", duration=90)

        demo(reset=True)

        assert not Movie.objects.filter(title="x").exists()
        assert User.objects.filter(pk=mine.pk).exists()
        assert list(find_faults(now=timezone.now())) == []
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            LedgerEntry.objects.update(amount=0)

    def test_clearing_leaves_no_film_no_sale_and_no_customer(self):
        clear_cinema()

        assert [model.objects.count() for model in (Movie, Hall, Order, LedgerEntry, Comment, User)] == [0] * 6

    @override_settings(DEMO=False)
    def test_a_reset_outside_the_demo_is_refused(self):
        with pytest.raises(CommandError, match="DEMO=on"):
            demo(reset=True)

        assert Claim.objects.exists()


@pytest.mark.django_db
@override_settings(DEMO=False)
def test_well_known_passwords_are_not_made_outside_the_demo():
    with pytest.raises(CommandError, match="DEMO=on"):
        demo()

    assert not User.objects.exists()


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    "hour", [0, 15, 16, 20]
)  # midnight of UTC; a minute past 23:00, midnight and 4:00 in the house
def test_the_cinema_can_be_laid_at_any_hour(hour: int):
    now = datetime(2027, 2, 27, hour, 1, tzinfo=UTC)

    lay_demo(now=now)

    assert list(find_faults(now=now)) == []
