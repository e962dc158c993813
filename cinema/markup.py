"""A little of Markdown for texts that staff write: headings, lists, paragraphs, bold, links. No HTML comes through.

Everything is escaped first; what is made out of it afterwards is only what stands here.
"""

import re
from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
# Of an address only what can't run: a page of the web, a mail, a page of this site.
LINK = re.compile(r"\[([^\[\]]+)\]\(((?:https?://|mailto:|/(?!/))[^\s()]+)\)")
HEADINGS = {"# ": "h2", "## ": "h2", "### ": "h3"}  # the page itself has the h1
ITEM = "- "


def as_html(text: str) -> SafeString:
    """The text as HTML."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return mark_safe("\n".join(part for block in blocks for part in _block(block.splitlines())))  # noqa: S308 - escaped


def _block(lines: list[str]) -> Iterator[str]:
    plain: list[str] = []
    items: list[str] = []
    for line in [*map(str.strip, lines), ""]:
        mark = next((mark for mark in HEADINGS if line.startswith(mark)), None)
        if plain and (mark or line.startswith(ITEM) or not line):
            yield f"<p>{'<br>'.join(plain)}</p>"
            plain = []
        if items and not line.startswith(ITEM):
            yield f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
            items = []
        if mark:
            yield f"<{HEADINGS[mark]}>{_inline(line.removeprefix(mark))}</{HEADINGS[mark]}>"
        elif line.startswith(ITEM):
            items.append(_inline(line.removeprefix(ITEM)))
        elif line:
            plain.append(_inline(line))


def _inline(text: str) -> str:
    text = str(escape(text.strip()))
    text = LINK.sub(r'<a href="\2" rel="nofollow">\1</a>', text)
    return BOLD.sub(r"<strong>\1</strong>", text)
