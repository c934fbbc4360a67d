"""From an alert to the words of its message, in English and Urdu."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.template import Context, Engine
from django.utils import formats, translation
from django.utils.translation import gettext as _

from alerts import timeseries
from alerts.models import Alert, Message, Rule
from alerts.models.alert import UNWATCHED
from alerts.models.people import LANGUAGES
from alerts.places import Place, place_of
from alerts.sending.wording import BEGAN, BLIND, CHANGED, EXERCISE, OVER, OVER_OF, RETIRED, SUBJECTS, TEXTS, Words
from alerts.state_machine import Say, State
from aqi_project import clock
from aqi_project.numerals import among_urdu
from detection.models import Severity
from ingestion.aqi import advice, standard
from ingestion.aqi.standard import Standard
from ingestion.models import Variable

log = logging.getLogger(__name__)
ENGINE = Engine()
WHOLE_FROM = 10  # larger values are written without decimals
NAMES = (  # what a template may use: docs/alerts.md
    "place", "rule", "severity", "level", "measure", "value", "unit", "limit", "mean", "expected", "ratio",
    "probability", "expected_at", "explanation", "advice", "time", "last", "began",
)  # fmt: skip
LEAST = {"en": "at least ", "ur": "کم از کم "}
AQI_NAME = {"en": "AQI", "ur": "فضائی معیار کا اشاریہ"}


def both_languages(rule: Rule, place: Place, alert: Alert, say: Say, at: datetime) -> dict[str, str]:
    """`subject_en`, `subject_ur`, `text_en`, `text_ur` of a message."""
    words: dict[str, str] = {}
    for language in dict(LANGUAGES):
        # Plain text; what goes into HTML is escaped there.
        context = Context(context_of(rule, place, alert, at, language), autoescape=False)
        for what, text in _rendered(rule, alert, say, language, context).items():
            marked = EXERCISE[language] if alert.is_exercise else ""
            words[f"{what}_{language}"] = marked + text
    return words


def _rendered(rule: Rule, alert: Alert, say: Say, language: str, context: Context) -> dict[str, str]:
    """Subject and text. A template of the rule's that fails is no reason to tell nobody: then our own words go out."""
    try:
        return _render(sources(rule, alert, say, language), context)
    except Exception:
        log.exception("The template of rule %s fails", rule.slug)
        plain = Rule(slug=rule.slug, condition=rule.condition, is_active=rule.is_active)
        return _render(sources(plain, alert, say, language), context)


def _render(templates: dict[str, str], context: Context) -> dict[str, str]:
    return {what: ENGINE.from_string(source).render(context).strip() for what, source in templates.items()}


def sources(rule: Rule, alert: Alert, say: Say, language: str) -> dict[str, str]:
    """The templates of subject and text: the rule's own where it has one and tells of the condition."""
    subject = getattr(rule, f"subject_{language}") if say is Say.ALERT else ""
    text = getattr(rule, f"template_{language}") or TEXTS[Rule.Condition(rule.condition)][language]
    if say is Say.CANCEL:
        text = _ending(rule, alert)[language] + BEGAN[language]
    elif alert.state in BLIND:
        text = BLIND[State(alert.state)][language]
    return {"subject": subject or SUBJECTS[say][language], "text": text}


def _ending(rule: Rule, alert: Alert) -> Words:
    if alert.facts.get(UNWATCHED):
        return CHANGED if rule.is_active else RETIRED
    return OVER_OF.get(Rule.Condition(rule.condition), OVER)


def context_of(rule: Rule, place: Place, alert: Alert, at: datetime, language: str) -> dict[str, Any]:
    """What a template may use, as it is written in that language."""
    facts = alert.facts
    variable = facts.get("variable") or rule.variable
    named = Variable.objects.filter(code=variable).first() if variable else None
    numbers = _numbers(facts, named.unit if named else "", language)
    least = LEAST[language] if _is_lower_bound(rule, place, facts, at) else ""
    return {
        "place": place.name_in(language),
        "rule": rule.name_in(language),
        "severity": severity_in(alert.severity, language),
        "level": alert.level,
        "measure": measure_name(named, variable, language),
        "unit": named.unit if named else "",
        **numbers,
        "value": least + numbers["value"],
        "mean": length(facts.get("mean_hours"), language),
        "probability": f"{100 * facts.get('probability', 0):.0f}",
        "explanation": facts.get(f"explanation_{language}") or facts.get("explanation_en") or "",
        "advice": _advice(rule, facts, language),
        "time": moment(at, place.zone, language),
        "began": moment(_began(alert), place.zone, language),
        **{name: moment(_time(facts.get(name)), place.zone, language) for name in ("expected_at", "last")},
    }


def _numbers(facts: dict[str, Any], unit: str, language: str) -> dict[str, str]:
    numbers = {name: written(facts.get(name)) for name in ("expected", "ratio")}
    numbers |= {"value": written(facts.get("value"), over=facts.get("limit")), "limit": as_set(facts.get("limit"))}
    return {name: among_urdu(text, unit) for name, text in numbers.items()} if language == "ur" else numbers


def _is_lower_bound(rule: Rule, place: Place, facts: dict[str, Any], at: datetime) -> bool:
    """Whether the value is an index of too few pollutants. The pages, too, tell such a one as “at least”."""
    own = [station for station in place.stations if station.slug == facts.get("station")]
    if not own or facts.get("value") is None or facts.get("variable") or rule.variable:
        return False
    span = max(timedelta(hours=facts.get("mean_hours", 1)), own[0].expected_interval)
    return timeseries.is_lower_bound(own[0], rule.standard, at - span, at)


def measure_name(variable: Variable | None, code: str, language: str) -> str:
    if not code:
        return AQI_NAME[language]
    if variable is None:
        return code
    return variable.name_in(language)


def severity_in(severity: int, language: str) -> str:
    with translation.override(language):
        return str(Severity(severity).label)


def written(value: float | None, over: float | None = None) -> str:
    """As short as it may be: what is over a limit is never rounded down to it."""
    if value is None:
        return ""
    is_hidden = over is not None and round(value) <= over < value
    return f"{value:.0f}" if abs(value) >= WHOLE_FROM and not is_hidden else f"{value:.1f}"


def as_set(limit: float | None) -> str:
    """A limit is not rounded to a whole number: 35.4 is one of EPA's."""
    return "" if limit is None else f"{round(limit, 1):g}"


def length(hours: float | None, language: str) -> str:
    """“3 hours”; empty where nothing is to be said of it."""
    with translation.override(language):
        return clock.span_words(timedelta(hours=hours)) if hours else ""


def moment(at: datetime | None, zone: Any, language: str) -> str:
    """A time as it is written on the wall there; empty where there is none."""
    if at is None:
        return ""
    with translation.override(language):
        return formats.date_format(at.astimezone(zone), _("j F Y, H:i"))


def preview(rule: Rule) -> dict[str, str]:
    """What the rule would say, with numbers made up for it."""
    stations = list(rule.watched()[:1])
    at = datetime.fromisoformat("2026-11-21T09:00:00+00:00")
    limit = float(rule.limits[0]) if rule.limits else 100.0
    facts = {"value": limit * 1.2, "limit": limit, "expected": limit / 2, "ratio": 2.4, "probability": 0.7}
    facts |= {"last": at.isoformat(), "expected_at": at.isoformat()}
    level = rule.min_severity if rule.condition == Rule.Condition.ANOMALY else 1
    alert = Alert(state=State.FIRING, level=level, severity=rule.severity_of(level), facts=facts)
    place = Place(stations[0].slug, tuple(stations)) if stations else place_of("lahore")
    return both_languages(rule, place, alert, Say.ALERT, at)


def _began(alert: Alert) -> datetime | None:
    """By the clock of the readings; None as long as nothing was said of it."""
    said = Message.objects.filter(alert=alert.identifier).order_by("number")
    return said.values_list("about", flat=True).first()


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _advice(rule: Rule, facts: dict[str, Any], language: str) -> str:
    """What everyone should do at this AQI."""
    if rule.condition != Rule.Condition.LIMIT or rule.variable or facts.get("value") is None:
        return ""
    words = advice(_level(standard(rule.standard), facts["value"]))
    return words.ur if language == "ur" else words.en


def _level(scale: Standard, index: float) -> int:
    reached = [found.level for found in scale.latest.categories if found.index_from <= round(index)]
    return reached[-1] if reached else scale.latest.categories[0].level
