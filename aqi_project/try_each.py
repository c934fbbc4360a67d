"""One bad item must not hold up the others."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
log = logging.getLogger(__name__)


def try_each(items: Iterable[T], work: Callable[[T], R]) -> list[R]:
    """What `work` answers for each item. What fails is logged and left as it is, for the next run to try again."""
    found = []
    for item in items:
        try:
            found.append(work(item))
        except Exception:
            log.exception("%s failed for %s", work.__qualname__, item)
    return found
