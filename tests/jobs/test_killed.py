"""Whoever enqueues or works may be killed at any moment: nothing is lost, doubled or half done.

A short sample; ``python3 run.py prove jobs`` kills sixty times on each database (JOB_KILLS, JOB_SEED).
"""

import os

from tests.jobs.killing import kill_again_and_again, wrongs_of

KILLS, SEED = int(os.environ.get("JOB_KILLS", "3")), int(os.environ.get("JOB_SEED", "20"))


def test_after_kill_9_every_job_is_done_once_and_whole(fresh_database, tmp_path):
    found = kill_again_and_again(database_url=fresh_database(), folder=tmp_path, kills=KILLS, seed=SEED)

    causes = sum(name.startswith("cause ") for name in found["rows"])
    print(f"{KILLS} deaths, {causes} transactions, {len(found['rows'])} effects")
    assert wrongs_of(found, tmp_path) == []
    assert causes > 0
