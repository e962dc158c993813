"""``manage.py runserver`` with the sockets, for development: daphne's own, which no other command has to load."""

from daphne.management.commands.runserver import Command

__all__ = ["Command"]
