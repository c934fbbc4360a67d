"""What a stored reading says of doubts. Flagged values are kept and shown, and count nowhere."""

from collections.abc import Mapping
from typing import Any


def trusted(reading: Mapping[str, Any], code: str) -> float:
    """The value of a stored reading that may count; NaN where none came or where it is in doubt."""
    value = None if code in reading["flags"] else reading["values"].get(code)
    return float("nan") if value is None else float(value)


def rule_of(flag: str) -> str:
    """The name of the rule that doubts a value: a stored flag is "frozen: It has not changed …"."""
    return flag.partition(":")[0]
