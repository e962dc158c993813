"""Writing down what is to be done: one INSERT within the caller's transaction."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from cinema.clock import after
from cinema.jobs.registry import kind_named
from cinema.jobs.wakeup import wake_workers

# While one of the same key waits, it takes the newer arguments and the earlier time; while one runs, it is noted that
# it has to run again. Either way the row is locked until the caller's transaction ends: the job can't begin before.
# SQLite wants the index's own condition word for word.
ENQUEUE = """
INSERT INTO cinema_job (kind, key, arguments, state, due_at, deadline_at, enqueued_at,
                        lease, attempts, lost, progress_done, progress_total, error)
VALUES {rows}
ON CONFLICT (kind, key) WHERE due_at IS NOT NULL AND key > '' DO UPDATE
SET arguments = excluded.arguments,
    deadline_at = excluded.deadline_at,
    due_at = CASE WHEN cinema_job.state = 'waiting' AND excluded.due_at < cinema_job.due_at
                  THEN excluded.due_at ELSE cinema_job.due_at END,
    again_at = CASE WHEN cinema_job.state <> 'running' THEN NULL
                    WHEN cinema_job.again_at < excluded.due_at THEN cinema_job.again_at ELSE excluded.due_at END
RETURNING id
"""
ROW = "(%s, %s, %s, 'waiting', %s, %s, %s, '', 0, 0, 0, 0, '')"
ROWS_PER_STATEMENT = 500


def enqueue(kind: str, *, key: str = "", run_at: datetime | None = None, **arguments: Any) -> int:
    """Have a job done once the transaction at hand has committed, not before ``run_at``; returns its id.

    Raises UnknownJob, and TypeError for arguments that are no plain JSON.
    """
    return _insert(kind, [(key, arguments)], run_at)[0]


def enqueue_many(
    kind: str, jobs: Iterable[tuple[str, Mapping[str, Any]]], *, run_at: datetime | None = None
) -> list[int]:
    """Enqueue one job for each (key, arguments), in as few statements as can be; keys must differ.

    Rows are written in the order of their keys, so that two who enqueue the same ones don't deadlock.
    """
    ordered = sorted(jobs, key=lambda one: one[0])
    parts = range(0, len(ordered), ROWS_PER_STATEMENT)
    return [job_id for at in parts for job_id in _insert(kind, ordered[at : at + ROWS_PER_STATEMENT], run_at)]


def _insert(kind: str, jobs: list[tuple[str, Mapping[str, Any]]], run_at: datetime | None) -> list[int]:
    deadline = kind_named(kind).deadline
    now = timezone.now()
    due_at = run_at or now
    moment = connection.ops.adapt_datetimefield_value
    times = [moment(due_at), moment(after(due_at, deadline)) if deadline else None, moment(now)]
    values: list[Any] = []
    for key, arguments in jobs:
        values += [kind, key, json.dumps(arguments), *times]
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE.format(rows=", ".join([ROW] * len(jobs))), values)
        ids = [job_id for (job_id,) in cursor.fetchall()]
    if due_at <= now:
        transaction.on_commit(wake_workers, robust=True)
    return ids
