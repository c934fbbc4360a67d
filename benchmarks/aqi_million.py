"""Row `aqi.million`: rows per second of `aqi()` on a million rows, against the package python-aqi row by row.

Both get the same six pollutants in the table's own units and return the index of the worst. The peer is timed on a
subsample, since a rate does not depend on how many rows it is taken over. Its PM2.5 and ozone tables are older than
ours, so `aqi()` runs under its edition of before May 2024; where the tables are the same the answers are compared.
"""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import median
from time import perf_counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.rows import Row, at_least
from ingestion.aqi import aqi
from ingestion.aqi.units import factor

ROWS: Final = 1_000_000
PEER_ROWS: Final = 5_000
ROUNDS: Final = 5
GOAL: Final = 50.0
AT: Final = datetime(2024, 1, 1, tzinfo=UTC)
# our key: unit of the table, decimals that it has, highest value drawn (ozone and PM stay inside both tables)
POLLUTANTS: Final = {
    "pm2_5:nowcast": ("µg/m³", 1, 500),
    "pm10:nowcast": ("µg/m³", 0, 600),
    "o3:8h": ("ppm", 3, 0.2),
    "co:8h": ("ppm", 1, 50),
    "so2:1h": ("ppb", 0, 304),
    "no2:1h": ("ppb", 0, 2000),
}
SAME_TABLES: Final = ("pm2_5:nowcast", "pm10:nowcast", "co:8h", "so2:1h", "no2:1h")
SAME_SHARE: Final = 0.99  # the rest are halves, which the peer rounds to even

Columns = dict[str, NDArray[np.float64]]


def run() -> list[Row]:
    """The row of the table; see `benchmarks`."""
    values = draw(ROWS)
    given = {key: v / factor("µg/m³", POLLUTANTS[key][0], key.partition(":")[0]) for key, v in values.items()}
    texts = {key: [str(number) for number in v[:PEER_ROWS]] for key, v in values.items()}
    compare(given, texts)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(ROWS / seconds(lambda: aqi("us_epa", given, AT)))
        theirs.append(PEER_ROWS / seconds(lambda: peer_indices(texts)))
    return [at_least("aqi.million", median(ours), "rows/s", GOAL, peer=median(theirs), digits=0)]


def draw(rows: int) -> Columns:
    """The same numbers every time, in the units and decimals of the tables."""
    rng = np.random.default_rng(20240506)
    return {key: rng.uniform(0, top, rows).round(digits) for key, (_, digits, top) in POLLUTANTS.items()}


def peer_indices(texts: dict[str, list[str]]) -> list[int]:
    """python-aqi, row by row; it takes its numbers as text."""
    import aqi as peer

    names = dict(
        zip(
            POLLUTANTS,
            (
                peer.POLLUTANT_PM25,
                peer.POLLUTANT_PM10,
                peer.POLLUTANT_O3_8H,
                peer.POLLUTANT_CO_8H,
                peer.POLLUTANT_SO2_1H,
                peer.POLLUTANT_NO2_1H,
            ),
            strict=True,
        )
    )
    columns = [(names[key], column) for key, column in texts.items()]
    count = len(columns[0][1])
    return [int(peer.to_aqi([(name, column[row]) for name, column in columns])) for row in range(count)]


def compare(given: Columns, texts: dict[str, list[str]]) -> None:
    """Refuse to time what does not give the same answers."""
    ours = aqi("us_epa", {key: given[key][:PEER_ROWS] for key in SAME_TABLES}, AT).index
    theirs = np.array(peer_indices({key: texts[key] for key in SAME_TABLES}))
    assert np.mean(ours == theirs) >= SAME_SHARE, np.mean(ours == theirs)
    assert np.max(np.abs(ours - theirs)) <= 1


def seconds(work: Any) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
