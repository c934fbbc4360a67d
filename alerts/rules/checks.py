"""What is wrong with a rule, in clear sentences for the form."""

import logging
import re
from datetime import timedelta
from math import isfinite
from typing import Any

from django.db.models import DurationField
from django.template import Context, Engine
from django.utils.translation import gettext as _

from alerts.channels import CHANNELS
from alerts.models import Rule
from alerts.sending.texts import NAMES
from detection.models import Anomaly
from ingestion.aqi import standards
from ingestion.models import Station, Variable

log = logging.getLogger(__name__)
NO_TIME, A_YEAR = timedelta(0), timedelta(days=366)
TEMPLATES = ("subject_en", "subject_ur", "template_en", "template_ur")
UNKNOWN = "\0%s\0"  # stands where a template names what there is not, and in no other text
STRICT = Engine(string_if_invalid=UNKNOWN)


def problems(rule: Rule) -> dict[str, str]:
    """Field → sentence; empty where all is well."""
    checks = (_limits, _times, _where, _measure, _lists, _templates)
    return {field: sentence for check in checks for field, sentence in check(rule).items()}


def _limits(rule: Rule) -> dict[str, str]:
    if not rule.needs("limits"):
        return {}
    limits: Any = rule.limits
    if not (isinstance(limits, list) and limits and all(map(_is_number, limits))) or sorted(set(limits)) != limits:
        return {"limits": _("Give at least one limit, the lowest first, such as [151, 201, 301].")}
    return {}


def _is_number(limit: Any) -> bool:
    """“nan” and “inf” are read as numbers, too, but nothing is ever above them."""
    return type(limit) in (int, float) and isfinite(limit)


def _times(rule: Rule) -> dict[str, str]:
    given = {field.name: getattr(rule, field.name) for field in Rule._meta.fields if isinstance(field, DurationField)}
    found = {name: sentence for name, span in given.items() if (sentence := _span(span or NO_TIME))}
    if not found and rule.needs("long_mean") and rule.long_mean < rule.short_mean:
        found["long_mean"] = _("The long mean spans at least as much as the short one: it gets better more slowly.")
    return found


def _span(span: timedelta) -> str:
    if span < NO_TIME:
        return _("No time is shorter than none. Write hours, minutes and seconds, such as 01:30:00.")
    return _("A year is the most. Write hours, minutes and seconds, such as 01:30:00.") if span > A_YEAR else ""


def _where(rule: Rule) -> dict[str, str]:
    if not isinstance(rule.stations, list):
        return {"stations": _('Give a list of slugs, such as ["lahore"], or nothing for all public stations.')}
    unknown = sorted(set(rule.stations) - set(Station.objects.values_list("slug", flat=True)))
    if unknown:
        return {"stations": _("There is no station %(slugs)s.") % {"slugs": ", ".join(map(str, unknown))}}
    return {}


def _measure(rule: Rule) -> dict[str, str]:
    if rule.variable and not Variable.objects.filter(code=rule.variable).exists():
        return {"variable": _("There is no variable %(code)s.") % {"code": rule.variable}}
    if rule.condition == Rule.Condition.FORECAST and not rule.variable:
        return {"variable": _("A forecast is made for a variable: name one, such as pm2_5.")}
    if rule.standard not in standards():
        return {"standard": _("Known standards are %(codes)s.") % {"codes": ", ".join(standards())}}
    return {}


def _lists(rule: Rule) -> dict[str, str]:
    found = {}
    for field, known in (("kinds", list(Anomaly.Kind.values)), ("channels", list(CHANNELS))):
        given = getattr(rule, field)
        if not isinstance(given, list) or set(given) - set(known):
            found[field] = _("Give a list of: %(known)s.") % {"known": ", ".join(known)}
    return found


def _templates(rule: Rule) -> dict[str, str]:
    found = {}
    for field in TEMPLATES:
        try:
            text = STRICT.from_string(getattr(rule, field)).render(Context(dict.fromkeys(NAMES, "")))
            if unknown := re.search(UNKNOWN % "(.*?)", text):
                found[field] = _("There is no “%(name)s” to fill in. There are: %(names)s.") % {
                    "name": unknown[1],
                    "names": ", ".join(NAMES),
                }
        except Exception as error:  # a template may fail in any filter
            log.exception("A template of rule %s fails", rule.slug)
            found[field] = _("This template cannot be read: %(why)s") % {"why": error}
    return found
