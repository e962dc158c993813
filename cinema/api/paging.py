"""Lists by page: ``page`` from 1, ``limit`` from 1 to 100.

A deep page costs what a shallow one costs but for walking the index: only primary keys are skipped, in the order of an
index and from whichever end is nearer, and the rows of the one page are fetched by key.
"""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

MOST_PAGES = 10**9


class PageQuery(serializers.Serializer):
    """Which page, and how long a page is."""

    page = serializers.IntegerField(min_value=1, max_value=MOST_PAGES, default=1)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=10)


def page_of(rows: QuerySet, *, page: int, limit: int) -> tuple[int, list[Any]]:
    """How many rows there are in all, and those of this page in their order."""
    bare = rows.order_by().select_related(None).prefetch_related(None)
    total = bare.count()
    first = (page - 1) * limit
    if first >= total:
        return total, []
    keys = _keys(rows, first, min(limit, total - first), total)
    found = {row.pk: row for row in rows.filter(pk__in=keys)}
    return total, [found[key] for key in keys if key in found]


def _keys(rows: QuerySet, first: int, count: int, total: int) -> list[Any]:
    keys = rows.select_related(None).prefetch_related(None).values_list("pk", flat=True)
    if first <= total // 2:
        return list(keys[first : first + count])
    from_end = total - first - count
    return list(reversed(keys.reverse()[from_end : from_end + count]))
