"""What staff see of every model. Importing an area registers its models."""

from backoffice.admin import catalog, halls, money, people, programme, sales, talk

__all__ = ["catalog", "halls", "money", "people", "programme", "sales", "talk"]
