"""Halls, their seat grids, and which seats are good ones."""
