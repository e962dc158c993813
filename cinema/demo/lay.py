"""Laying the demo cinema, keeping its programme two weeks ahead, and taking it all away again."""

from datetime import datetime, timedelta
from graphlib import TopologicalSorter
from random import Random

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import F

from accounts.models import Letter, User
from cinema.days import add_days, day_of, days_from
from cinema.demo.crowd import fill_house
from cinema.demo.films import enter_films, known_films
from cinema.demo.house import HALLS, build_halls, print_price_cards
from cinema.demo.people import ADMIN, CLERK, invite_people, invited_customers
from cinema.demo.showings import plan_days
from cinema.demo.stories import tell_stories
from cinema.demo.talk import start_talk
from cinema.jobs import Job
from ticketing.constraints import seal_ledger, unseal_ledger
from ticketing.journal import head
from ticketing.journal.heads import put_aside
from ticketing.models import Hall, Showtime

SEED = 1895  # the year it all began
DAYS_AHEAD = 14
DAYS_BEHIND = 14  # the dashboard compares the last seven days with the seven before
READ_AFTER = timedelta(hours=6)
STALE_AFTER = timedelta(days=12)
ROOMS = ("social", "ticketing", "catalog")


@transaction.atomic
def lay_demo(*, now: datetime) -> int:
    """Lay the whole demo cinema into a database without films; answers how many showtimes it has."""
    if head() is None:  # what another database of this name left behind says nothing of this one
        transaction.on_commit(put_aside)
    rnd = Random(SEED)  # noqa: S311 - nothing secret hangs on it
    people = invite_people(now=now, rnd=rnd)
    movies = enter_films()
    halls = build_halls(now=now)
    on_now = {slug: movie for slug, movie in movies.items() if movie.status == movie.Status.RELEASED}
    first = add_days(day_of(now), -DAYS_BEHIND)
    showings = plan_days(
        first=first, days=DAYS_BEHIND + DAYS_AHEAD, halls=halls, movies=on_now, cards=print_price_cards()
    )
    fill_house(showings=showings, customers=people.everyone, clerk=people.clerk, now=now, rnd=rnd)
    _count_rows()
    tell_stories(showings=showings, people=people, now=now)
    deliver_letters(now=now)
    start_talk(movies=on_now, people=people, now=now, rnd=rnd)
    _count_rows()
    return len(showings)


@transaction.atomic
def top_up(*, now: datetime) -> int:
    """Plan the demo films two weeks ahead where the programme runs dry; answers how many showtimes were added."""
    movies, today = known_films(), day_of(now)
    names = {house.name: key for key, house in HALLS.items()}
    open_halls = Hall.objects.visible().filter(name__in=names, status=Hall.Status.OPEN)
    halls = {names[hall.name]: hall for hall in open_halls}
    planned = Showtime.objects.standing().filter(hall__in=halls.values(), starts_at__gt=now)
    if not movies or not halls or planned.filter(starts_at__gt=now + STALE_AFTER).exists():
        return 0
    busy = {day_of(starts_at) for starts_at in planned.values_list("starts_at", flat=True)}
    cards = print_price_cards()
    showings = []
    for day in days_from(today, DAYS_AHEAD):
        if day not in busy:
            showings += plan_days(first=day, days=1, halls=halls, movies=movies, cards=cards)
    to_come = [(slug, showtime) for slug, showtime in showings if showtime.starts_at > now]
    clerk, regulars = User.objects.filter(username=CLERK[0]).first(), invited_customers()
    if clerk and regulars:
        rnd = Random(f"{SEED} {today}")  # noqa: S311
        fill_house(showings=to_come, customers=regulars, clerk=clerk, now=now, rnd=rnd)
    return len(showings)


@transaction.atomic
def clear_cinema() -> None:
    """Erase films, halls, sales, talk and customers, ledger and journal included.

    Staff accounts other than the demo's stay.
    """
    unseal_ledger(connection)
    # What was written in this very transaction is checked first, for PostgreSQL truncates no table with checks to come.
    connection.check_constraints()
    emptying = connection.ops.sql_flush(no_style(), [model._meta.db_table for model in _tables()])
    with connection.cursor() as cursor:
        for statement in emptying:
            cursor.execute(statement)
    Letter.objects.all().delete()
    User.objects.customers().delete()
    User.objects.filter(username__in=[ADMIN[0], CLERK[0]]).delete()
    # Foreign keys are checked at the end of a transaction; check now, before the trigger is laid on the table again.
    connection.check_constraints()
    seal_ledger(connection)


def deliver_letters(*, now: datetime) -> None:
    """What the stories told people has reached them long ago; nobody of the demo is mailed for it."""
    told = Letter.objects.filter(status=Letter.Status.WAITING)
    told.update(status=Letter.Status.SENT, sent_at=F("created_at"))
    Job.objects.waiting().filter(kind="mail_letter").delete()
    Letter.objects.filter(created_at__lt=now - READ_AFTER).update(read_at=F("created_at"))


def _count_rows() -> None:
    """Until PostgreSQL has looked again it plans for empty tables, and what is asked next takes minutes."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _tables())
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")


def _tables() -> list[type[models.Model]]:
    """All that rooms keep, what refers to others before them: else each row erased is looked for in whatever might
    still refer to it.
    """
    found = [model for room in ROOMS for model in apps.get_app_config(room).get_models(include_auto_created=True)]
    kept = [model for model in found if model._meta.managed and not model._meta.proxy]
    sorter: TopologicalSorter[type[models.Model]] = TopologicalSorter()
    for model in kept:
        related = {field.related_model for field in model._meta.fields if field.is_relation}
        sorter.add(model, *(other for other in kept if other in related and other is not model))
    return list(sorter.static_order())[::-1]
