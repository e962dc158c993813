"""Path converters of the API's addresses."""


class IdConverter:
    """A row's id: as many digits as the database's integers hold."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Its digits."""
        return str(value)
