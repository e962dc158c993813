"""The production shape with the demo cinema in it, for proofs that need the whole of it."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from proofs.trial import NotProved
from runner.servers import find_nginx, find_postgres, find_redis, postgres, redis
from tests.fixtures.production import REHEARSAL, Production


@contextlib.contextmanager
def production(**variables: str) -> Iterator[Production]:
    """nginx, WSGI and ASGI workers, PostgreSQL and Redis, all thrown away afterwards."""
    binaries, redis_binary = find_postgres(), find_redis()
    if not (binaries and redis_binary and find_nginx()):
        raise NotProved("It needs more than this machine has: sudo apt install postgresql redis-server nginx")
    with (
        tempfile.TemporaryDirectory(prefix="cinema-proof-") as folder,
        postgres(binaries) as database,
        redis(redis_binary) as bus,
    ):
        Path(folder).chmod(0o755)  # nginx's workers read the uploads there
        house = Production(Path(folder), database, bus, **{**REHEARSAL, **variables})
        try:
            house.wait()
            yield house
        finally:
            house.end()
