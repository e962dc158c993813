"""Spans are added to moments in UTC: the clock itself, and a look through the source for the other kind."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cinema.clock import BadTime, NoSuchTime, after, before, elapsed, moment_of, read_time, wall_clock, written
from cinema.days import Period, day_of, midnight, programme_day_of, same_time_on

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("accounts", "backoffice", "catalog", "cinema", "social", "ticketing")
CLOCKS = {"cinema/clock.py", "cinema/days.py"}
# What turns a local time into a moment, or a moment into one whose arithmetic goes by the wall clock.
CONVERSIONS = {
    "make_aware", "make_naive", "combine", "localtime", "localdate", "get_current_timezone", "get_default_timezone",
}  # fmt: skip


@pytest.fixture(params=["Europe/Berlin", "Asia/Shanghai"])
def zone(request, settings) -> str:
    """A zone whose clocks change, and the house's own."""
    settings.TIME_ZONE = request.param
    return request.param


@pytest.fixture
def berlin(settings) -> None:
    """A house whose clocks change."""
    settings.TIME_ZONE = "Europe/Berlin"


def test_a_time_that_the_clocks_skip_is_refused(berlin):
    assert moment_of(datetime(2030, 3, 31, 1, 59)) == datetime(2030, 3, 31, 0, 59, tzinfo=UTC)
    with pytest.raises(NoSuchTime):
        moment_of(datetime(2030, 3, 31, 2, 0))
    with pytest.raises(NoSuchTime):
        read_time("2030-03-31 02:59")
    assert moment_of(datetime(2030, 3, 31, 3, 0)) == datetime(2030, 3, 31, 1, 0, tzinfo=UTC)


def test_a_time_shown_twice_is_the_first_unless_an_offset_says_otherwise(berlin):
    first, second = datetime(2030, 10, 27, 0, 30, tzinfo=UTC), datetime(2030, 10, 27, 1, 30, tzinfo=UTC)

    assert moment_of(datetime(2030, 10, 27, 2, 30)) == moment_of(datetime(2030, 10, 27, 2, 30, fold=1)) == first
    assert read_time("2030-10-27T02:30") == read_time("2030-10-27 02:30:00+0200") == first
    assert read_time("2030-10-27T02:30+01:00") == read_time("2030-10-27 02:30 +01:00") == second
    assert [written(first), written(second)] == ["2030-10-27T02:30", "2030-10-27T02:30+01:00"]
    assert [read_time(written(first)), read_time(written(second))] == [first, second]


@pytest.mark.parametrize("text", ["", "2030-10-27", "27.10.2030 02:30", "2030-13-01 10:00", "0001-01-01 00:00", "now"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(BadTime):
        read_time(text)


def test_spans_are_added_in_utc_whatever_zone_a_moment_comes_in(zone):
    start = datetime(2030, 3, 31, 0, 15, tzinfo=UTC)
    local = start.astimezone(ZoneInfo(zone))
    film = timedelta(minutes=166)

    assert after(local, film) == datetime(2030, 3, 31, 3, 1, tzinfo=UTC)
    assert before(after(local, film), film) == start
    assert elapsed(local, after(local, film).astimezone(local.tzinfo)) == film


def test_a_day_begins_at_its_first_moment_also_where_midnight_is_skipped(settings):
    settings.TIME_ZONE = "America/Santiago"
    change = date(2026, 9, 6)

    assert midnight(change) == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert wall_clock(midnight(change)) == datetime(2026, 9, 6, 1)
    assert day_of(midnight(change)) == change
    assert elapsed(midnight(change), Period(change, change).ends_at) == timedelta(hours=23)


def test_days_are_23_and_25_hours_long_and_the_programme_keeps_its_evening(berlin):
    spring, autumn = date(2030, 3, 31), date(2030, 10, 27)

    assert [elapsed(midnight(day), Period(day, day).ends_at).total_seconds() / 3600 for day in (spring, autumn)] == [
        23,
        25,
    ]
    assert programme_day_of(moment_of(datetime(2030, 3, 31, 5, 59))) == date(2030, 3, 30)
    assert programme_day_of(moment_of(datetime(2030, 3, 31, 6, 0))) == spring
    assert same_time_on(spring, moment_of(datetime(2030, 3, 24, 20, 0))) == moment_of(datetime(2030, 3, 31, 20, 0))
    with pytest.raises(NoSuchTime):
        same_time_on(spring, moment_of(datetime(2030, 3, 24, 2, 30)))


# The source


def sources() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if name not in CLOCKS and "/migrations/" not in name:
                yield name, ast.parse(file.read_text())


def name_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def span_names(tree: ast.Module) -> set[str]:
    """The names that are given a span anywhere in a file: ``STEP = timedelta(minutes=5)``."""
    found: set[str] = set()
    for _round in range(2):
        for node in ast.walk(tree):
            value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
            if value is not None and is_span(value, found):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {name_of(target) for target in targets}
    return found - {""}


def is_span(node: ast.AST, names: set[str]) -> bool:
    """Whether an expression is a span of time, as far as one can see."""
    if isinstance(node, ast.Call):
        choice = name_of(node.func) in {"min", "max"} and any(is_span(one, names) for one in node.args)
        return choice or name_of(node.func) in {"timedelta", "elapsed"}
    if isinstance(node, ast.BinOp):
        left, right = is_span(node.left, names), is_span(node.right, names)
        if isinstance(node.op, (ast.Div, ast.FloorDiv)):
            return left and not right
        return left or right if isinstance(node.op, ast.Mult) else left and right
    if isinstance(node, ast.IfExp):
        return is_span(node.body, names) or is_span(node.orelse, names)
    if isinstance(node, (ast.UnaryOp, ast.Subscript)):
        return is_span(node.operand if isinstance(node, ast.UnaryOp) else node.value, names)
    return name_of(node) in names


def is_moment(node: ast.AST) -> bool:
    """Whether an expression is a moment by its name: ``showtime.starts_at``, ``order.expires_at``."""
    return name_of(node).endswith(("_at", "_until"))


def is_now(node: ast.AST) -> bool:
    """``now`` is UTC wherever it comes from (``timezone.now()``), and the monotonic clock has no zone."""
    return name_of(node.func if isinstance(node, ast.Call) else node) in {"now", "clock", "monotonic"}


def is_seconds(node: ast.AST) -> bool:
    """A number of seconds: what no datetime can be added to."""
    stamp = isinstance(node, ast.Call) and name_of(node.func) in {"timestamp", "total_seconds"}
    return stamp or name_of(node).endswith("_SECONDS") or isinstance(node, ast.Constant)


def wrong_sums(tree: ast.Module) -> Iterator[int]:
    """The lines where a span is added to a moment other than now, or one such moment taken from another."""
    spans = span_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.AugAssign):
            pair, op = (node.target, node.value), node.op
        elif isinstance(node, ast.BinOp):
            pair, op = (node.left, node.right), node.op
        else:
            continue
        if not isinstance(op, (ast.Add, ast.Sub)) or any(map(is_now, pair)):
            continue
        if any(map(is_seconds, pair)):
            continue
        if any(map(is_moment, pair)) or sum(is_span(one, spans) for one in pair) == 1:
            yield node.lineno


def conversions(tree: ast.Module) -> Iterator[int]:
    """The lines where a local time is made by other means than the clock's."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            given_zone = name_of(node.func) == "replace" and any(word.arg == "tzinfo" for word in node.keywords)
            if given_zone or name_of(node.func) in CONVERSIONS:
                yield node.lineno


def test_spans_are_added_to_now_and_to_all_other_moments_by_the_clock_alone():
    found = [f"{name}:{line}" for name, tree in sources() for line in wrong_sums(tree)]

    assert "\n".join(found) == ""


def test_local_times_become_moments_in_the_clock_alone():
    found = [f"{name}:{line}" for name, tree in sources() for line in conversions(tree)]

    assert "\n".join(found) == ""


@pytest.mark.parametrize(
    "wrong",
    [
        "ends_at = showtime.starts_at + timedelta(minutes=5)",
        "starts_at += STEP\nSTEP = timedelta(minutes=5)",
        "length = showtime.ends_at - showtime.starts_at",
        "tomorrow = localtime(now) + timedelta(days=1)",
        "early = first - min(SPAN, timedelta(hours=1))",
        "def f(turn):\n    turn = timedelta(minutes=5)\n    return start + -(-turn // 3) * 3",
    ],
)
def test_the_look_through_the_source_sees_each_wrong_kind(wrong):
    assert list(wrong_sums(ast.parse(wrong))) != []


def test_the_look_lets_right_sums_pass():
    right = """
STEP = timedelta(minutes=5)
x = now + STEP
y = timezone.now() - timedelta(days=1)
z = now - row.created_at
w = after(showtime.starts_at, STEP)
v = timedelta(minutes=3) + STEP
u = count + 1
"""
    assert list(wrong_sums(ast.parse(right))) == []
