"""The house as it is, with one address more: what ``bench/orders.py`` compares with."""

from cinema.settings import *  # noqa: F403

ROOT_URLCONF = "bench.bare"
