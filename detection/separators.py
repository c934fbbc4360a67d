"""Headers that cannot be taken as they stand. Plain Python, for all that reads a CSV file."""

from collections.abc import Sequence

OTHERS = {";": "semicolons", "\t": "tabs"}


def parted_otherwise(name: str, columns: Sequence[str]) -> str:
    """The sentence for the header of such a file, read with commas; empty for any other.

    A title may hold a comma itself, such as `PM2,5`, and the header fall apart there.
    """
    header, commas = ",".join(columns), len(columns) - 1
    found = next((word for sign, word in OTHERS.items() if header.count(sign) >= max(1, commas)), "")
    if not found:
        return ""
    return f"{name} parts its columns with {found}: save it with commas between them, and points in numbers."


def named_twice(name: str, header: Sequence[str], wanted: Sequence[str]) -> str:
    """The sentence for a file with several columns of a name that is asked for; empty for any other."""
    twice = next((one for one in wanted if list(header).count(one) > 1), None)
    return f"{name} has several columns {twice!r}: give each a name of its own." if twice is not None else ""
