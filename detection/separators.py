"""Tables whose columns are parted by something else than commas. Plain Python, for all that reads a CSV file."""

from collections.abc import Sequence

OTHERS = {";": "semicolons", "\t": "tabs"}


def parted_otherwise(name: str, columns: Sequence[str]) -> str:
    """The sentence for the header of such a file, read with commas; empty for any other."""
    found = next((word for sign, word in OTHERS.items() if len(columns) == 1 and sign in columns[0]), "")
    if not found:
        return ""
    return f"{name} parts its columns with {found}: save it with commas between them, and points in numbers."
