"""One bad item must not hold up the others."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


def each(items: Iterable[T], work: Callable[[T], int]) -> int:
    """The sum of `work` over all items. What fails is logged and left as it is, for the next run to try again."""
    total = 0
    for item in items:
        try:
            total += work(item)
        except Exception:
            log.exception("%s failed for %s", work.__qualname__, item)
    return total
