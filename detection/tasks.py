"""Background work of detection. Each task may run twice, in parallel, and die anywhere."""

from detection import scoring


def score_station(slug: str) -> int:
    """Score what is new at a station; returns how many readings."""
    return scoring.score_station(slug)


def score_all() -> int:
    """Score what a lost message has left behind; returns how many readings."""
    from ingestion.models import Station

    return sum(scoring.score_station(slug) for slug in Station.objects.values_list("slug", flat=True))
