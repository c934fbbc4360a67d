"""Can I trust this: the forecasts' record and the models behind the pages."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aqi_project import clock
from aqi_project.mongo import collection
from dashboard.times import HOUR
from detection.models import Forecast, ModelVersion, Series
from ingestion.models import Reading, Station

JUDGED = timedelta(days=30)  # how far back forecasts are compared with what came
HORIZONS = (1, 3, 6, 12, 24, 48, 72)  # hours ahead
OLD_VERSIONS = 8


@dataclass(frozen=True)
class Record:
    """Forecasts of one horizon. Errors are mean absolute ones, in the variable's unit."""

    hours: int
    count: int
    error: float
    persistence: float
    covered: float  # share that lay inside the 95 % range

    @property
    def better(self) -> float:
        """How much smaller the error is than that of “it stays as it is”; negative: larger."""
        return 1 - self.error / self.persistence if self.persistence else 0.0


@dataclass(frozen=True)
class Card:
    """One series with the model that serves it and those before."""

    series: Series
    champion: ModelVersion | None
    earlier: list[ModelVersion]


def cards(station: Station) -> list[Card]:
    """The bands and calibrations, which are large, are not read."""
    versions: defaultdict[str, list[ModelVersion]] = defaultdict(list)
    all_series = list(Series.objects.filter(station=station.slug))
    keys = [series.key for series in all_series]
    for version in ModelVersion.objects.filter(series__in=keys).defer("band", "calibration").order_by("-number"):
        versions[version.series].append(version)
    return [_card(series, versions[series.key]) for series in all_series]


def _card(series: Series, versions: list[ModelVersion]) -> Card:
    champion = next((version for version in versions if version.number == series.champion), None)
    return Card(series, champion, [version for version in versions if version is not champion][:OLD_VERSIONS])


def record(series: Series) -> list[Record]:
    """Every forecast of the last 30 days against what came; horizons that nothing can be said of are left out."""
    newest = collection(Reading).find_one({"station": series.station}, {"at": 1}, sort=[("at", -1)])
    if newest is None:
        return []
    since = clock.aware(newest["at"]) - JUDGED
    came = dict(_came(series, since))
    issued = Forecast.objects.filter(series=series.key, issued_at__gte=since)
    pairs: defaultdict[int, list[tuple[float, float, bool]]] = defaultdict(list)
    for forecast in issued:
        for hours, pair in _judged(forecast, came):
            pairs[hours].append(pair)
    return [_record(hours, pairs[hours]) for hours in HORIZONS if pairs[hours]]


def _came(series: Series, since: datetime) -> Iterator[tuple[datetime, float]]:
    query = {"station": series.station, "at": {"$gte": clock.naive(since)}}
    wanted = {"at": 1, f"values.{series.variable}": 1, f"flags.{series.variable}": 1}
    for document in collection(Reading).find(query, wanted):
        value = document.get("values", {}).get(series.variable)
        if value is not None and not document.get("flags"):
            yield clock.aware(document["at"]), value


def _judged(forecast: Forecast, came: dict[datetime, float]) -> Iterator[tuple[int, tuple[float, float, bool]]]:
    """(horizon, (our error, persistence's error, inside the 95 % range))"""
    start = forecast.start.replace(tzinfo=forecast.start.tzinfo or UTC)
    issued = forecast.issued_at
    for hours in HORIZONS:
        row = (issued + hours * HOUR - start) // HOUR
        actual, last = came.get(issued + hours * HOUR), came.get(issued)
        if actual is None or last is None or not 0 <= row < len(forecast.quantiles["q50"]):
            continue
        low, middle, high = (forecast.quantiles[name][row] for name in ("q025", "q50", "q975"))
        yield hours, (abs(actual - middle), abs(actual - last), low <= actual <= high)


def _record(hours: int, pairs: Iterable[tuple[float, float, bool]]) -> Record:
    errors, persistence, inside = zip(*pairs, strict=True)
    count = len(errors)
    return Record(hours, count, sum(errors) / count, sum(persistence) / count, sum(inside) / count)
