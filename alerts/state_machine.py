"""The life of an alert as a pure function: what was observed in, the next state and what to say out. No Django.

    nothing ─► Pending ─► Firing ◄─► Recovering ─► Resolved
                  └──────────┴────► NoData, Error ◄── no "all clear" without data

The clock is the time of the readings, so that a replay of last month goes through the same code as today.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

BIG_JUMP = 2  # levels; so much worse at once is told without waiting for the cooldown


class State(StrEnum):
    PENDING = "pending"
    FIRING = "firing"
    RECOVERING = "recovering"
    RESOLVED = "resolved"
    NO_DATA = "no_data"
    ERROR = "error"


class Say(StrEnum):
    """The message that a change is worth; the names are those of the Common Alerting Protocol."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


class Sight(StrEnum):
    CLEAR = "clear"
    NO_DATA = "no_data"
    ERROR = "error"


@dataclass(frozen=True)
class Policy:
    """The times of a rule."""

    pending_for: timedelta = timedelta(0)
    recover_for: timedelta = timedelta(0)
    cooldown: timedelta = timedelta(0)
    repeat_every: timedelta | None = None


@dataclass(frozen=True)
class Observation:
    """What a rule sees at one moment. Level 0: all is well. `calm_level` is that of the longer mean."""

    at: datetime
    level: int = 0
    calm_level: int = 0
    sight: Sight = Sight.CLEAR

    @property
    def held(self) -> int:
        """The level that may be stepped down to: worse on the short mean, slower on the longer one."""
        return max(self.level, self.calm_level)


@dataclass(frozen=True)
class Standing:
    """Where an alert stands. `said_at` is None as long as nobody was told."""

    state: State
    level: int
    since: datetime
    level_since: datetime
    said_at: datetime | None = None


@dataclass(frozen=True)
class Decision:
    standing: Standing | None
    say: Say | None = None


def decide(standing: Standing | None, seen: Observation, policy: Policy) -> Decision:
    """The next standing; None means that there is no alert, or no longer one that anybody was told of."""
    if seen.sight is not Sight.CLEAR:
        return _blind(standing, seen)
    if standing is None:
        return _idle(seen, policy)
    return HANDLERS[standing.state](standing, seen, policy)


def _idle(seen: Observation, policy: Policy) -> Decision:
    return _pending(Standing(State.PENDING, seen.level, seen.at, seen.at), seen, policy)


def _blind(standing: Standing | None, seen: Observation) -> Decision:
    state = State.NO_DATA if seen.sight is Sight.NO_DATA else State.ERROR
    if standing is None:
        return Decision(Standing(state, 0, seen.at, seen.at) if state is State.ERROR else None)
    already_blind = standing.state in (State.NO_DATA, State.ERROR)
    say = Say.UPDATE if standing.said_at and not already_blind else None
    return _move(standing, seen, state, say=say)


def _pending(standing: Standing, seen: Observation, policy: Policy) -> Decision:
    if seen.level == 0:
        return Decision(None)
    standing = replace(standing, level=seen.level)
    if seen.at - standing.since < policy.pending_for:
        return Decision(standing)
    return _move(standing, seen, State.FIRING, level=seen.level, say=Say.ALERT)


def _firing(standing: Standing, seen: Observation, policy: Policy) -> Decision:
    if seen.held == 0:
        return _recovering(_entered(standing, seen, State.RECOVERING), seen, policy)
    cooled = seen.at - standing.level_since >= policy.cooldown
    jump = seen.level - standing.level
    if jump >= BIG_JUMP or (jump > 0 and cooled):
        return _move(standing, seen, State.FIRING, level=seen.level, say=Say.UPDATE)
    if seen.held < standing.level and cooled:
        return _move(standing, seen, State.FIRING, level=seen.held, say=Say.UPDATE)
    if policy.repeat_every and standing.said_at and seen.at - standing.said_at >= policy.repeat_every:
        return _move(standing, seen, State.FIRING, say=Say.UPDATE)
    return Decision(standing)


def _recovering(standing: Standing, seen: Observation, policy: Policy) -> Decision:
    if seen.held > 0:
        return _firing(_entered(standing, seen, State.FIRING), seen, policy)
    if seen.at - standing.since < policy.recover_for:
        return Decision(standing)
    return _move(standing, seen, State.RESOLVED, level=0, say=Say.CANCEL)


def _sighted(standing: Standing, seen: Observation, policy: Policy) -> Decision:
    """Data is back. It has to show for as long as ever that all is well."""
    if standing.said_at is None:
        return _idle(seen, policy)
    if seen.held > 0:
        return _move(standing, seen, State.FIRING, level=seen.held, say=Say.UPDATE)
    return _recovering(_entered(standing, seen, State.RECOVERING), seen, policy)


def _move(
    standing: Standing, seen: Observation, state: State, *, level: int | None = None, say: Say | None = None
) -> Decision:
    moved = _entered(standing, seen, state)
    if level is not None:
        moved = replace(moved, level=level, level_since=seen.at)
    if say:
        moved = replace(moved, said_at=seen.at)
    return Decision(moved, say)


def _entered(standing: Standing, seen: Observation, state: State) -> Standing:
    return standing if standing.state is state else replace(standing, state=state, since=seen.at)


HANDLERS: dict[State, Callable[[Standing, Observation, Policy], Decision]] = {
    State.PENDING: _pending,
    State.FIRING: _firing,
    State.RECOVERING: _recovering,
    State.NO_DATA: _sighted,
    State.ERROR: _sighted,
    State.RESOLVED: lambda standing, seen, policy: _idle(seen, policy),
}
