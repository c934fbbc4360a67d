"""Background work of detection. Each task may run twice, in parallel, and die anywhere."""

from aqi_project.try_each import try_each
from detection.lifecycle import tracking
from detection.lifecycle.gate import shadow
from detection.lifecycle.training import newcomers, runs, triggers
from detection.lifecycle.watch import drift_watch, records
from detection.live import alarm_rate, scoring
from detection.live.forecasts import issuing, provider
from detection.models import Series
from detection.versions import artifacts, registry
from ingestion.models import Station


def score_station(slug: str) -> int:
    """Score what is new at a station and forecast from it, challengers too; returns how many readings were scored."""
    scored = scoring.score_station(slug)
    issuing.issue(slug)
    shadow.issue(slug)
    return scored


def score_all() -> int:
    """Score what a lost message has left behind; returns how many readings."""
    return sum(try_each(_active(), score_station))


def train(run: str) -> bool:
    """Do a training run in a process of its own; returns whether this call did it."""
    return runs.execute(run)


def watch_models() -> int:
    """Check for drift, hold the rate of alarms, keep the forecasts' record, end shadow watches, ask for due trainings.

    Returns how many trainings.
    """
    runs.pick_up()
    keys, slugs = list(Series.objects.values_list("key", flat=True)), _active()
    for step in (registry.record, alarm_rate.hold):
        try_each(keys, step)
    for step in (records.update, drift_watch.check_station, shadow.conclude):
        try_each(slugs, step)
    return sum(map(len, try_each(slugs, triggers.look)))


def adopt_newcomers() -> int:
    """Ask for the first trainings of what nothing watches yet; returns how many."""
    return sum(map(len, try_each(_active(), newcomers.adopt)))


def fetch_provider_forecasts() -> int:
    """Keep what the providers foretell in this hour; returns of how many stations."""
    return provider.fetch()


def clear_orphans() -> int:
    """Remove what trainings that died have left; returns how many versions and files."""
    return artifacts.clear_orphans()


def tell_mlflow() -> int:
    """Tell MLflow of the trainings that it does not know; returns of how many. Does nothing where none is set."""
    return tracking.tell()


def _active() -> list[str]:
    return list(Station.objects.filter(is_active=True).values_list("slug", flat=True))
