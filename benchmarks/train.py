"""Rows `train.*`: seconds to retrain a station of eight pollutants on a year of hours, with two workers.

`train.station` is all of it: detectors, forecasters, the gate against the champion, storing. `train.learned` is the
learned detector's part of it, `train.bands` the Prophet bands alone beside bare `Prophet().fit` on the same values.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from multiprocessing.pool import Pool
from time import perf_counter
from typing import Final

import pandas as pd

from benchmarks import lahore
from benchmarks.rows import Row, at_most, row
from benchmarks.site import ROOT, database, python
from detection.detectors import create
from detection.lifecycle.training.forked import context

YEAR: Final = ("2023-04-01", "2024-03-30")
WORKERS: Final = 2
SECONDS: Final = 60.0
RATIO: Final = 1.3


def run() -> list[Row]:
    """The rows; none where the larger data sets are missing."""
    if not lahore.is_there():
        return []
    frame = year()
    whole, without = retrained()
    return [
        at_most("train.station", whole, "s", SECONDS),
        row("train.learned", max(whole - without, 0.0), "s"),
        bands(frame),
    ]


def year() -> pd.DataFrame:
    return lahore.recorded().loc[slice(*YEAR)]


def retrained() -> tuple[float, float]:
    """Seconds of `manage.py train` where a champion serves: with all detectors, and without the learned one."""
    with database() as environment:
        trained(environment, "fill")
        train(environment)
        trained(environment, "another_hour")
        whole = train(environment)
        trained(environment, "unlearned")
        return whole, train(environment)


def train(environment: dict[str, str]) -> float:
    start = perf_counter()
    command = [sys.executable, "manage.py", "train", "lahore", "--workers", str(WORKERS)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def trained(environment: dict[str, str], step: str) -> None:
    """Run one of the functions of STEPS on the benchmark's database."""
    python(environment, "-m", "benchmarks.train", step)


def fill() -> None:
    """The year, on a station `lahore`."""
    from aqi_project.mongo import collection
    from ingestion.models import Reading
    from ingestion.storing.catalogue import ensure_pollutants
    from tests.factories import make_station, reading_document

    ensure_pollutants()
    make_station()
    rows = [reading_document("lahore", at, values=values.dropna().to_dict()) for at, values in year().iterrows()]
    collection(Reading).insert_many(rows)


def another_hour() -> None:
    """Other data than the champion's, so that it is trained anew: without its oldest hour."""
    from aqi_project.mongo import collection
    from ingestion.models import Reading

    collection(Reading).find_one_and_delete({}, sort=[("at", 1)])


def unlearned() -> None:
    """The usual detectors without the learned one."""
    from detection.detectors.ensemble import USUAL
    from detection.models import Series

    Series.objects.update(detectors=[kind for kind in USUAL if kind != "learned"])


def bands(frame: pd.DataFrame) -> Row:
    """Two workers that have loaded the libraries, beside the sum of the bare fits divided by the workers."""
    with context().Pool(WORKERS) as pool:
        pool.map(fit_band, [frame[["no2"]].head(1000)] * WORKERS)  # each starts and loads
        bare = sum(fit_bare(frame[name].dropna()) for name in frame) / WORKERS
        ours = bands_of(pool, frame)
    return at_most("train.bands", ours, "s", RATIO, peer=bare)


def bands_of(pool: Pool, frame: pd.DataFrame) -> float:
    start = perf_counter()
    pool.map(fit_band, [frame[[name]] for name in frame], chunksize=1)
    return perf_counter() - start


def fit_band(frame: pd.DataFrame) -> None:
    create("prophet_band", str(frame.columns[0]), zone=lahore.ZONE).fit(frame)


def fit_bare(values: pd.Series) -> float:
    """Seconds of `Prophet().fit`."""
    for name in ("prophet", "cmdstanpy"):
        logging.getLogger(name).disabled = True
    from prophet import Prophet

    history = pd.DataFrame({"ds": values.index.tz_localize(None), "y": values.to_numpy()})
    start = perf_counter()
    Prophet().fit(history)
    return perf_counter() - start


STEPS: Final = {"fill": fill, "another_hour": another_hour, "unlearned": unlearned}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    import django

    django.setup()
    STEPS[sys.argv[1]]()
