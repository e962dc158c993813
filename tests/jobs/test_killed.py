"""Whoever enqueues or works may be killed at any moment: nothing is lost, doubled or half done.

A short sample; ``python -m tests.jobs.killing_long`` does twenty deaths and more.
"""

from tests.jobs.killing import kill_again_and_again, wrongs_of


def test_after_kill_9_every_job_is_done_once_and_whole(fresh_database, tmp_path):
    found = kill_again_and_again(database_url=fresh_database(), folder=tmp_path, kills=3, seed=20)

    assert wrongs_of(found, tmp_path) == []
    assert sum(name.startswith("cause ") for name in found["rows"]) > 0
