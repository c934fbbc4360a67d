"""The air quality index: `aqi(standard, concentrations, at)` on arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ingestion.aqi.result import AqiResult, names, nothing
from ingestion.aqi.standard import Edition, Standard, standard
from ingestion.aqi.table import Floats
from ingestion.aqi.times import utc64


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
    out = nothing(shape, [k for k, t in scale.keys.items() if k in values or t.pollutant in values])
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


def _index(edition: Edition, values: dict[str, Floats], shape: tuple[int, ...]) -> AqiResult:
    tables = [t for t in edition.tables if t.key in values or t.pollutant in values]
    best = np.full(shape, -1.0)
    winner = np.zeros(shape, dtype=np.int8)
    subs: dict[str, Floats] = {}
    for number, table in enumerate(tables, start=1):
        given = values[table.key] if table.key in values else values[table.pollutant]
        sub = table.index(np.broadcast_to(given, shape))
        better = sub > best
        np.copyto(best, sub, where=better)
        np.copyto(winner, number, where=better)
        subs[table.key] = sub
    best[best < 0] = np.nan
    return AqiResult(
        index=best,
        dominant=names([t.pollutant for t in tables])[winner],
        averaging=names([t.averaging for t in tables])[winner],
        category=_categories(edition, best),
        beyond=best > edition.top,
        complete=_complete(edition, subs, shape),
        sub_indices=subs,
    )


def _categories(edition: Edition, index: Floats) -> NDArray[np.object_]:
    reached = np.zeros(index.shape, dtype=np.int8)
    for category in edition.categories:
        reached += index >= category.index_from  # false for NaN
    return names([c.code for c in edition.categories])[reached]


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
