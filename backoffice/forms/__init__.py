"""The back office's own forms."""
