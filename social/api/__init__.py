"""Ratings and comments by REST."""
