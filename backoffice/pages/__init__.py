"""Pages of work that are no lists of rows."""
