"""Which version serves, and the way it came to: promote and roll back, each with a row that says who and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from aqi_project import clock
from detection.models import ModelVersion, Promotion, Series, TrainingRun
from detection.versions import artifacts
from detection.versions.artifacts import ArtifactError

SYSTEM = "system"


class RegistryError(Exception):
    """A version cannot serve. The message says why, and what serves instead."""


def series_called(key: str) -> Series:
    """Raises RegistryError, naming the series there are."""
    found = Series.objects.filter(key=key).first()
    if found is None:
        there = ", ".join(Series.objects.values_list("key", flat=True)[:20]) or "none yet"
        raise RegistryError(f"There is no series {key!r}. There are: {there}.")
    return found


def versions(key: str) -> list[ModelVersion]:
    """Newest first, without bands and calibrations, which are large."""
    return list(ModelVersion.objects.filter(series=key).defer("band", "calibration").order_by("-number"))


def promote(series: Series, number: int, *, who: str, why: str) -> Promotion:
    """Let a version serve, unless another was promoted since `series` was read.

    Raises RegistryError where the version is not there, cannot be opened, serves already or came too late.
    """
    return _let_serve(series, number, Promotion.Action.PROMOTE, who, why)


def rollback(series: Series, *, who: str, why: str) -> Promotion:
    """Let the version serve that served before the present one was promoted. Raises RegistryError as `promote`."""
    number = previous(series)
    if number is None:
        raise RegistryError(f"No version served {series.key} before: there is no way back.")
    return _let_serve(series, number, Promotion.Action.ROLLBACK, who, why)


def previous(series: Series) -> int | None:
    """The version below the champion: promotions pile versions up, a way back takes off what lies above its end."""
    record(series.key)
    pile: list[int] = []
    changes = Promotion.objects.filter(series=series.key).order_by("change")
    for action, before, number in changes.values_list("action", "from_number", "to_number"):
        if not pile and before is not None:
            pile = [before]  # what served before anything was kept
        pile = _taken_off(pile, number) if action == Promotion.Action.ROLLBACK else [*pile, number]
    return pile[-2] if len(pile) > 1 else None


def _taken_off(pile: list[int], number: int) -> list[int]:
    """What is left when `number` serves again; it may never have served, where all that had could not be opened."""
    below = pile[:-1]
    while below and below[-1] != number:
        below.pop()
    return below or [*pile[:-1], number]


def has_served(key: str, number: int) -> bool:
    """Whether the version serves or once did."""
    record(key)
    return Promotion.objects.filter(series=key, to_number=number).exists()


def watches(series: Series) -> bool:
    """Whether it has a challenger that passed the gate, and days for it to watch."""
    if series.challenger is None or series.shadow_days <= 0:
        return False
    version = ModelVersion.objects.filter(series=series.key, number=series.challenger).only("metrics").first()
    return bool(version and version.metrics.get("gate", {}).get("passed"))


def days(count: float) -> str:
    """As sentences say it: “1 day”, “2.5 days”."""
    return f"{count:g} day{'' if count == 1 else 's'}"


def step_back(series: Series, problem: str) -> Promotion | None:
    """Where the champion cannot be used: the newest earlier version that can serves. None where there is none."""
    earlier = ModelVersion.objects.filter(series=series.key, number__lt=series.champion).order_by("-number")
    for number in earlier.values_list("number", flat=True):
        try:
            return _let_serve(series, number, Promotion.Action.ROLLBACK, SYSTEM, problem)
        except RegistryError:
            continue
    return None


def _let_serve(series: Series, number: int, action: str, who: str, why: str) -> Promotion:
    if not why.strip():
        raise RegistryError("Say why: the reason is kept with the change.")
    _refuse_unusable(series, number)
    at = clock.now()
    change = {"action": action, "at": at.isoformat(), "who": who, "why": why}
    return _write(series, change | {"from_number": series.champion, "to_number": number})


def _write(series: Series, change: dict[str, Any]) -> Promotion:
    """The change is part of the series' own document, so that it happens or does not, however the process ends.

    No transaction: one whose process was killed would keep the series locked for a minute.
    """
    record(series.key)
    unchanged = Series.objects.filter(key=series.key, changes=series.changes, champion=series.champion)
    number, count = change["to_number"], series.changes + 1
    learnt = _learnt_change(series, number) if change["action"] == Promotion.Action.PROMOTE else {}
    if not unchanged.update(champion=number, challenger=None, changes=count, last_change=change, **learnt):
        raise RegistryError(_too_late(series, number))
    series.champion, series.changes = number, count
    return cast("Promotion", record(series.key))


def _learnt_change(series: Series, number: int) -> dict[str, datetime]:
    """The change of the source after which a version was fitted, where the series does not know of it yet."""
    fitted = TrainingRun.objects.filter(series=series.key, version=number).exclude(window_starts_at=None).first()
    since, known = fitted and fitted.window_starts_at, series.window_starts_at
    return {"window_starts_at": since} if since and (known is None or since > known) else {}


def record(key: str) -> Promotion | None:
    """The row of a series' newest change, written now where its process died before it could."""
    found = Series.objects.filter(key=key).values_list("changes", "last_change").first()
    if not found or not found[1]:
        return None
    count, change = found
    values = change | {"at": datetime.fromisoformat(change["at"])}
    row, _ = Promotion.objects.get_or_create(series=key, change=count, defaults=values)
    return row


def _refuse_unusable(series: Series, number: int) -> None:
    if number == series.champion:
        raise RegistryError(f"Version {number} of {series.key} serves already.")
    if not ModelVersion.objects.filter(series=series.key, number=number).exists():
        raise RegistryError(f"{series.key} has no version {number}. {_what_serves(series)}")
    try:
        artifacts.check(series.key, number)
    except ArtifactError as error:
        raise RegistryError(f"{error} {_what_serves(series)}") from error


def _too_late(series: Series, number: int) -> str:
    return f"{series.key} has changed meanwhile, so version {number} was not let to serve. Look again, then repeat."


def _what_serves(series: Series) -> str:
    return "No version serves it." if series.champion is None else f"Version {series.champion} keeps serving."
