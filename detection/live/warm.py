"""Opening the models that serve before there is work for them."""

import logging

from detection.live import scoring
from detection.live.forecasts import issuing
from detection.models import Series
from detection.versions.artifacts import ArtifactError

log = logging.getLogger(__name__)
MOST = 16  # series: each takes a sixth of a second, which a worker that starts again has not


def open_champions() -> None:
    """Keep some champions in memory. One that cannot be opened is told about here, and dealt with when it scores."""
    for series in Series.objects.filter(is_active=True).exclude(champion=None)[:MOST]:
        try:
            scoring.model(series.pk, series.key, series.champion)
            issuing.forecaster_of(series.pk, series.key, series.champion)
        except ArtifactError as error:
            log.warning("%s: version %d cannot be opened: %s", series.key, series.champion, error)
