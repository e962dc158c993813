"""Lists by page: ``page`` from 1, ``limit`` from 1 to 100.

A deep page costs what a shallow one costs but for walking the index: only primary keys are skipped, in the order of an
index and from whichever end is nearer, and the rows of the one page are fetched by key.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

MOST_PAGES = 10**9
NEWEST = 500  # of a list whose document knows no paging


class PageQuery(serializers.Serializer):
    """Which page, and how long a page is."""

    page = serializers.IntegerField(min_value=1, max_value=MOST_PAGES, default=1)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=10)


class OptionalPage(serializers.Serializer):
    """A page, if one is asked for."""

    page = serializers.IntegerField(min_value=1, max_value=MOST_PAGES, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=100, required=False)


def page_or_all(rows: QuerySet, asked: dict[str, Any]) -> Iterable[Any]:
    """A page of the list where one is asked for, else the whole of it: for what is never cut, such as films on show."""
    if {"page", "limit"} & asked.keys():
        return page_of(rows, page=asked.get("page", 1), limit=asked.get("limit", 10))[1]
    return rows


def page_or_newest(rows: QuerySet, asked: dict[str, Any], *, newest_first: bool) -> list[Any]:
    """A page of the list where one is asked for, else its newest, in the list's own order."""
    if {"page", "limit"} & asked.keys():
        return list(page_or_all(rows, asked))
    if newest_first:
        return list(rows[:NEWEST])
    return list(rows.reverse()[:NEWEST])[::-1]


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
