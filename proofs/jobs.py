"""Workers, whoever enqueues and the demo's one process are killed in the middle of every kind of work: each job is done
once and whole, none is lost, none stays running.
"""

from proofs.trial import Trial

SAMPLE = ["tests/jobs/test_killed.py", "tests/streams/test_killed_worker.py"]


def prove(trial: Trial) -> str:
    """Sixty deaths on each database, twenty of each of the three."""
    kills = trial.size(60, least=3)
    last = [
        trial.tests("tests/jobs/test_killed.py", "-s", postgres=postgres, JOB_KILLS=kills, JOB_SEED=trial.seed)
        for postgres in (False, True)
    ]
    return f"{kills} deaths on each database, nothing lost, doubled or left running; {last[-1]}"
