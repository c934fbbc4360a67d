"""How much an event matters: how rare it is, raised where the air is harmful."""

from __future__ import annotations

INFO, MINOR, MODERATE, SEVERE, EXTREME = 1, 2, 3, 4, 5
RARE_DAYS = ((365.0, EXTREME), (120.0, SEVERE), (45.0, MODERATE), (20.0, MINOR))  # days between → severity
HARMFUL_AQI = ((300, 2), (200, 1))  # above this index (very unhealthy, hazardous) so much more
CLEAN_AQI = 100  # up to here, a rare rise harms nobody
FAULT_AT_MOST = MODERATE  # a broken sensor is a nuisance, no danger


def severity(days_between: float, aqi: float | None, *, is_fault: bool = False, falls: bool = False) -> int:
    """1 to 5. `falls` says that the air got better: rare, but no reason to warn."""
    rare = next((level for days, level in RARE_DAYS if days_between >= days), INFO)
    if is_fault:
        return min(rare, FAULT_AT_MOST)
    if falls or (aqi is not None and aqi <= CLEAN_AQI):
        return min(rare, MINOR)
    more = next((step for index, step in HARMFUL_AQI if aqi is not None and aqi > index), 0)
    return min(EXTREME, rare + more)
