"""Figures by REST."""
