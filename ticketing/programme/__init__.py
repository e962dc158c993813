"""What plays when and where: showtimes and their places in the programme."""
