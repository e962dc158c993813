"""Halls, programme, seats, orders and tickets by REST."""
