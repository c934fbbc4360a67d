"""Challengers that watch beside the champion: they foretell the same hours live, then the better one serves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aqi_project.clock import DAY
from detection import frames
from detection.lifecycle.gate.decision import NAIVE, NAMES, Decision, decide
from detection.lifecycle.gate.expected import distances, expected_by
from detection.lifecycle.watch.records import NEAR, share_read
from detection.live.forecasts import issuing
from detection.models import Forecast, ModelVersion, Promotion, Series, ShadowForecast, TrainingRun
from detection.versions.registry import SYSTEM, RegistryError, days, promote, watches
from ingestion.newest import newest_at

if TYPE_CHECKING:
    import pandas as pd

    from detection.forecasting.grid import Array

HOURS = 24  # ahead, over which an issue's error is the mean
LONGER = timedelta(days=14)  # that a watch goes on for at most while too little can be compared


def watching(station: str) -> list[Series]:
    """Series of a station whose challenger passed the gate and now watches."""
    return [series for series in Series.objects.filter(station=station, is_active=True) if watches(series)]


def issue(station: str) -> int:
    """Let the watching challengers of a station foretell from its newest reading; returns how many did."""
    now = newest_at(station)
    if now is None:
        return 0
    there = ShadowForecast.objects.filter(issued_at=now, series__startswith=f"{station}/")
    done = set(there.values_list("series", "model_version"))
    due = [one for one in watching(station) if (one.key, one.challenger) not in done]
    due = [one for one in due if not issuing.is_in_vain(one, one.challenger, now)]
    if not due:
        return 0
    frame = frames.load(station, now - issuing.LOOK_BACK)
    return sum(_issue_one(series, frame, now) for series in due)


def _issue_one(series: Series, frame: pd.DataFrame, now: datetime) -> bool:
    table = issuing.tried(series, series.challenger, frame, now)
    if table is None:
        return False
    place = {"series": series.key, "model_version": series.challenger, "issued_at": now}
    median = table["q500"].round(issuing.DIGITS).tolist()
    given = {"start": table.index[0].to_pydatetime(), "median": median}
    return ShadowForecast.objects.get_or_create(**place, defaults=given)[1]


def conclude(station: str) -> list[Promotion]:
    """Judge the challengers of a station whose days are over; returns who began to serve."""
    now = newest_at(station)
    found = [_conclude(series, now) for series in watching(station)] if now else []
    return [row for row in found if row is not None]


def _conclude(series: Series, now: datetime) -> Promotion | None:
    version = ModelVersion.objects.defer("band").get(series=series.key, number=series.challenger)
    watched = now - version.trained_to
    decision = _judged(series, watched, now)
    if decision is None:
        return None
    sentence = f"After {days(round(watched / DAY, 1))} beside the champion: {decision.sentence}"
    try:
        if decision.passed:
            return promote(series, version.number, who=SYSTEM, why=sentence)
    except RegistryError as error:
        sentence = str(error)
    Series.objects.filter(key=series.key, challenger=series.challenger).update(challenger=None)
    TrainingRun.objects.filter(series=series.key, version=version.number).update(outcome=sentence)
    return None


def _judged(series: Series, watched: timedelta, now: datetime) -> Decision | None:
    """None while it should watch on: before its days are over, and for LONGER at most where too little compares."""
    beyond = watched - timedelta(days=series.shadow_days)
    if beyond < timedelta(0):
        return None
    fitted = TrainingRun.objects.filter(series=series.key, version=series.challenger)
    outlived = fitted.exclude(window_starts_at=None).exists()
    expected = _expected(series, now - watched, now) if outlived else None
    decision = decide(errors_of(series, now), outlived=outlived, expected=expected)
    return None if beyond < LONGER and len(decision.comparisons) < len(NAMES) else decision


def _expected(series: Series, since: datetime, now: datetime) -> dict[str, Array] | None:
    """How far what was read since came from what both expected of it."""
    frame = frames.load(series.station, since, now)
    if series.variable not in frame:
        return None
    came = frame[series.variable].dropna()
    both = {"challenger": series.challenger, "champion": series.champion}
    return distances(came, {name: expected_by(series.key, number, came.index) for name, number in both.items()})


def errors_of(series: Series, now: datetime) -> dict[str, Array]:
    """Mean log errors of what both have issued at the same times, and of the naive rules; each (issues,)."""
    import numpy as np
    import pandas as pd

    watched = ShadowForecast.objects.filter(series=series.key, model_version=series.challenger)
    ours = {one.issued_at: one.median for one in watched}
    served = Forecast.objects.filter(series=series.key, model_version=series.champion, issued_at__in=list(ours))
    theirs = {one.issued_at: one.quantiles["q50"] for one in served}
    frame = frames.load(series.station, min(theirs, default=now) - DAY, now)
    values = frame[series.variable] if series.variable in frame else pd.Series(np.nan, frame.index)
    fewest = HOURS * share_read(series.station) / 2
    rows = [_errors(values, at, ours[at], theirs[at], fewest) for at in sorted(theirs)]
    return {name: np.array([row[name] for row in rows]) for name in ("challenger", "champion", *NAIVE)}


def _errors(
    values: pd.Series[float], at: datetime, ours: list[float], theirs: list[float], fewest: float
) -> dict[str, float]:
    """Of one issue, over the HOURS after it; not a number where fewer of them were read."""
    import numpy as np
    import pandas as pd

    from detection.forecasting.scale import Scale

    scale = Scale.of(values.to_numpy(dtype=np.float64))
    hours = pd.date_range(at, periods=HOURS + 1, freq="h")[1:]
    actual, yesterday = (_near(values, times) for times in (hours, hours - DAY))
    actual, last = scale.forward(actual), np.full(HOURS, values.get(at, np.nan))
    foretold = zip(("challenger", "champion", *NAIVE), (ours, theirs, last, yesterday), strict=True)
    away = {name: np.abs(scale.forward(np.array(found[:HOURS], dtype=np.float64)) - actual) for name, found in foretold}
    return {name: float(np.nanmean(one)) if np.isfinite(one).sum() >= fewest else np.nan for name, one in away.items()}


def _near(values: pd.Series[float], times: pd.DatetimeIndex) -> Array:
    """What was read at these times or nearest to them, as the record has it."""
    return values.dropna().reindex(times, method="nearest", tolerance=NEAR).to_numpy()
