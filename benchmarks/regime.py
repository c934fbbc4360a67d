"""Rows `regime.*`: Lahore 2025-02-10 .. 2025-06-30 through the running system, over its provider's change of model.

`regime.co`, `regime.no2`: days from the change to its report. `regime.alarms`: reports of drift in the 17 days before.
`regime.error_*`: the new champion's mean error in the month after it began to serve, beside the old one's had it
stayed. `regime.stable_*`: the most reports of drift that a series has from July to September.

Simulated: a step is a day of readings and not an hour; a run that is asked for is carried out at once, in its own
process, and not by a waiting worker; a series is trained on schedule each four weeks and not each week; detectors that
have no part in the forecasts are left out. Time is the readings'.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from benchmarks import lahore
from benchmarks.rows import Row, at_most, row
from benchmarks.site import answer_of, database

MODELLED: Final = ("co", "no2")
FIRST: Final = datetime(2024, 1, 1, tzinfo=UTC)  # of the history; no readings from 2024-06-11 to 2025-02-09
START: Final = datetime(2025, 2, 10, tzinfo=UTC)
END: Final = datetime(2025, 7, 1, tzinfo=UTC)
CHANGE: Final = datetime(2025, 4, 5, tzinfo=UTC)
QUIET: Final = timedelta(days=17)  # before the change
STABLE: Final = (datetime(2025, 7, 1, tzinfo=UTC), datetime(2025, 9, 30, tzinfo=UTC))
DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=30)
RETRAIN_DAYS: Final = 28
WITHIN_DAYS: Final = {"co": 3.0, "no2": 5.0}
HALF: Final = 0.5


def run() -> list[Row]:
    """The rows; none where the larger data sets are missing."""
    if not lahore.is_there():
        return []
    with database() as environment:
        return [*_said(environment, "replay"), *_said(environment, "stable")]


def _said(environment: dict[str, str], step: str) -> list[Row]:
    """The rows that a step measures, in a process that serves the benchmark's database."""
    return list(answer_of("-m", "benchmarks.regime", step, environment=environment))


def replay() -> list[Row]:
    """From day to day: store, score, foretell, watch, train."""
    station = _station(MODELLED)
    _store(station, FIRST, START)
    _watch(station.slug)
    for day in _days(START, END):
        _store(station, day, day + DAY)
        _watch(station.slug)
    reported = {variable: _reported(variable) for variable in MODELLED}
    rows = [at_most(f"regime.{v}", days, "days", WITHIN_DAYS[v]) for v, days in reported.items()]
    before = _alarms(CHANGE - QUIET, CHANGE)
    return [*rows, at_most("regime.alarms", before, "alarms", 0), *(_errors(variable) for variable in MODELLED)]


def stable() -> list[Row]:
    """The same station over the stable months, all its pollutants watched. Nothing is trained: drift alone is asked."""
    from detection.lifecycle.watch import drift_watch
    from detection.models import DriftReport, Series
    from ingestion.models import Station

    station = Station.objects.get()
    DriftReport.objects.all().delete()
    for variable in ("pm2_5", "pm10", "no2", "so2", "o3", "co"):
        Series.objects.get_or_create(key=f"lahore/{variable}", defaults={"station": "lahore", "variable": variable})
    Series.objects.update(window_starts_at=CHANGE + DAY)
    for day in _days(*STABLE):
        _store(station, day, day + DAY)
        drift_watch.check_station(station.slug)
    found = {key: DriftReport.objects.filter(series=key, is_new=True).count() for key in _keys()}
    return [at_most(f"regime.stable_{key.partition('/')[2]}", count, "alarms", 1) for key, count in found.items()]


def _keys() -> list[str]:
    from detection.models import Series

    return list(Series.objects.values_list("key", flat=True))


def _station(variables: tuple[str, ...]) -> Any:
    from detection.models import Series
    from ingestion.storing.catalogue import ensure_pollutants
    from tests.factories import make_station

    ensure_pollutants()
    for variable in variables:
        place = {"key": f"lahore/{variable}", "station": "lahore", "variable": variable}
        Series.objects.create(**place, detectors=["prophet_band", "out_of_range"], retrain_days=RETRAIN_DAYS)
    return make_station()


def _store(station: Any, start: datetime, end: datetime) -> None:
    """Readings from `start` until before `end`, by the way that every reading takes."""
    from ingestion.observation import Observation
    from ingestion.storing.store import store

    rows = lahore.recorded().loc[start : end - timedelta(seconds=1)]
    found = [Observation(at.to_pydatetime(), row.dropna().to_dict(), "openweather") for at, row in rows.iterrows()]
    for first in range(0, len(found), 500):
        store(station, found[first : first + 500])


def _watch(slug: str) -> None:
    """What the worker does each minute, and the trainings that it asks for."""
    from detection.lifecycle.training import runs
    from detection.lifecycle.training.forked import Forked
    from detection.models import Series, TrainingRun
    from detection.tasks import score_station, watch_models

    for series in Series.objects.filter(champion=None):
        runs.request(series, "first", "No version serves.")
    score_station(slug)
    watch_models()
    for run in TrainingRun.objects.filter(state__in=TrainingRun.OPEN):
        runs.execute(str(run.pk), trainer=Forked)
        run.refresh_from_db()
        print(run.data_until, run.series, run.reason, run.state, run.promoted, run.outcome, file=sys.stderr, flush=True)


def _days(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += DAY


def _reported(variable: str) -> float | None:
    """Days from the change to the end of the readings at which it was first reported."""
    from detection.models import DriftReport

    found = DriftReport.objects.filter(series=f"lahore/{variable}", is_new=True, at__gte=CHANGE).order_by("at").first()
    return round((found.at - CHANGE) / DAY, 2) if found else None


def _alarms(start: datetime, end: datetime) -> int:
    from detection.models import DriftReport

    return DriftReport.objects.filter(is_new=True, at__gte=start, at__lt=end).count()


def _errors(variable: str) -> Row:
    """Of the first version trained on the days after the change that served, and of the one before it."""
    from detection.models import Promotion, TrainingRun

    key = f"lahore/{variable}"
    retrained = TrainingRun.objects.filter(series=key, reason="drift", promoted=True).order_by("requested_at").first()
    if retrained is None or retrained.data_until is None:
        return row(f"regime.error_{variable}", None, "µg/m³", f"ratio ≤ {HALF:g}", met=False)
    change = Promotion.objects.get(series=key, to_number=retrained.version)
    start = retrained.data_until
    ours, theirs = (_error(key, number, start) for number in (change.to_number, change.from_number))
    return at_most(f"regime.error_{variable}", ours, "µg/m³", HALF, peer=theirs)


def _error(key: str, number: int | None, start: datetime) -> float:
    """Mean distance of the readings of a month from what a version expects for their hours."""
    from detection import frames
    from detection.live.band import Band
    from detection.models import ModelVersion

    band = Band(ModelVersion.objects.get(series=key, number=number).band)
    station, _, variable = key.partition("/")
    came = frames.load(station, start + timedelta(hours=1), start + MONTH)[variable].dropna()
    known = [(at, value) for at, value in came.items() if band.start <= at <= band.end]
    print(key, number, "month from", start, len(known), "of", len(came), "hours", file=sys.stderr, flush=True)
    return float(sum(abs(value - band.at(at).expected) for at, value in known) / len(known))


STEPS: Final = {"replay": replay, "stable": stable}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aqi_project.settings")
    import django

    django.setup()
    print(json.dumps(STEPS[sys.argv[1]]()))
