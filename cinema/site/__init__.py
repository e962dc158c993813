"""The pages that are put together of several rooms: home, a film with its showtimes and what people say of it."""
