"""What detection stores: series, their versions and how they came to serve, anomalies, forecasts and their record."""

from detection.models.anomaly import Anomaly
from detection.models.drift import DriftReport
from detection.models.forecast import Forecast, ProviderForecast, ShadowForecast
from detection.models.prediction import Prediction
from detection.models.promotion import Promotion
from detection.models.record import MonthlyRecord, Outcome
from detection.models.series import Series
from detection.models.severity import Severity
from detection.models.training import Reason, TrainingRun
from detection.models.version import Artifact, ModelVersion

__all__ = [
    "Anomaly",
    "Artifact",
    "DriftReport",
    "Forecast",
    "ModelVersion",
    "MonthlyRecord",
    "Outcome",
    "Prediction",
    "Promotion",
    "ProviderForecast",
    "Reason",
    "Series",
    "Severity",
    "ShadowForecast",
    "TrainingRun",
]
