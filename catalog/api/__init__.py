"""Films, genres and people of the films by REST."""
