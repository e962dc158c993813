"""What a limit is: so much in so many seconds, for each address, network, account or device."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from limits import RateLimitItem, RateLimitItemPerSecond


class By(StrEnum):
    """Whom a limit counts for."""

    ADDRESS = "address"
    NETWORK = "network"
    ACCOUNT = "account"
    DEVICE = "device"


@dataclass(frozen=True)
class RateLimit:
    """``amount`` in any ``seconds``, as a sliding window.

    With ``refills``: ``amount`` at once, and each comes back by itself after its share of ``seconds``.
    """

    name: str
    by: By
    amount: int
    seconds: int
    refills: bool = False

    @cached_property
    def item(self) -> RateLimitItem:
        """The same as the ``limits`` library has it; its name is part of the key that is counted."""
        return RateLimitItemPerSecond(self.amount, self.seconds, f"{self.name}/{self.by}")


@dataclass(frozen=True)
class SlotLimit:
    """``amount`` at the same time."""

    name: str
    by: By
    amount: int
