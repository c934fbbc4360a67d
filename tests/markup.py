"""A page's HTML as a browser takes it: templates are laid out in lines, which tests need not know."""

import re


def tight(html: str) -> str:
    """Without line breaks and the blanks around them; between words one blank stays."""
    return re.sub(r"\s*\n\s*", " ", re.sub(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)", "", html))
