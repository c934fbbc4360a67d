"""Numbers as people read them."""


def number_text(value: float | None) -> str:
    """Three digits are enough for a reader: 7.4, 85, 1,480."""
    if value is None:
        return "–"
    return f"{value:.1f}" if abs(value) < 10 else f"{value:,.0f}"
