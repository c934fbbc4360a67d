"""From checked items to answers and to their rows of the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from aqi_project.api import ApiError
from detection.analysis.severity import severity
from detection.api import points, sensors
from detection.api.points import Point
from detection.api.sensors import Sensor
from detection.live.band import OutsideBandError
from detection.live.predict import Verdict, judge, sentence
from detection.models import Severity

DIGITS = 3
SCORE_DIGITS = 5
TRAIL_PART = 500  # verdicts, 150 kB: a document of thousands does not fit into a small database's cache
NOT_SEVERE = "none"
SEVERITIES = {level.value: level.name.lower() for level in Severity}
Answer = dict[str, Any]


class Desk:
    """Answers one request: each sensor is looked up once, whoever asks and when is noted with every verdict."""

    def __init__(self, key: str, served_at: datetime, language: int, sees: Callable[[str], bool]) -> None:
        self._served: dict[str, list[Answer]] = {}
        self._key, self._served_at, self._language = key, served_at, language
        self._sees = sees
        self._sensors: dict[str, Sensor | ApiError] = {}

    def answer(self, item: Any) -> Answer:
        """The answer to one item, or ApiError."""
        point = points.read(item)
        sensor = self._sensor(point.sensor_id)
        verdict = _judge(sensor, point)
        answer = self._answer(sensor, point, verdict)
        self._served.setdefault(sensor.key, []).append(answer)
        return answer

    def answers(self, items: Sequence[Any]) -> list[Answer]:
        """An answer to each item, in order; a bad one has an `error` and fails alone."""
        return [self._one(item) for item in items]

    def _one(self, item: Any) -> Answer:
        try:
            return self.answer(item)
        except ApiError as error:
            return {"error": error.as_dict()}

    def _sensor(self, sensor_id: str) -> Sensor:
        """Under each of its names the same, though another version may begin to serve meanwhile."""
        if sensor_id not in self._sensors:
            try:
                read = sensors.sensor(sensor_id, self._sees)
                self._sensors[sensor_id] = self._sensors.setdefault(read.key, read)
            except ApiError as error:
                self._sensors[sensor_id] = error
        found = self._sensors[sensor_id]
        if isinstance(found, ApiError):
            raise found
        return found

    def _answer(self, sensor: Sensor, point: Point, verdict: Verdict) -> Answer:
        level = SEVERITIES[severity(verdict.days_between, None)] if verdict.is_anomaly else NOT_SEVERE
        return {
            "timestamp": point.given,
            "sensor_id": sensor.key,
            "value": point.value,
            "predicted_value": round(verdict.expected.expected, DIGITS),
            "lower": round(verdict.expected.lower, DIGITS),
            "upper": round(verdict.expected.upper, DIGITS),
            "deviation": round(verdict.deviation, DIGITS),
            "is_anomaly": verdict.is_anomaly,
            "anomaly_score": round(verdict.score, SCORE_DIGITS),
            "severity": level,
            "message": sentence(verdict, sensor.names[self._language], sensor.unit, self._language),
            "model_version": sensor.version,
        }

    def trail(self) -> list[dict[str, Any]]:
        """Documents of the audit trail: one for each sensor and so many verdicts."""
        return [
            self._document(sensor, verdicts[first : first + TRAIL_PART])
            for sensor, verdicts in self._served.items()
            for first in range(0, len(verdicts), TRAIL_PART)
        ]

    def _document(self, sensor: str, verdicts: list[Answer]) -> dict[str, Any]:
        return {
            "served_at": self._served_at,
            "key": self._key,
            "sensor": sensor,
            "model_version": verdicts[0]["model_version"],
            "count": len(verdicts),
            "anomalies": sum(verdict["is_anomaly"] for verdict in verdicts),
            "verdicts": verdicts,
        }


def _judge(sensor: Sensor, point: Point) -> Verdict:
    try:
        expected = sensor.band.at(point.at)
    except OutsideBandError as error:
        text = f"{error} Ask about a time in between."
        raise ApiError(422, "outside_range", text, "timestamp") from None
    return judge(sensor.band, sensor.limits, expected, point.value)
