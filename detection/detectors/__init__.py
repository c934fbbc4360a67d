"""Detectors: plain Python on numpy, pandas and scikit-learn. The registry says which there are."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from detection.detectors.base import MAGIC, Detector, NotEnoughDataError

# kind → (label, dotted path); a class is imported when it is first asked for.
REGISTRY: dict[str, tuple[str, str]] = {
    "prophet_band": ("Prophet on the log scale", "detection.detectors.prophet_band.ProphetBand"),
    "one_step": ("Sudden step", "detection.detectors.one_step.OneStep"),
    "isolation_forest": ("Isolation forest", "detection.detectors.isolation_forest.FlatIsolationForest"),
    "forest_residual": ("Random forest on hour and minute", "detection.detectors.forest_residual.ForestResidual"),
    "linear_residual": ("Linear model of the calendar", "detection.detectors.linear_residual.LinearResidual"),
    "gradient_boosting_residual": (
        "Gradient boosting on lags",
        "detection.detectors.gradient_boosting_residual.GradientBoostingResidual",
    ),
    "rolling_mad": ("Level of the last days", "detection.detectors.rolling_mad.RollingMad"),
    "same_hour_mad": ("Same hour of the last 28 days", "detection.detectors.same_hour_mad.SameHourMad"),
    "online": ("Learning as it goes", "detection.detectors.online.Online"),
    "flatline": ("Stuck value", "detection.detectors.flatline.Flatline"),
    "dropout": ("Near zero or silent", "detection.detectors.dropout.Dropout"),
    "out_of_range": ("Out of range", "detection.detectors.out_of_range.OutOfRange"),
    "neighbours": ("Other stations of the city", "detection.detectors.neighbours.Neighbours"),
    "companions": ("Sister pollutants", "detection.detectors.companions.Companions"),
    "learned": ("Learnt from rehearsed events", "detection.detectors.learned.Learned"),
}


def detector_class(kind: str) -> type[Detector]:
    """The class of a kind. Raises ValueError, naming those there are, for an unknown one."""
    if kind not in REGISTRY:
        raise ValueError(f"There is no detector {kind!r}; there are: {', '.join(REGISTRY)}.")
    module, _, name = REGISTRY[kind][1].rpartition(".")
    found: type[Detector] = getattr(import_module(module), name)
    return found


def create(kind: str, target: str, **settings: Any) -> Detector:
    """A new detector of a kind; settings are `interval`, `zone`, `seed` and the kind's own."""
    return detector_class(kind)(target, **settings)


__all__ = ["MAGIC", "REGISTRY", "Detector", "NotEnoughDataError", "create", "detector_class"]
