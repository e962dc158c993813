"""The people's side of the REST API."""
