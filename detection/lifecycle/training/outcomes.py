"""What becomes of a trained version: it serves, it watches beside the champion, or it is kept with the reason."""

from __future__ import annotations

import time
import traceback

from aqi_project import clock
from aqi_project.mongo import is_away
from detection.lifecycle.gate.decision import Decision
from detection.lifecycle.training import runs
from detection.lifecycle.training.detector_choice import WrongChoiceError
from detection.lifecycle.training.fitting import Trained, train
from detection.live.pending import unsettle_unscored
from detection.models import ModelVersion, Series, TrainingRun
from detection.timeseries.grid import NotEnoughDataError
from detection.versions.registry import SYSTEM, RegistryError, days, has_served, promote, watches

State = TrainingRun.State
# The API shows outcomes to anybody, and an error's own words may hold addresses of the database.
UNFORESEEN = "It ended with an error that nobody foresaw ({}); the run's traceback in the admin tells more."
NEWER = "A newer one may take its place meanwhile."


def carry_out(run: TrainingRun) -> TrainingRun:
    """Train, judge, promote or keep, and write down what became of it. Returns the run as it ended.

    Any failure is a row with its traceback, but that the database went away: that is raised, and the run stays open.
    """
    began = time.monotonic()
    series = Series.objects.get(key=run.series)
    try:
        trained = _trained_before(series, run) or train(series, run.reason, run.window_starts_at)
        if trained.is_new:  # a promotion reads the run's window, and a repetition goes on from here
            TrainingRun.objects.filter(pk=run.pk).update(version=trained.version.number)
        promoted, sentence = settle(series, trained, run)
    except (NotEnoughDataError, WrongChoiceError) as error:
        runs.fail(run, str(error))
    except Exception as error:
        if is_away(error):
            raise
        runs.fail(run, UNFORESEEN.format(type(error).__name__), traceback.format_exc())
    else:
        _finish(run, trained, promoted, sentence, time.monotonic() - began)
    run.refresh_from_db()
    return run


def _trained_before(series: Series, run: TrainingRun) -> Trained | None:
    """The version that the run had written when its process died, where what serves is what it was judged by."""
    version = run.version and ModelVersion.objects.filter(series=series.key, number=run.version).first()
    if not version or series.champion not in (version.parent, version.number):
        return None
    said = version.metrics["gate"]
    return Trained(version, True, Decision(said["passed"], said["sentence"], unrivalled=said["unrivalled"]))


def _finish(run: TrainingRun, trained: Trained, promoted: bool, sentence: str, seconds: float) -> None:
    state = State.DONE if trained.is_new else State.UNCHANGED
    ended = {"state": state, "finished_at": clock.now(), "seconds": round(seconds, 2)}
    found = {"version": trained.version.number, "promoted": promoted, "outcome": sentence}
    TrainingRun.objects.filter(pk=run.pk, state__in=TrainingRun.OPEN).update(**ended, **found)
    Series.objects.filter(key=run.series).update(training_error="")


def settle(series: Series, trained: Trained, run: TrainingRun) -> tuple[bool, str]:
    """Whether the version serves now, and why or why not."""
    number, decision = trained.version.number, trained.decision
    if decision is None:
        return False, f"The data are those of version {number}, which serves: nothing was trained."
    if series.champion is None:
        return _let_serve(series, trained.version, run, f"The first version. {decision.sentence}")
    if not decision.passed:  # it takes no place from one that passed and watches
        watched = watches(Series.objects.get(key=series.key))
        return (False, decision.sentence) if watched else _keep(series, number, decision.sentence)
    if series.shadow_days and not decision.unrivalled:
        watch = f"It watches beside the champion for {days(series.shadow_days)}. {NEWER}"
        return _keep(series, number, f"{decision.sentence} {watch}")
    serves, sentence = _let_serve(series, trained.version, run, decision.sentence)
    if serves and decision.unrivalled:  # nothing could score while what served could not be opened
        unsettle_unscored(series.station, series.variable)
    return serves, sentence


def _keep(series: Series, number: int, sentence: str) -> tuple[bool, str]:
    Series.objects.filter(key=series.key, champion=series.champion).update(challenger=number)
    return False, sentence


def _let_serve(series: Series, version: ModelVersion, run: TrainingRun, why: str) -> tuple[bool, str]:
    if has_served(series.key, version.number):  # the process died just after
        return True, why
    who = run.who if run.reason == ModelVersion.Reason.MANUAL else SYSTEM
    try:
        promote(series, version.number, who=who, why=why)
    except RegistryError as error:
        return False, str(error)
    return True, why
