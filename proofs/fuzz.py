"""Requests nobody thought of to every operation of the API, and long stories of holding, paying, refunding and time
passing against small models: no fault of ours, no undescribed answer, sound books.
"""

from proofs.trial import Trial

SAMPLE = ["tests/api/test_any_request.py", "tests/ticketing/test_story.py"]
MODELS = [
    "tests/ticketing/test_story.py",
    "tests/ticketing/test_seating.py",
    "tests/social/test_playback.py",
    "tests/backoffice/test_report_sums.py",
]


def prove(trial: Trial) -> str:
    """Requests first, then the models on both databases."""
    cases, times = trial.size(400, least=3), trial.size(50)
    requests = [
        trial.tests("tests/api/test_any_request.py", postgres=postgres, API_CASES=cases) for postgres in (False, True)
    ]
    models = [trial.tests(*MODELS, postgres=postgres, EXAMPLES_TIMES=times) for postgres in (False, True)]
    return (
        f"{cases} requests to each operation as nobody, customer and staff: {requests[0]} on SQLite, "
        f"{requests[1]} on PostgreSQL. "
        f"Models {times} times as long: {models[0]} on SQLite, {models[1]} on PostgreSQL"
    )
