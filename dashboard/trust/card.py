"""The model card: which version serves, what it was tested on, whether it is still up to date, what served before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dashboard.detectors import QUESTIONS, TOGETHER
from dashboard.drawing import plot
from dashboard.drawing.plot import Plot
from dashboard.trust.record import rival_names
from detection.models import DriftReport, ModelVersion, Promotion, Series, TrainingRun
from detection.versions.registry import watches

OLD_VERSIONS = 8
CHANGES = 8
DRIFT_COLUMNS = ("date", "q05", "q50", "q95", "unit")
ALIKE = 0.005  # of an error: less is no difference


@dataclass(frozen=True)
class Card:
    """One series with the model that serves it and the others, newest first, each with the verdict on it."""

    series: Series
    champion: ModelVersion | None
    others: list[tuple[ModelVersion, str]]


@dataclass(frozen=True)
class Life:
    """What has happened to a series' models. `changes`: the newest ones, newest first; `rollbacks`: how many there ever
    were; `last_run` also where it changed nothing.

    `drift` is the newest check, `unlearnt` an earlier one that found a change after what the champion was trained on.
    """

    drift: DriftReport | None
    unlearnt: DriftReport | None
    last_run: TrainingRun | None
    changes: list[Promotion]
    rollbacks: int


def card_of(series: Series) -> Card:
    """Of all the versions there ever were only those that are shown are read, without their large parts."""
    light = ModelVersion.objects.filter(series=series.key).defer("band", "calibration", "held_out")
    champion = light.filter(number=series.champion).first() if series.champion else None
    others = light.exclude(number=series.champion).order_by("-number")[:OLD_VERSIONS]
    return Card(series, champion, list(zip(others, _fates(series, list(others)), strict=True)))


def _fates(series: Series, others: list[ModelVersion]) -> Iterator[str]:
    """The verdict on each, and what became of one that passed and does not serve."""
    watcher = series.challenger if watches(series) else None
    served = set(Promotion.objects.filter(series=series.key).values_list("to_number", flat=True))
    for version in others:
        yield f"{verdict(version)} {_fate(version, watcher, served)}".strip()


def _fate(version: ModelVersion, watcher: int | None, served: set[int]) -> str:
    if version.number == watcher:
        return _("It watches beside the version that serves.")
    passed = version.metrics.get("gate", {}).get("passed")
    return _("It has never served.") if passed and version.number not in served else ""


def compared(card: Card) -> list[dict[str, Any]]:
    """The champion's detectors, the best first, each with the question that it asks."""
    rows = card.champion.metrics.get("detectors", []) if card.champion else []
    named = [{**row, "question": QUESTIONS.get(row["detector"], TOGETHER)} for row in rows]
    return sorted(named, key=lambda row: -row["f1"])


def life(series: Series) -> Life:
    newest = DriftReport.objects.filter(series=series.key).order_by("-at").first()
    changes = Promotion.objects.filter(series=series.key)
    return Life(
        newest,
        _unlearnt(series, newest) if newest else None,
        TrainingRun.objects.filter(series=series.key).exclude(finished_at=None).order_by("-requested_at").first(),
        list(changes.order_by("-change")[:CHANGES]),
        changes.filter(action=Promotion.Action.ROLLBACK).count(),
    )


def _unlearnt(series: Series, newest: DriftReport) -> DriftReport | None:
    """Each check compares what came since the one before, so that a jump of last week is stable or watched today."""
    champion = ModelVersion.objects.filter(series=series.key, number=series.champion)
    trained_to = champion.values_list("trained_to", flat=True).first()
    found = DriftReport.objects.filter(series=series.key, is_new=True).exclude(pk=newest.pk).order_by("-at").first()
    return found if found and trained_to and trained_to <= (found.since or found.at) else None


def tested(version: ModelVersion) -> Iterator[str]:
    """The test on weeks that the version had not seen, a sentence for each rival."""
    found = version.metrics.get("gate", {}).get("comparisons", [])
    yield from (_sentence(one) for one in found)
    coverage = version.metrics.get("coverage")
    if coverage is not None:
        yield _("%(count)d of 100 readings lay inside the usual range.") % {"count": round(100 * coverage)}


def verdict(version: ModelVersion) -> str:
    """What the gate said, in a few words; empty where nothing was asked."""
    gate = version.metrics.get("gate", {})
    if "passed" not in gate:
        return ""
    if not gate.get("comparisons"):
        return "" if gate["passed"] else _("It could not be tested.")
    return _("It passed the test.") if gate["passed"] else _("It was not surely better, so it had to wait.")


def drift_sentence(report: DriftReport) -> str:
    return report.sentence_ur if get_language() == "ur" and report.sentence_ur else report.sentence


def drift_plot(report: DriftReport, *, from_zero: bool = True) -> Plot | None:
    """The middle and the rare ends of each day that the check looked at; `from_zero`: drawn from there."""
    days = [date.fromisoformat(day) for day in report.plot.get("days", [])]
    if not days:
        return None
    names = {"q50": _("middle of the day"), "q05": _("lowest hours"), "q95": _("highest hours")}
    places = [float(day.toordinal()) for day in days]
    curves = [(text, list(zip(places, report.plot[name], strict=True))) for name, text in names.items()]
    firsts = [(float(day.toordinal()), date_format(day, "M")) for day in days if day.day == 1]
    label = _("What the check for drift looked at, day by day")
    return plot.lines(
        label, curves, firsts, lambda place: plot.day_of(date.fromordinal(int(place))), from_zero=from_zero
    )


def drift_table(report: DriftReport | None, unit: str) -> list[tuple[object, ...]]:
    """A row of DRIFT_COLUMNS for each day that the check looked at, oldest first."""
    found = report.plot if report else {}
    curves = (found.get(name, []) for name in DRIFT_COLUMNS[1:-1])
    return [(*row, unit) for row in zip(found.get("days", []), *curves, strict=True)]


def _sentence(comparison: dict[str, Any]) -> str:
    ratio, rivals = comparison["ratio"], {"champion": _("the version that served"), **rival_names()}
    words = {"rival": rivals[comparison["rival"]], "share": f"{abs(1 - ratio):.0%}"}
    if abs(1 - ratio) < ALIKE:
        return _("Its error was that of %(rival)s.") % words
    if ratio > 1:
        return _("Its error was %(share)s larger than that of %(rival)s.") % words
    sentence = _("Its error was %(share)s smaller than that of %(rival)s.") % words
    return sentence if comparison["beaten"] else f"{sentence} {_('That may be chance.')}"
