"""The rows of this app: people and letters, their sessions, and the security log."""

from accounts.models.house_texts import HouseText
from accounts.models.people import Letter, LetterQuerySet, People, SetupCode, User, UserQuerySet
from accounts.models.security import SecurityEvent
from accounts.models.sessions import PageSession, Session

__all__ = [
    "HouseText",
    "Letter",
    "LetterQuerySet",
    "PageSession",
    "People",
    "SecurityEvent",
    "Session",
    "SetupCode",
    "User",
    "UserQuerySet",
]
