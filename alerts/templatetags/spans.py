"""Lengths of time in the templates of alerts."""

from datetime import timedelta

from django import template

from aqi_project.clock import span_words

register = template.Library()
UNITS = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))
FEWEST = 2  # of a unit; fewer are told in the next smaller one


@register.filter
def spoken(length: timedelta) -> str:
    """“40 seconds”, “90 minutes”, “26 hours”: rounded to whole units, at least two of them; never “0 seconds”."""
    unit = next((unit for unit in UNITS if length >= FEWEST * unit), UNITS[-1])
    return span_words(max(round(length / unit), 1) * unit)
