"""Urdu's own digits, ۰ to ۹, for readers who chose them. What a page says is rewritten once, as it leaves.

Latin words keep theirs (PM2.5, N95, an address), and so does whatever is no text: tags, scripts, code to copy.
"""

import re
from typing import Any

LATIN, URDU = "latin", "urdu"
TO_URDU = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
WORD = re.compile(r"&#?\w+;|[A-Za-z][\w./:@-]*|\d", re.ASCII)  # an entity, a Latin word, or a digit by itself
PIECE = re.compile(r"<(script|style|pre|code|textarea)\b.*?</\1>|<[^>]*>|[^<]+", re.DOTALL)
SPOKEN = re.compile(r'(\s(?:title|aria-label)=")([^"]*)')  # attributes that people hear or see


def in_text(text: str) -> str:
    return WORD.sub(lambda found: found[0].translate(TO_URDU) if len(found[0]) == 1 else found[0], text)


def in_html(html: str) -> str:
    return PIECE.sub(_piece, html)


def in_words(state: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """A copy with the named texts rewritten; a dictionary of texts counts as its texts."""
    return {name: _said(value) if name in names else value for name, value in state.items()}


def _said(value: str | dict[str, str]) -> str | dict[str, str]:
    return {key: in_text(text) for key, text in value.items()} if isinstance(value, dict) else in_text(value)


def _piece(found: re.Match[str]) -> str:
    piece = found[0]
    if not piece.startswith("<"):
        return in_text(piece)
    return piece if found[1] else SPOKEN.sub(lambda said: said[1] + in_text(said[2]), piece)
