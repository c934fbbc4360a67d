"""The detectors as a reader knows them: by the question that each one asks."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from detection.models import Anomaly

QUESTIONS = {
    "prophet_band": _("Unlike this hour and season"),
    "one_step": _("A sudden step"),
    "isolation_forest": _("The pollutants together look odd"),
    "forest_residual": _("Unlike this hour of the day"),
    "linear_residual": _("Unlike the calendar says"),
    "gradient_boosting_residual": _("Unlike the last hours lead to"),
    "rolling_mad": _("Far from the last days"),
    "same_hour_mad": _("Unlike the same hour of the last four weeks"),
    "online": _("Unlike what was learnt so far"),
    "flatline": _("The value does not move"),
    "dropout": _("Near zero or silent"),
    "out_of_range": _("A value that cannot be"),
    "neighbours": _("Unlike the city's other stations"),
    "companions": _("Unlike its sister pollutants"),
    "learned": _("Like rehearsed events"),
}
TOGETHER = _("All of them together, as they decide here")


@dataclass(frozen=True)
class Vote:
    """How loudly one detector said so: `share` of the loudest, 0 to 1."""

    question: str
    share: float


def votes_of(event: Anomaly) -> list[Vote]:
    """Loudest first. An event's voters are stored as log10 of the days."""
    logs = dict(event.voters)
    loudest = max(logs.values(), default=1.0) or 1.0
    return [
        Vote(str(QUESTIONS.get(kind, kind)), value / loudest)
        for kind, value in sorted(logs.items(), key=lambda pair: -pair[1])
    ]
