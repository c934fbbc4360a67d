"""Remarks on a reading as a whole. Unlike a flag, a remark casts no doubt: AQI and training use the value."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ingestion.observation import Observation
from ingestion.quality.limits import LATE_REMARK_INTERVALS

UNITS = ((3600, "hours"), (60, "minutes"), (1, "seconds"))


def late(at: datetime, received_at: datetime, interval: timedelta) -> str | None:
    """A sentence if a live reading came later than three intervals after its time; None otherwise."""
    delay = received_at - at
    if delay <= LATE_REMARK_INTERVALS * interval:
        return None
    seconds = delay.total_seconds()
    size, unit = next((one for one in UNITS if seconds >= 2 * one[0]), UNITS[-1])
    return f"Arrived {seconds / size:.0f} {unit} after its time: nobody could be warned by it."


def merge_duplicates(observations: Sequence[Observation]) -> tuple[list[Observation], dict[datetime, str]]:
    """One observation per time (the last given wins per variable), and a remark where values differed.

    A batch may hold a time twice (a clock that stepped back, one station's sensors reported apart). The
    order of first appearance is kept.
    """
    merged: dict[datetime, Observation] = {}
    remarks: dict[datetime, str] = {}
    for observation in observations:
        earlier = merged.get(observation.at)
        merged[observation.at] = observation if earlier is None else _merged(earlier, observation)
        if earlier is not None and (codes := _changed(earlier, observation)):
            named = ", ".join(f"{code} {earlier.values[code]:g}" for code in codes)
            remarks[observation.at] = f"Given more than once for this time; replaced here: {named}."
    return list(merged.values()), remarks


def _changed(earlier: Observation, later: Observation) -> list[str]:
    return [code for code, value in later.values.items() if earlier.values.get(code, value) != value]


def _merged(earlier: Observation, later: Observation) -> Observation:
    values = earlier.values | later.values
    rejected = {code: why for code, why in {**earlier.rejected, **later.rejected}.items() if code not in values}
    return Observation(later.at, values, later.provider, later.raw, rejected)
