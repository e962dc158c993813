"""The suite at 00:05, 03:00, 21:40 and 23:58 by the house's clock, and in a second time zone: no test depends on the
hour at which it runs.
"""

import os
import time
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from proofs.trial import NotProved, Trial
from runner.checks import spread
from runner.machine import ROOT

HOUSE, ELSEWHERE = "Asia/Shanghai", "America/New_York"
HOURS = ["00:05", "03:00", "21:40", "23:58"]
# For a part of the length: what plans, sells and shows by the day, and the pages of a purchase in a browser.
TELLING = [
    "tests/pages/test_programme.py",
    "tests/house/test_days.py",
    "tests/house/test_first_start.py",
    "tests/demo",
    "tests/journeys/test_buying.py",
    "tests/journeys/test_seat_map.py",
]
# For a sample: the programme by day, and a purchase's first steps.
FIRST_TO_TELL = [*TELLING[:2], "tests/journeys/test_buying.py::test_a_choice_made_before_logging_in_is_kept"]


def prove(trial: Trial) -> str:
    """One run of the suite for each hour, one elsewhere at the hour it is; of a sample, one of these by chance."""
    chosen = FIRST_TO_TELL if trial.sample else TELLING if trial.share < 1 else []
    shared = spread() if trial.share == 1 else []
    said, failed = [], []
    runs = [*((hour, HOUSE) for hour in HOURS), ("", ELSEWHERE)]
    for hour, zone in [runs[trial.seed % len(runs)]] if trial.sample else runs:
        path = os.pathsep.join(filter(None, [str(ROOT / "tests" / "house_clock"), os.environ.get("PYTHONPATH")]))
        variables: dict[str, Any] = {
            "CINEMA_TEST_CLOCK": seconds_until(hour, zone),
            "PYTHONPATH": path,
            "TIME_ZONE": zone,
        }
        name = hour or zone
        try:
            said.append(f"{name}: {trial.tests(*shared, *chosen, **variables)}")
        except NotProved as error:
            failed.append(f"{name}: {error}")
    trial.fail_if(failed)
    return "; ".join(said)


def seconds_until(hour: str, zone: str) -> int:
    """How far the clock has to be put forward or back for it to show that hour of today."""
    if not hour:
        return 0
    now = datetime.fromtimestamp(time.time(), ZoneInfo(zone))
    wanted = now.replace(hour=int(hour[:2]), minute=int(hour[3:]), second=0)
    return round((wanted - now) / timedelta(seconds=1))
