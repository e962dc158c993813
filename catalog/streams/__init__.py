"""Streams staff upload: `uploads` takes them in, `work` makes them ready, the rest reads what came."""
