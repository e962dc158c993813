"""What the house earned, how full it was, what it paid back, and what it owes a distributor an account of.

Every report is one ``Report``: the page, its chart, the CSV and the XLSX are all drawn from the same rows and totals.
"""

from backoffice.reports.box_office import BASES, DIMENSIONS, box_office, cash_flow
from backoffice.reports.film_return import film_return, films_with_showtimes
from backoffice.reports.occupancy import OCCUPANCY_BY, occupancy
from backoffice.reports.periods import BadPeriod, quick_periods, read_day, read_period
from backoffice.reports.postings import posting_lines, postings
from backoffice.reports.refunds import refunds
from backoffice.reports.table import Column, Report
from backoffice.reports.takings import TAKINGS_BY, takings

__all__ = [
    "BASES",
    "DIMENSIONS",
    "OCCUPANCY_BY",
    "TAKINGS_BY",
    "BadPeriod",
    "Column",
    "Report",
    "box_office",
    "cash_flow",
    "film_return",
    "films_with_showtimes",
    "occupancy",
    "posting_lines",
    "postings",
    "quick_periods",
    "read_day",
    "read_period",
    "refunds",
    "takings",
]
