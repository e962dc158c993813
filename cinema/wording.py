"""Texts in two languages at once, such as 默片 Silent: which part a page shows, and in which language one is."""

import re

from django.utils.translation import get_language

CHINESE = re.compile(r"[㐀-鿿豈-﫿]")
# Chinese first or English first, with nothing but a space or a stroke between them.
CHINESE_FIRST = re.compile(r"(?P<zh>[^A-Za-z]*[㐀-鿿豈-﫿][^A-Za-z]*?)[\s/|·]+(?P<en>[A-Za-z][^㐀-鿿豈-﫿]*)")
ENGLISH_FIRST = re.compile(r"(?P<en>[A-Za-z][^㐀-鿿豈-﫿]*?)[\s/|·]+(?P<zh>[㐀-鿿豈-﫿][^A-Za-z]*)")


def one_language(text: str) -> str:
    """The part of a text in two languages that the reader's page is written in; any other text as it is."""
    found = CHINESE_FIRST.fullmatch(text.strip()) or ENGLISH_FIRST.fullmatch(text.strip())
    if found is None:
        return text
    return found["en" if (get_language() or "").startswith("en") else "zh"].strip()


def language_of(text: str) -> str:
    """The language a text is read out in: Chinese if it has any Chinese in it, else English."""
    return "zh-Hans" if CHINESE.search(text) else "en"
