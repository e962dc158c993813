"""Who has a seat: claims, holds, orders, tickets, and changes that mind what was sold."""
