"""The names of topics, written here and nowhere else."""


def showtime_topic(showtime_id: int) -> str:
    """Seats of one showtime: held, released, sold, blocked."""
    return f"showtime.{showtime_id}"


def user_topic(user_id: int) -> str:
    """What happens to one account: banned, its tokens made worthless."""
    return f"user.{user_id}"


def room_topic(room_id: str) -> str:
    """One room of talk or of watching together, by its public id such as ``movie-1``."""
    return f"room.{room_id}"
