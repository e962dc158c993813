"""Where sockets use the database: in a few threads of a process, so that one slow question doesn't hold up all others.

Django's own way is one thread for every socket of a process. A thread gives its connection back after each call, as
requests do, so this takes no more than so many of PostgreSQL's, and leaves none open to a database that is dropped.
SQLite lets one write at a time whatever the number of threads; more of them would only wait for one another.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.db import DatabaseSyncToAsync

THREADS = 4

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="socket-database")


def in_database_thread(function: Callable) -> Callable[..., Any]:
    """An awaitable form of a function that uses the database."""
    return DatabaseSyncToAsync(function, thread_sensitive=False, executor=_threads)
