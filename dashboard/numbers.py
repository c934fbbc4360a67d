"""Numbers as people read them."""

from ingestion.models import Variable

DECIMAL_BELOW = 10
DECIMAL_OF_OTHERS_BELOW = 100  # of a machine that runs at 64 to 76 °C, the tenths tell what happens


def number_text(value: float | None, variable: Variable | None = None) -> str:
    """Three digits are enough for a reader: 7.4, 85, 1,480; 69.4 of a `variable` that is no pollutant."""
    if value is None:
        return "–"
    is_fine = variable is not None and not variable.is_pollutant
    return f"{value:.1f}" if abs(value) < (DECIMAL_OF_OTHERS_BELOW if is_fine else DECIMAL_BELOW) else f"{value:,.0f}"
