"""What the quality rules doubt because a sensor or its feed is broken: faults, and never pollution."""

from datetime import datetime

from detection.analysis.kinds import DROPOUT, OUT_OF_RANGE, STUCK
from detection.live.band import BandPoint
from detection.live.events.judgement import Judged
from ingestion.quality.doubt import rule_of

# A rule of ingestion/quality → the kind of fault. The other rules doubt a value, and not the sensor.
KINDS = {
    "sentinel": DROPOUT,
    "zero_pair": DROPOUT,
    "negative": OUT_OF_RANGE,
    "out_of_range": OUT_OF_RANGE,
    "frozen": STUCK,
    "repeated": STUCK,
}


def judged_fault(flag: str, at: datetime, value: float, point: BandPoint | None, version: int) -> Judged | None:
    """The reading that is flagged so ("frozen: …"), where that is a fault. A rule is certain, and knows no rarity."""
    rule = rule_of(flag)
    fault = OUT_OF_RANGE if rule == "sentinel" and value > 0 else KINDS.get(rule)
    return Judged(at, value, point, 0.0, 1.0, {}, version, None, fault=fault) if fault else None
