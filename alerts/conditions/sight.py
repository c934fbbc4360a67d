"""What a condition sees, and how what is seen at stations becomes what is seen in a city."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts.state_machine import Observation, Sight

CITY_SHARE = 0.5  # of a city's stations that have to see something, or have to be there at all


@dataclass(frozen=True)
class Seen:
    """An observation for the state machine, with the facts that a message tells; `calm_facts`: of the longer mean."""

    observation: Observation
    facts: dict[str, Any] = field(default_factory=dict)
    anomalies: list[str] = field(default_factory=list)
    error: str = ""
    calm_facts: dict[str, Any] = field(default_factory=dict)

    def told(self, level: int) -> dict[str, Any]:
        """The facts of an alert at that level: where the longer mean alone holds it, they are that mean's."""
        return self.calm_facts if self.observation.level < level and self.calm_facts else self.facts


def no_data(at: datetime, **facts: Any) -> Seen:
    return Seen(Observation(at, sight=Sight.NO_DATA), facts)


def failed(at: datetime, error: Exception) -> Seen:
    return Seen(Observation(at, sight=Sight.ERROR), error=f"{type(error).__name__}: {error}")


def level_of(value: float | None, limits: list[float]) -> int:
    """How many of the rising limits the value is over."""
    return 0 if value is None else sum(value > limit for limit in limits)


def together(parts: list[Seen], at: datetime) -> Seen:
    """A city: the level that half of its stations reach; no data where fewer than half have any."""
    clear = [seen for seen in parts if seen.observation.sight is Sight.CLEAR]
    if not parts or len(clear) < CITY_SHARE * len(parts):
        return next((seen for seen in parts if seen.observation.sight is Sight.ERROR), no_data(at))
    middle = _middle(clear, lambda seen: seen.observation.level)
    calm = _middle(clear, lambda seen: seen.observation.calm_level)
    affected = [seen.facts["station"] for seen in clear if seen.observation.level and "station" in seen.facts]
    return Seen(
        Observation(max(seen.observation.at for seen in clear), middle.observation.level, calm.observation.calm_level),
        {**middle.facts, "stations": affected},
        sorted({anomaly for seen in clear for anomaly in seen.anomalies}),
        calm_facts={**calm.calm_facts, "stations": affected} if calm.calm_facts else {},
    )


def _middle(parts: list[Seen], level: Callable[[Seen], int]) -> Seen:
    """The one whose level half of them, rounded up, reach."""
    return sorted(parts, key=level, reverse=True)[max(0, -(-len(parts) // 2) - 1)]
