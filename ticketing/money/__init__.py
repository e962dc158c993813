"""Payments, providers, refunds, and the proof that all of it adds up."""
