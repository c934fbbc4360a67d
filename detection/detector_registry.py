"""Which kinds of detectors there are. No numpy here: the admin's forms ask too."""

from __future__ import annotations


def _(label: str) -> str:
    """Marks it for the catalogues of languages; detectors, which ask here for their classes, know no Django."""
    return label


# kind → (label, dotted path); a class is imported when it is first asked for.
REGISTRY: dict[str, tuple[str, str]] = {
    "prophet_band": (_("Prophet on the log scale"), "detection.detectors.prophet_band.ProphetBand"),
    "one_step": (_("Sudden step"), "detection.detectors.one_step.OneStep"),
    "isolation_forest": (_("Isolation forest"), "detection.detectors.isolation_forest.FlatIsolationForest"),
    "forest_residual": (_("Random forest on hour and minute"), "detection.detectors.forest_residual.ForestResidual"),
    "linear_residual": (_("Linear model of the calendar"), "detection.detectors.linear_residual.LinearResidual"),
    "gradient_boosting_residual": (
        _("Gradient boosting on lags"),
        "detection.detectors.gradient_boosting_residual.GradientBoostingResidual",
    ),
    "rolling_mad": (_("Level of the last days"), "detection.detectors.rolling_mad.RollingMad"),
    "same_hour_mad": (_("Same hour of the last 28 days"), "detection.detectors.same_hour_mad.SameHourMad"),
    "online": (_("Learning as it goes"), "detection.detectors.online.Online"),
    "flatline": (_("Stuck value"), "detection.detectors.flatline.Flatline"),
    "dropout": (_("Near zero or silent"), "detection.detectors.dropout.Dropout"),
    "out_of_range": (_("Out of range"), "detection.detectors.out_of_range.OutOfRange"),
    "neighbours": (_("Other stations of the city"), "detection.detectors.neighbours.Neighbours"),
    "companions": (_("Sister pollutants"), "detection.detectors.companions.Companions"),
    "learned": (_("Learnt from rehearsed events"), "detection.detectors.learned.Learned"),
}

ESSENTIAL = "prophet_band"  # without it there is no expected value; the others are left out where data are short
