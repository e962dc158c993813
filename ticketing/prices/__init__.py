"""What a seat costs."""
