"""The usual anomaly service: expected value by a random forest, anomaly beyond 2.5 standard deviations."""

import csv
import gzip
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel
from sklearn.ensemble import RandomForestRegressor

DATA = Path(__file__).resolve().parents[2] / "data" / "openweather_lahore_hourly.csv.gz"
SIGMAS = 2.5
FEATURES = ["hour", "minute"]


class Point(BaseModel):
    timestamp: datetime
    sensor_id: str
    value: float


class Model:
    """The forest, fitted on the shipped readings when the service starts."""

    def __init__(self) -> None:
        with gzip.open(DATA, "rt", newline="") as file:
            rows = [(row["ts_utc"], row["pm2_5"]) for row in csv.DictReader(file) if row["pm2_5"]]
        values = pd.Series([float(value) for _, value in rows])
        features = self.features([datetime.fromisoformat(at) for at, _ in rows])
        self.forest = RandomForestRegressor(100, n_jobs=-1, random_state=0).fit(features, values)
        self.deviation = float((values - self.forest.predict(features)).std())

    @staticmethod
    def features(times: list[datetime]) -> pd.DataFrame:
        return pd.DataFrame({"hour": [at.hour for at in times], "minute": [at.minute for at in times]})[FEATURES]

    def verdicts(self, points: list[Point]) -> list[dict[str, Any]]:
        expected = self.forest.predict(self.features([point.timestamp for point in points]))
        return [self.verdict(point, float(value)) for point, value in zip(points, expected, strict=True)]

    def verdict(self, point: Point, expected: float) -> dict[str, Any]:
        score = abs(point.value - expected) / self.deviation
        return {
            "timestamp": point.timestamp,
            "sensor_id": point.sensor_id,
            "value": point.value,
            "predicted_value": expected,
            "deviation": point.value - expected,
            "is_anomaly": score > SIGMAS,
            "anomaly_score": score,
        }


app = FastAPI()
model = Model()


@app.post("/predict")
def predict(point: Point) -> dict[str, Any]:
    return model.verdicts([point])[0]


@app.post("/predict/batch")
def predict_batch(points: list[Point]) -> list[dict[str, Any]]:
    return model.verdicts(points)
