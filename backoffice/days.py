"""The cinema's days: from midnight to midnight in ``TIME_ZONE``, 23 or 25 hours long where the clocks change."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateField, Func
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone


def midnight(day: date) -> datetime:
    """The moment a day of the cinema begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def day_of(moment: datetime) -> date:
    """The day of the cinema a moment lies in."""
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


class DayOf(Func):
    """The day from ``first`` to ``last`` that a moment lies in.

    PostgreSQL finds it among the midnights of the span, which costs half of what turning every moment into local time
    does. Moments outside the span belong to no day of it: filter them out.
    """

    def __init__(self, moment: str, first: date, last: date) -> None:
        super().__init__(moment, output_field=DateField())
        self.first, self.last = first, last

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:  # type: ignore[override]
        """The day by the database's own conversion."""
        sql, params = compiler.compile(self.get_source_expressions()[0])
        return connection.ops.datetime_cast_date_sql(sql, tuple(params), timezone.get_default_timezone_name())

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        """The first day and as many more as midnights have passed since."""
        sql, params = compiler.compile(self.get_source_expressions()[0])
        span = range((self.last - self.first).days)
        midnights = [midnight(self.first + timedelta(days=n + 1)) for n in span]
        return f"(%s::date + width_bucket({sql}, %s::timestamptz[]))", (self.first, *params, midnights)
