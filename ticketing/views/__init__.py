"""The pages on which seats are found, chosen, paid and shown at the door."""
