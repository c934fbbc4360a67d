"""The air quality index: `aqi(standard, concentrations, at)` on arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ingestion.aqi.standard import Edition, Standard, Table, standard

TOLERANCE: Final = 1e-6  # steps of concentration: 35.4 arrives as 35.39999999999999 and still is 35.4
INDEX_TOLERANCE: Final = 1e-9
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Single:
    """One row of a result in plain Python: what a page or a document stores. None where there is no value."""

    index: int | None
    dominant: str | None
    averaging: str | None
    category: str | None
    beyond: bool
    complete: bool


@dataclass(frozen=True)
class AqiResult:
    """Arrays of one common shape, of length 1 for scalars.

    `index` float64, whole numbers, NaN where no pollutant has a value; `dominant` pollutant, its `averaging`
    period and the `category` code as str or None; `beyond` bool, above the last index of the standard;
    `complete` bool, the standard's own minimum of pollutants is met; `sub_indices` key (`pm2_5:nowcast`) →
    float64.
    """

    index: Floats
    dominant: NDArray[np.object_]
    averaging: NDArray[np.object_]
    category: NDArray[np.object_]
    beyond: NDArray[np.bool_]
    complete: NDArray[np.bool_]
    sub_indices: dict[str, Floats]

    def single(self, row: int = -1) -> Single:
        """One row, the last by default."""
        index = self.index.flat[row]
        return Single(
            index=None if np.isnan(index) else int(index),
            dominant=_text(self.dominant, row),
            averaging=_text(self.averaging, row),
            category=_text(self.category, row),
            beyond=bool(self.beyond.flat[row]),
            complete=bool(self.complete.flat[row]),
        )


def _text(names: NDArray[np.object_], row: int) -> str | None:
    name: Any = names.flat[row]
    return None if name is None else str(name)


def aqi(code: str, concentrations: Mapping[str, ArrayLike], at: Any) -> AqiResult:
    """The index of averaged concentrations under the edition of the standard that was in force.

    `code`: `us_epa`, `india_cpcb`, `eu`, `china`, `uk_daqi`, `openweather` … (`standards()`).
    `concentrations`: µg/m³, arrays that broadcast. A key is a pollutant and an averaging period,
    `pm2_5:nowcast`, as `averages` returns them; or a pollutant alone, `pm2_5`: then the value stands for each
    averaging period that the standard has for it. Pollutants that the standard does not know are left out.
    NaN, infinite and negative: no value. `at`: an aware datetime, or an array (datetime64 in UTC, a tz-aware
    DatetimeIndex, aware datetimes). Before the oldest known edition the oldest one is used.
    """
    scale = standard(code)
    values = _known(scale, concentrations)
    which = np.searchsorted(scale.starts, np.atleast_1d(utc64(at)), side="right") - 1
    shape = np.broadcast_shapes(which.shape, *(v.shape for v in values.values()))
    which = np.maximum(which, 0)
    if which.size and (which == which.flat[0]).all():
        return _index(scale.editions[which.flat[0]], values, shape)
    return _by_edition(scale, values, np.broadcast_to(which, shape))


def utc64(at: Any) -> NDArray[np.datetime64]:
    """Times as naive UTC datetime64[us]; a naive datetime is refused."""
    if isinstance(at, datetime):
        return np.array(_utc(at), dtype="datetime64[us]")
    if isinstance(at, Iterable) and not hasattr(at, "dtype"):
        return np.array([_utc(moment) for moment in at], dtype="datetime64[us]")
    if getattr(at, "tz", True) is None:
        raise ValueError("The times have no time zone. Give them in UTC, tz-aware.")
    return np.asarray(at, dtype="datetime64[ns]").astype("datetime64[us]")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"The time {moment.isoformat()} has no time zone. Give it in UTC, aware.")
    return moment.astimezone(UTC).replace(tzinfo=None)


def _known(scale: Standard, concentrations: Mapping[str, ArrayLike]) -> dict[str, Floats]:
    """Key → array for what the standard knows; an averaging period that it does not have is an error."""
    keys, pollutants = scale.keys, {table.pollutant for table in scale.keys.values()}
    values: dict[str, Floats] = {}
    for key, value in concentrations.items():
        pollutant = key.partition(":")[0]
        if pollutant not in pollutants:
            continue
        if ":" in key and key not in keys:
            known = ", ".join(k for k in keys if k.startswith(f"{pollutant}:"))
            raise ValueError(f"{scale.code} has no table for {key!r}. It has {known}.")
        values[key] = np.asarray(value, dtype=np.float64)
    return values


def _by_edition(scale: Standard, values: dict[str, Floats], which: NDArray[np.intp]) -> AqiResult:
    """Each row under its own edition."""
    shape = which.shape
    out = _nothing(shape, scale.keys)
    for number in np.unique(which):
        rows = which == number
        part = _index(
            scale.editions[number],
            {key: np.broadcast_to(value, shape)[rows] for key, value in values.items()},
            (int(rows.sum()),),
        )
        for name in ("index", "dominant", "averaging", "category", "beyond", "complete"):
            getattr(out, name)[rows] = getattr(part, name)
        for key, sub in part.sub_indices.items():
            out.sub_indices[key][rows] = sub
    return out


def _nothing(shape: tuple[int, ...], keys: Iterable[str]) -> AqiResult:
    return AqiResult(
        index=np.full(shape, np.nan),
        dominant=np.full(shape, None, dtype=object),
        averaging=np.full(shape, None, dtype=object),
        category=np.full(shape, None, dtype=object),
        beyond=np.zeros(shape, dtype=bool),
        complete=np.zeros(shape, dtype=bool),
        sub_indices={key: np.full(shape, np.nan) for key in keys},
    )


def _index(edition: Edition, values: dict[str, Floats], shape: tuple[int, ...]) -> AqiResult:
    tables = [t for t in edition.tables if t.key in values or t.pollutant in values]
    best = np.full(shape, -1.0)
    winner = np.full(shape, len(tables), dtype=np.int8)
    subs: dict[str, Floats] = {}
    for number, table in enumerate(tables):
        given = values[table.key] if table.key in values else values[table.pollutant]
        sub = sub_index(edition, table, np.broadcast_to(given, shape))
        better = sub > best
        np.copyto(best, sub, where=better)
        winner[better] = number
        subs[table.key] = sub
    best[best < 0] = np.nan
    return AqiResult(
        index=best,
        dominant=_names([t.pollutant for t in tables])[winner],
        averaging=_names([t.averaging for t in tables])[winner],
        category=_categories(edition, best),
        beyond=best > edition.top,
        complete=_complete(edition, subs, shape),
        sub_indices=subs,
    )


def sub_index(edition: Edition, table: Table, concentration: Floats) -> Floats:
    """The rounded index of one pollutant; NaN for NaN, infinite, negative and below the table."""
    steps = concentration * table.scale
    if table.step is not None:
        steps = np.floor(steps + (0.5 if edition.rounding == "nearest" else 0.0) + TOLERANCE)
    usable = (concentration >= 0) & (steps >= table.points[0]) & (steps < np.inf)
    if edition.method == "band":
        index = table.indices[np.searchsorted(table.points, steps, side="right") - 1]
    else:
        line = np.interp(steps, table.points, table.indices)
        up = edition.index_rounding == "up"
        index = np.ceil(line - INDEX_TOLERANCE) if up else np.floor(line + 0.5 + INDEX_TOLERANCE)
    return np.where(usable, index, np.nan)


def _names(codes: list[str]) -> NDArray[np.object_]:
    """The codes and, last, None for "no pollutant"."""
    return np.array([*codes, None], dtype=object)


def _categories(edition: Edition, index: Floats) -> NDArray[np.object_]:
    position = np.searchsorted([c.index_from for c in edition.categories], index, side="right") - 1
    position[np.isnan(index)] = len(edition.categories)
    return _names([c.code for c in edition.categories])[position]


def _complete(edition: Edition, subs: dict[str, Floats], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Whether as many pollutants as the standard asks for have a value, one of them among `one_of`."""
    there: dict[str, NDArray[np.bool_]] = {}
    for key, sub in subs.items():
        pollutant = key.partition(":")[0]
        there[pollutant] = there.get(pollutant, np.zeros(shape, dtype=bool)) | ~np.isnan(sub)
    count = np.sum([*there.values(), np.zeros(shape, dtype=bool)], axis=0)
    insisted = [there[p] for p in edition.one_of if p in there]
    found = np.any(insisted, axis=0) if insisted else np.full(shape, not edition.one_of)
    return np.asarray((count >= edition.minimum) & found)
