"""What staff see of every model. Importing an area registers its models."""

from backoffice.admin import catalog, halls, letters, money, people, programme, sales, second_factors, talk, texts

__all__ = ["catalog", "halls", "letters", "money", "people", "programme", "sales", "second_factors", "talk", "texts"]
