"""Why a CSV file cannot be taken as it stands: sentences that say what to do. Plain Python, for all that read one."""

from collections.abc import Sequence

OTHERS = {";": "semicolons", "\t": "tabs"}
MEND = "put quotes around a value that holds a comma, or take the line out"


def no_text(name: str) -> str:
    return f"{name} is no text in UTF-8: save the table as CSV in UTF-8."


def empty(name: str) -> str:
    return f"{name} is empty: it needs a header line and rows below it."


def no_column(name: str, column: str, columns: Sequence[str]) -> str:
    """The sentence for a file without a column that is asked for."""
    return parted_otherwise(name, columns) or f"{name} has no column {column!r}; it has: {', '.join(columns)}."


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


def too_long(name: str, line: int | str, fields: int | str, wanted: int | str) -> str:
    """The sentence for a file with a line that has more fields than its header."""
    return f"Line {line} of {name} has {fields} fields and not {wanted}: {MEND}."


def no_number(first: str) -> str:
    """Why a column that begins with this text holds no number, as half a sentence; `first` is empty where it is."""
    return f"it begins with {first!r}, write numbers like 12.5" if first else "it is empty"
