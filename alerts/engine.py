"""From what a rule sees to an alert and its messages.

A change of an alert and its message are written together in one transaction, and only if the alert still is what the
change is based on. Whoever loses a race looks again; running all of it twice says nothing twice.
"""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django_mongodb_backend import transaction

from alerts import conditions, muting
from alerts.conditions.sight import Seen, failed, together
from alerts.models import Alert, Message, Rule
from alerts.models.alert import TERMS, UNWATCHED, open_slot
from alerts.places import Place, place_of, reading_time
from alerts.sending import texts
from alerts.state_machine import Decision, Observation, Say, Standing, State, decide
from aqi_project import clock
from aqi_project.mongo import is_away
from aqi_project.try_each import try_each
from ingestion.models import Station
from ingestion.stations.present import present

ROUNDS = 5  # of looking again after a lost race; each is lost only to a change that was written
CALLED = "called"  # a fact: the name of a rule that was deleted, by language
log = logging.getLogger(__name__)


def evaluate(rule: Rule, place: Place) -> Message | None:
    """Look at a place with a rule and write what follows; the message that was written, if any."""
    return settle(rule, place, look(rule, place))


def look(rule: Rule, place: Place) -> Seen:
    """What the rule sees at the place now."""
    parts = [_look_at(rule, station) for station in place.stations]
    return together(parts, max(seen.observation.at for seen in parts)) if place.city else parts[0]


def _look_at(rule: Rule, station: Station) -> Seen:
    silent = rule.condition == Rule.Condition.NO_DATA
    at = present(station) if silent else reading_time(station)
    try:
        return conditions.now(rule, station, at)
    except Exception as error:  # whatever is wrong with one rule becomes its Error state
        if is_away(error):  # nothing is wrong with the rule: the next look repeats it
            raise
        log.exception("Rule %s cannot be evaluated at %s", rule.slug, station.slug)
        return failed(at, error)


def settle(rule: Rule, place: Place, seen: Seen) -> Message | None:
    """Bring the alert of the rule and place to what was seen."""
    for _ in range(ROUNDS):
        alert = Alert.objects.filter(slot=open_slot(rule.slug, place.key)).first()
        standing = alert.standing if alert else None
        decision = _unmuted(alert, rule, place, decide(standing, seen.observation, rule.policy), seen)
        if decision.standing == standing and not decision.say and not _has_new_terms(alert, rule, seen):
            return None
        try:
            return _write(rule, place, alert, decision, seen)
        except DatabaseError:
            log.info("Rule %s at %s: another process was first", rule.slug, place.key)
    raise DatabaseError(f"Rule {rule.slug} at {place.key} lost every race; the next look repeats it.")


def _unmuted(alert: Alert | None, rule: Rule, place: Place, decision: Decision, seen: Seen) -> Decision:
    """An alert that nobody heard because of a silence is told when the silence ends and it still fires."""
    standing = decision.standing
    if decision.say or not (alert and alert.is_muted and standing and standing.state is State.FIRING):
        return decision
    severity = rule.severity_of(standing.level)
    if muting.reason(rule, place, severity):
        return decision
    return Decision(replace(standing, said_at=seen.observation.at), Say.UPDATE)  # the next reminder counts from here


def _has_new_terms(alert: Alert | None, rule: Rule, seen: Seen) -> bool:
    """Whether the rule was changed since the alert was last seen to hold, and it holds all the same."""
    return bool(alert and seen.observation.held and alert.facts.get(TERMS) != rule.terms)


@transaction.atomic
def _write(rule: Rule, place: Place, alert: Alert | None, decision: Decision, seen: Seen) -> Message | None:
    if alert is None:
        alert = Alert(slot=open_slot(rule.slug, place.key), rule=rule.slug, place=place.key, revision=0)
        alert.is_exercise = rule.is_exercise
    base = alert.revision
    _apply(alert, rule, decision.standing, seen)
    alert.revision = base + 1
    message = _message(alert, rule, place, decision.say, seen)
    _save(alert, base)
    if message:
        message.save(force_insert=True)
    return message


def _save(alert: Alert, base: int) -> None:
    """All of it, where the alert is new or still at the revision `base`."""
    if alert._state.adding:
        alert.save(force_insert=True)
        return
    values = {field.attname: getattr(alert, field.attname) for field in Alert._meta.fields if not field.primary_key}
    if Alert.objects.filter(pk=alert.pk, revision=base).update(**values) != 1:
        raise DatabaseError("The alert has changed meanwhile.")


def _apply(alert: Alert, rule: Rule, standing: Standing | None, seen: Seen) -> None:
    """Write the new standing into the alert; without one, it closes without a word."""
    now = clock.now()
    if standing is None or standing.state is State.RESOLVED:
        alert.state, alert.resolved_at, alert.slot = State.RESOLVED, now, alert.identifier
        alert.escalate_at = None
    if standing is None:
        return
    if standing.state is State.FIRING and alert.fired_at is None:
        alert.fired_at = now
        alert.escalate_at = _escalates_at(rule)
    _copy(alert, standing)
    if standing.level:
        alert.severity = rule.severity_of(standing.level)
    alert.peak_level = max(alert.peak_level, standing.level)
    alert.peak_severity = max(alert.peak_severity, alert.severity)
    alert.facts = _facts(alert, rule, standing, seen)
    alert.anomalies = sorted({*alert.anomalies, *seen.anomalies})
    alert.error = seen.error


def _facts(alert: Alert, rule: Rule, standing: Standing, seen: Seen) -> dict[str, Any]:
    """What was seen. An alert that ends because its rule looks for something else by now ends without an all-clear."""
    facts = seen.told(standing.level) or alert.facts
    terms = rule.terms if seen.observation.held else alert.facts.get(TERMS, rule.terms)
    ends_otherwise = standing.state is State.RESOLVED and terms != rule.terms
    return {**facts, TERMS: terms, **({UNWATCHED: True} if ends_otherwise else {})}


def _escalates_at(rule: Rule) -> datetime | None:
    """When the next contacts are told, if those who are told now do not take it on."""
    return clock.now() + rule.acknowledge_within if rule.acknowledge_within else None


def _copy(alert: Alert, standing: Standing) -> None:
    alert.state, alert.level = standing.state, standing.level
    alert.since, alert.level_since, alert.said_at = standing.since, standing.level_since, standing.said_at


def _message(alert: Alert, rule: Rule, place: Place, say: Say | None, seen: Seen) -> Message | None:
    if not say:
        return None
    muted_by = muting.reason(rule, place, alert.severity) or (_unheard(alert) if say is Say.CANCEL else "")
    alert.is_muted = bool(muted_by)
    if say is Say.UPDATE and not muted_by and _unheard(alert):
        say, alert.escalate_at = Say.ALERT, _escalates_at(rule)  # the first that people hear updates nothing
    return Message(
        identifier=f"{alert.identifier}-{alert.revision}",
        alert=alert.identifier,
        number=alert.revision,
        kind=say,
        rule=rule.slug,
        place=place.key,
        state=alert.state,
        level=alert.level,
        severity=alert.severity,
        reach=alert.peak_severity,
        facts={name: fact for name, fact in alert.facts.items() if name != TERMS},
        is_exercise=alert.is_exercise,
        muted_by=muted_by,
        about=seen.observation.at,
        **texts.both_languages(rule, place, alert, say, seen.observation.at),
    )


def _unheard(alert: Alert) -> str:
    """Why nobody has heard of the alert; empty where somebody has."""
    said = Message.objects.filter(alert=alert.identifier).order_by("-number")
    last = said.first()
    return last.muted_by if last and not said.filter(muted_by="").exists() else ""


def retire(alert: Alert) -> Message | None:
    """Close an alert whose rule was switched off, or no longer looks there, and tell those who were told of it."""
    rule = Rule.objects.filter(slug=alert.rule).first() or _deleted(alert)
    rule.is_active = False
    now = clock.now()
    over = replace(alert.standing, state=State.RESOLVED, level=0, since=now)
    decision = Decision(over, Say.CANCEL if alert.said_at else None)
    seen = Seen(Observation(now), {**alert.facts, UNWATCHED: True})
    return _write(rule, place_of(alert.place), alert, decision, seen)


def _deleted(alert: Alert) -> Rule:
    """The rule of an alert, as far as it is still known."""
    called = alert.facts.get(CALLED, {"en": alert.rule, "ur": ""})
    return Rule(slug=alert.rule, name=called["en"], name_ur=called["ur"], condition=Rule.Condition.LIMIT)


def keep_name(rule: Rule) -> None:
    """Have the open alerts of a rule that is being deleted know what it was called: their end still has to be told."""
    called = {"en": rule.name, "ur": rule.name_ur}
    for alert in Alert.objects.filter(rule=rule.slug).exclude(state=State.RESOLVED):
        facts = {**alert.facts, CALLED: called}
        Alert.objects.filter(pk=alert.pk, revision=alert.revision).update(facts=facts, revision=alert.revision + 1)


def open_alerts() -> list[str]:
    """Their identifiers."""
    return list(Alert.objects.exclude(state=State.RESOLVED).values_list("identifier", flat=True))


def retire_unwatched(known: list[str], watched: set[str]) -> int:
    """Close those alerts that occupy none of the slots that are watched.

    `known` were open before it was asked what is watched: one of a rule that was made since is none of them.
    """
    left = Alert.objects.filter(identifier__in=known).exclude(state=State.RESOLVED).exclude(slot__in=list(watched))
    return sum(try_each(left, lambda alert: retire(alert) is not None))
