"""The hub of a test's event loop, as the sockets' own tests have it."""

from tests.live.conftest import hub

__all__ = ["hub"]
