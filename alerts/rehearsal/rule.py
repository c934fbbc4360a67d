"""What a rule would have done: stored readings through the same conditions and the same state machine.

Nothing is written and nothing is sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from alerts import conditions, timeseries
from alerts.conditions.sight import Seen, together
from alerts.models import Rule
from alerts.places import Place
from alerts.state_machine import Say, Standing, State, decide
from detection.models import Anomaly, Severity
from ingestion.aqi import standard
from ingestion.models import Station

SPAN = timedelta(days=90)
MOMENT = timedelta(seconds=1)  # past an interval, so that its end counts as over
LEAD_LIMIT = timedelta(hours=24)  # a category that is crossed later was not what the alert announced


@dataclass
class Episode:
    """One alert that people would have been told of, or one event; `span` is what its last reading stands for."""

    place: str
    fired_at: datetime
    level: int
    messages: int = 1
    ended_at: datetime | None = None
    lead: timedelta | None = None
    was_false: bool = False
    span: timedelta = timedelta(0)

    @property
    def length(self) -> timedelta | None:
        return self.ended_at - self.fired_at + self.span if self.ended_at else None

    @property
    def severity(self) -> str:
        """The name of an event's level."""
        return str(Severity(self.level).label)


@dataclass
class Rehearsal:
    """The outcome for one place. `scored_from`: of a series, when the first of its stored scores is."""

    place: str
    since: datetime
    until: datetime
    episodes: list[Episode] = field(default_factory=list)
    line: timeseries.TimeSeries = field(default_factory=lambda: timeseries.TimeSeries(timedelta(hours=1)))
    scored_from: datetime | None = None

    @property
    def messages(self) -> int:
        return sum(episode.messages for episode in self.episodes)

    @property
    def median_length(self) -> timedelta | None:
        return _median([episode.length for episode in self.episodes if episode.length is not None])

    @property
    def median_lead(self) -> timedelta | None:
        return _median([episode.lead for episode in self.episodes if episode.lead is not None])

    @property
    def false_alarms(self) -> int:
        return sum(episode.was_false for episode in self.episodes)


def rehearse(rule: Rule, place: Place, since: datetime, until: datetime) -> Rehearsal:
    """Replay the span at one place; `rule` need not be saved."""
    result = Rehearsal(place.key, since, until)
    standing: Standing | None = None
    for seen in sights(rule, place, since, until):
        decision = decide(standing, seen.observation, rule.policy)
        standing = decision.standing
        if decision.say and standing:
            _note(result, standing, decision.say, seen.observation.at)
        if standing and standing.state is State.RESOLVED:
            standing = None
    if place.stations:
        result.line = timeseries.measure(rule, place.stations[0], since, until)
        add_leads(rule.standard, place.stations[0], result)
        add_reviews(place, result)
    return result


def sights(rule: Rule, place: Place, since: datetime, until: datetime) -> Iterator[Seen]:
    """What the rule sees at each moment at which it would have looked."""
    loaded = [conditions.load(rule, station, since, until) for station in place.stations]
    sent = [timeseries.presence(station, since, until) for station in place.stations]
    silent = rule.condition == Rule.Condition.NO_DATA
    for at in moments(place, since, until):
        times = [at if silent else series.newest(at) for series in sent]
        parts = [condition.see(time) for condition, time in zip(loaded, times, strict=True)]
        yield together(parts, at) if place.city else parts[0]


def moments(place: Place, since: datetime, until: datetime) -> list[datetime]:
    """Each reading, and in each gap once an interval: what nothing comes from is looked at all the same."""
    found: set[datetime] = set()
    for station in place.stations:
        times = timeseries.reading_times(station, since, until)
        found |= set(times)
        for at, after in zip(times, [*times[1:], until], strict=False):
            missed = int((after - at - MOMENT) / station.expected_interval)
            found |= {at + number * station.expected_interval + MOMENT for number in range(1, missed + 1)}
    return sorted(found)


def _note(result: Rehearsal, standing: Standing, say: Say, at: datetime) -> None:
    if say is Say.ALERT:
        result.episodes.append(Episode(result.place, at, standing.level))
        return
    episode = result.episodes[-1]
    episode.messages += 1
    episode.level = max(episode.level, standing.level)
    if say is Say.CANCEL:
        episode.ended_at = at


def add_leads(code: str, station: Station, result: Rehearsal) -> None:
    """How long before the AQI, by that standard, came into a worse category each alert fired."""
    line = timeseries.index(station, code, result.since, result.until)
    bounds = [category.index_from for category in standard(code).latest.categories]
    ranks = [sum(value >= bound for bound in bounds) for value in line.values]
    for episode in result.episodes:
        before = [rank for at, rank in zip(line.times, ranks, strict=True) if at <= episode.fired_at]
        for at, rank in zip(line.times, ranks, strict=True):
            if before and episode.fired_at < at <= episode.fired_at + LEAD_LIMIT and rank > before[-1]:
                episode.lead = at - episode.fired_at
                break


def add_reviews(place: Place, result: Rehearsal) -> None:
    """An alert during an event that an officer judged a false alarm was one."""
    slugs = [station.slug for station in place.stations]
    judged = Anomaly.objects.filter(station__in=slugs, review=Anomaly.Review.FALSE_ALARM)
    spans = list(judged.filter(last_at__gte=result.since).values_list("start", "last_at"))
    for episode in result.episodes:
        end = episode.ended_at or result.until
        episode.was_false = any(start <= end and last >= episode.fired_at for start, last in spans)


def _median(spans: list[timedelta]) -> timedelta | None:
    return median(spans) if spans else None
