"""Makers of stored things, for tests and benchmarks: small, plain, and placed in time relative to NOW."""

from datetime import UTC, datetime, timedelta
from functools import cache
from math import sin, tau
from typing import Any

from django.utils import timezone
from pymongo import UpdateOne

from aqi_project.mongo import collection
from detection.calibration.tail import Tail
from detection.models import Anomaly, Forecast, ModelVersion, Series, Severity
from detection.versions.compatibility import made_with
from ingestion.models import Reading, Station, Variable

HOUR = timedelta(hours=1)
VARIABLES = {
    "pm2_5": ("PM2.5", "پی ایم 2.5"),
    "pm10": ("PM10", "پی ایم 10"),
    "o3": ("Ozone", "اوزون"),
    "no2": ("Nitrogen dioxide", "نائٹروجن ڈائی آکسائیڈ"),
    "so2": ("Sulphur dioxide", "سلفر ڈائی آکسائیڈ"),
    "co": ("Carbon monoxide", "کاربن مونو آکسائیڈ"),
}
QUANTILES = {"q025": 0.5, "q10": 0.65, "q25": 0.8, "q50": 1.0, "q75": 1.25, "q90": 1.5, "q975": 1.9}


@cache
def this_hour() -> datetime:
    """The hour in which the run began: one for all tests, so that none changes its mind when the clock strikes."""
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def age(at: datetime) -> float:
    """Seconds since then, with which an age in an answer is compared: give it a minute for a slow machine."""
    return (timezone.now() - at).total_seconds()


def make_variables() -> None:
    for code, (name, name_ur) in VARIABLES.items():
        Variable.objects.get_or_create(
            code=code, defaults={"name": name, "name_ur": name_ur, "unit": "µg/m³", "is_pollutant": True}
        )


def make_station(**fields: Any) -> Station:
    given = {"slug": "lahore", "name": "Lahore", "name_ur": "لاہور", "city": "lahore", "provider": "openweather"}
    return Station.objects.create(**{**given, "latitude": 31.55, "longitude": 74.34, **fields})


def make_lahore(**fields: Any) -> Station:
    """The station, with all variables."""
    make_variables()
    return make_station(**fields)


def afternoon() -> str:
    """A time zone in which it is two o'clock in the afternoon: a night is ahead there, whenever a test runs."""
    return f"Etc/GMT{this_hour().hour - 14:+d}"


def usual_pm(at: datetime) -> float:
    """A made-up daily round: 90 µg/m³ on average, highest at night."""
    return 90 + 40 * sin(tau * (at.hour + 8) / 24)


def reading_document(station: str, at: datetime, **fields: Any) -> dict[str, Any]:
    """As ingestion writes it: naive UTC."""
    pm = fields.pop("pm2_5", usual_pm(at))
    document = {
        "station": station, "at": at, "aqi": 170, "dominant": "pm2_5", "provider": "openweather",
        "values": {"pm2_5": pm, "pm10": pm * 1.4, "o3": 40.0, "no2": 25.0, "so2": 9.0, "co": 900.0},
        "flags": {}, "received_at": at + timedelta(minutes=5), "remarks": [], "revision": 1, "history": [],
        "scored_revision": 0, "scores": {},
    }  # fmt: skip
    document.update(fields)
    for name in ("at", "received_at"):
        document[name] = document[name].astimezone(UTC).replace(tzinfo=None)
    return document


def make_reading(station: str, at: datetime, **fields: Any) -> None:
    """Written straight into the collection."""
    write_readings([reading_document(station, at, **fields)])


def make_readings(station: str, hours: int = 48, until: datetime | None = None, **fields: Any) -> None:
    end = until or this_hour()
    write_readings([reading_document(station, end - back * HOUR, **fields) for back in reversed(range(hours))])


def write_readings(documents: list[dict[str, Any]]) -> None:
    """By one command, as many as there are."""
    keys = [{name: document[name] for name in ("station", "at")} for document in documents]
    pairs = zip(keys, documents, strict=True)
    collection(Reading).bulk_write([UpdateOne(key, {"$set": document}, upsert=True) for key, document in pairs])


def make_band(series_key: str, around: datetime, factor: float = 1.0, tail: tuple[float, ...] = (1.0, 2.0)) -> None:
    """A champion whose band is ± 40 % of the usual round, from 10 days before to 30 days after."""
    start = around - timedelta(days=10)
    expected = [usual_pm(start + row * HOUR) * factor for row in range(24 * 40)]
    band = {
        "start": start.isoformat(), "step_seconds": 3600, "expected": expected,
        "lower": [0.6 * value for value in expected], "upper": [1.4 * value for value in expected],
        "offset": None, "tail": Tail(tail, 90.0).dump(),
    }  # fmt: skip
    station, _, variable = series_key.partition("/")
    Series.objects.create(key=series_key, station=station, variable=variable, champion=1, last_number=1)
    ModelVersion.objects.create(
        series=series_key, number=1, reason=ModelVersion.Reason.FIRST, trained_from=start - timedelta(days=365),
        trained_to=start, rows=8760, data_hash="0" * 64, seconds=1.0, band=band,
        libraries=made_with(),
    )  # fmt: skip


def make_forecast(series_key: str, issued_at: datetime, hours: int = 72) -> Forecast:
    middle = [usual_pm(issued_at + row * HOUR) for row in range(1, hours + 1)]
    quantiles = {name: [factor * value for value in middle] for name, factor in QUANTILES.items()}
    return Forecast.objects.create(
        series=series_key, issued_at=issued_at, model_version=1, start=issued_at + HOUR, quantiles=quantiles
    )


def make_anomaly(station: str, peak_at: datetime, **fields: Any) -> Anomaly:
    given = {
        "series": f"{station}/pm2_5", "station": station, "variable": "pm2_5", "start": peak_at, "last_at": peak_at,
        "end": peak_at + HOUR, "peak_at": peak_at, "kind": Anomaly.Kind.SPIKE, "severity": Severity.MODERATE,
        "value": 260.0, "expected": 90.0, "lower": 54.0, "upper": 126.0, "score": 0.98, "days_between": 40.0,
        "record_days": 182.0, "model_version": 1, "voters": {"one_step": 1.6, "same_hour_mad": 0.9},
        "explanation": "PM2.5 rose to 260 µg/m³, about three times the usual.",
        "explanation_ur": "پی ایم 2.5 بڑھ کر 260 ہو گئی، معمول سے تقریباً تین گنا۔",
    }  # fmt: skip
    return Anomaly.objects.create(**{**given, **fields})
