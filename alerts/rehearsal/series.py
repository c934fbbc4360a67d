"""What other thresholds of a series would have found: stored scores through detection's own decisions."""

from datetime import datetime

from alerts import timeseries
from alerts.places import Place
from alerts.rehearsal.rule import Episode, Rehearsal, add_leads, add_reviews
from detection.live.band import BandPoint
from detection.live.events.judgement import Judged
from detection.live.events.lifespan import walk
from detection.models import Anomaly, Series
from ingestion.aqi import DEFAULT
from ingestion.models import Reading, Station

BAND = ("expected", "lower", "upper")


def rehearse_series(series: Series, station: Station, since: datetime, until: datetime) -> Rehearsal:
    """Replay the span with the thresholds of `series`, which need not be saved; each event is an episode."""
    found: dict[datetime, Anomaly] = {}

    def keep(anomaly: Anomaly) -> Anomaly:
        found[anomaly.start] = anomaly
        return anomaly

    judged = stored_verdicts(series, since, until)
    walk(series, station, judged, None, None, keep)
    result = Rehearsal(series.key, since, until, [_episode(station, anomaly) for anomaly in found.values()])
    result.scored_from = judged[0].at if judged else None
    result.line = timeseries.concentration(station, series.variable, since, until)
    add_leads(DEFAULT, station, result)
    add_reviews(Place(station.slug, (station,)), result)
    return result


def stored_verdicts(series: Series, since: datetime, until: datetime) -> list[Judged]:
    """Readings as they were scored when they came; what was not scored is left out."""
    rows = Reading.objects.filter(station=series.station, at__gt=since, at__lte=until).order_by("at")
    judged = []
    for at, values, scores, aqi in rows.values_list("at", "values", "scores", "aqi"):
        score, value = scores.get(series.variable), values.get(series.variable)
        if score and value is not None:
            point = BandPoint(at, *(score[name] for name in BAND)) if "expected" in score else None
            judged.append(Judged(at, value, point, score["days"], score["score"], {}, score["version"], aqi))
    return judged


def _episode(station: Station, anomaly: Anomaly) -> Episode:
    level, span = int(anomaly.severity), station.expected_interval
    return Episode(anomaly.series, anomaly.start, level, ended_at=anomaly.end, span=span)
