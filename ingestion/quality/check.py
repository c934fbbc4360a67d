"""Running all rules over one reading or over ten thousand: the same code, one reason per value."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import numpy as np

from ingestion.observation import Observation
from ingestion.quality.limits import FROZEN_LONGEST, NEVER
from ingestion.quality.rules import RULES
from ingestion.quality.spec import Flag, Spec
from ingestion.quality.table import tabulate
from ingestion.quality.window import Window, build

ROWS_FOR_JUMP = 3


class Checker:
    """The rules for one station: what its variables are and how often it should report."""

    def __init__(self, specs: Sequence[Spec], interval: timedelta) -> None:
        self._table = tabulate(specs, interval)
        self._interval = interval

    @property
    def rows_needed(self) -> int:
        """How many earlier rows a check wants to see, to find what a check of everything would find."""
        limits = np.concatenate([self._table.frozen, self._table.frozen_at_floor])
        frozen = int(limits[limits < NEVER].max(initial=0))
        return frozen + ROWS_FOR_JUMP  # a leap is measured from rows that do not count where they are frozen

    @property
    def span_needed(self) -> timedelta:
        """The time that these rows must reach back, however often the station reports."""
        return min(self.rows_needed * self._interval, FROZEN_LONGEST + ROWS_FOR_JUMP * self._interval)

    def check(
        self, rows: Sequence[Observation], received_at: Sequence[datetime | None] | None = None
    ) -> list[dict[str, Flag]]:
        """The doubts about each reading of one station, by variable; in any order, the answers in the order given.

        `received_at`: when each arrived; None where that says nothing about its clock.
        """
        times = [row.at for row in rows]
        order = sorted(range(len(rows)), key=times.__getitem__)
        arrived = received_at or [None] * len(rows)
        window = build(self._table, [rows[index] for index in order], [arrived[index] for index in order])
        flags: list[dict[str, Flag]] = [{} for _ in rows]
        for row, code, flag in _doubts(window):
            flags[order[row]][code] = flag
        return flags


def _doubts(window: Window) -> Iterator[tuple[int, str, Flag]]:
    """(row, variable, flag) of every doubtful cell."""
    for rule in RULES:
        found = rule.find(window)
        if found.any():
            for row, column in np.argwhere(found).tolist():
                yield row, window.table.codes[column], Flag(rule.name, rule.say(window, row, column))
            window.values[found] = np.nan
