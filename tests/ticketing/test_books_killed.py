"""``kill -9`` in the middle of sealing and of closing a day: done again, each is done once and nothing is missing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.databases import ROOT, manage, server_environment

# Where the process dies, and what it was at; then it is done again, as a worker or the manager would.
SEAL = "from django.utils import timezone; from ticketing.journal import seal_waiting; seal_waiting(now=timezone.now())"
CLOSE = """
from django.utils import timezone
from accounts.models import User
from backoffice.views import days
from ticketing.money.days import DayClosedMeanwhile
try:
    days.close_day(number={number}, by=User.objects.get(username="manager"), now=timezone.now())
except DayClosedMeanwhile:
    pass
"""
DEATHS = {
    "seals written, not committed": SEAL,
    "seals committed, head not kept": SEAL,
    "sealed, day not begun": CLOSE,
    "day written, not committed": CLOSE,
    "day committed, not answered": CLOSE,
}
BEGIN = """
from tests.factories import a_clerk, a_customer, a_showtime
a_clerk("manager")
showtime, customer = a_showtime(), a_customer()
"""
SELL = """
from accounts.models import User
from tests.factories import an_order
from ticketing.models import Showtime
from django.utils import timezone
from ticketing.money.in_house import pay_in_house
manager, customer = User.objects.get(username="manager"), User.objects.exclude(username="manager").get()
order = an_order(showtime=Showtime.objects.get(), seats=["A{seat}"], customer=customer)
pay_in_house(order=order, provider="office", now=timezone.now(), by=manager)
"""
LOOK = """
import json
from django.utils import timezone
from ticketing.journal.heads import kept_heads
from ticketing.models import BusinessDay, JournalEntry, Order, Seal
from ticketing.money.verify import find_chain_faults, find_faults
now = timezone.now()
closed = BusinessDay.objects.order_by("number")
print(json.dumps({
    "days": list(closed.values_list("number", "first_seal", "head_seal")),
    "sold": [sum(one["sale_count"] for one in day.figures["methods"].values()) for day in closed],
    "orders": Order.objects.paid().count(),
    "closes": JournalEntry.objects.filter(kind="day_closed").count(),
    "twice": Seal.objects.count() - Seal.objects.values("entry").distinct().count(),
    "faults": [*find_chain_faults(now=now, told=list(kept_heads())), *find_faults(now=now)],
}))
"""


@pytest.fixture
def house(fresh_database, tmp_path: Path):
    """The variables of every process of this house, and the file that says where one dies."""
    die = tmp_path / "die"
    here = {"DATABASE_URL": fresh_database(), "VAR_DIR": str(tmp_path), "DIE_FILE": str(die)}
    here["DJANGO_SETTINGS_MODULE"] = "tests.ticketing.mortal.settings"
    manage("shell", "-v", "0", "-c", BEGIN, **here)
    return here, die


def ends_with(act: str, here: dict[str, str]) -> int:
    """Do it in a process of its own; returns how that ended."""
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", act]
    return subprocess.run(
        command, cwd=ROOT, env=server_environment(**here), check=False, capture_output=True
    ).returncode


@pytest.mark.timeout(900)  # eleven processes are started one after the other, on a busy machine slowly
def test_what_is_killed_while_books_are_kept_is_done_once_when_it_is_done_again(house):
    here, die = house
    closed = 0
    for seat, (where, act) in enumerate(DEATHS.items(), start=1):
        closed += act == CLOSE
        die.write_text(where)
        doing = act.format(number=closed)

        died = ends_with(f"{SELL.format(seat=seat)}\n{doing}", here)
        said = manage("shell", "-v", "0", "-c", f"{doing}\n{LOOK}", **here)

        found = json.loads(said.splitlines()[-1])
        assert (died, die.exists(), found["orders"]) == (-9, False, seat), where
        assert (len(found["days"]), found["closes"], found["twice"]) == (closed, closed, 0), where
        assert found["faults"] == [], where
    edges = [number for _day, first, last in found["days"] for number in (first, last + 1)]
    assert edges[0] == 1
    assert edges[1:-1:2] == edges[2::2]
    assert found["sold"] == [3, 1, 1]
