"""Reading the seats off a page that shows them."""

import json
from dataclasses import dataclass
from html.parser import HTMLParser


@dataclass
class Place:
    """A seat as the page shows it."""

    status: str
    is_chosen: bool
    is_closed: bool
    name: str
    prices: dict


class Places(HTMLParser):
    """Reads the seats off a page, by label."""

    def __init__(self) -> None:
        super().__init__()
        self.found, self.status = {}, ""

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag == "label" and facts.get("class") == "seat":
            self.status = facts["data-status"]
        if tag == "input" and facts.get("name") == "seats":
            self.found[facts["data-label"]] = Place(
                status=self.status,
                is_chosen="checked" in facts,
                is_closed="disabled" in facts,
                name=facts["aria-label"],
                prices=json.loads(facts["data-prices"]),
            )


def places(page):
    """The seats as the page draws them, by label."""
    reader = Places()
    reader.feed(page.content.decode())
    return reader.found
