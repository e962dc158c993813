"""What people say about films, and where they meet."""

from social.models.reviews import Comment, CommentReport, Rating
from social.models.rooms import ChatMessage, Party, Reaction, Restriction, Room

__all__ = ["ChatMessage", "Comment", "CommentReport", "Party", "Rating", "Reaction", "Restriction", "Room"]
