"""Servers, workers, Redis and the database are killed at every step of a sale, of a talk and of a film in the making:
nothing is lost, doubled, sold twice or paid for nothing.
"""

from proofs.trial import Trial

SAMPLE = [
    "tests/ticketing/test_power_cuts.py",
    "tests/live/test_restarts.py",
    "tests/live/test_faults.py",
    "tests/streams/test_killed_worker.py",
]


def prove(trial: Trial) -> str:
    """The tests that kill, again and again on both databases; then the same with a crowd."""
    for _round in trial.repeated(10):
        for postgres in (True, False):
            last = trial.tests(*SAMPLE, "--whole", postgres=postgres)
    sockets = trial.size(500, least=50)
    trial.run("bench.socket_faults", "--sockets", sockets)
    return (
        f"{trial.size(10)} rounds on both databases, the last: {last}; {sockets} sockets through every fault, none lost"
    )
