"""Letting people in."""
