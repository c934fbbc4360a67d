"""Background work of detection. Each task may run twice, in parallel, and die anywhere."""

from detection import forecasts, scoring
from ingestion.models import Station


def score_station(slug: str) -> int:
    """Score what is new at a station and forecast from it; returns how many readings were scored."""
    scored = scoring.score_station(slug)
    forecasts.issue(slug)
    return scored


def score_all() -> int:
    """Score what a lost message has left behind; returns how many readings."""
    return sum(score_station(slug) for slug in Station.objects.filter(is_active=True).values_list("slug", flat=True))
