"""Counting what was done, item by item."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from aqi_project import each as one_by_one

T = TypeVar("T")


def each(items: Iterable[T], work: Callable[[T], int]) -> int:
    """The sum of `work` over all items; one that fails holds up no other."""
    return sum(one_by_one.each(items, work))
