"""The rows of the table behind a chart: a hundred of them, so they are joined here and not walked by the template."""

from datetime import datetime

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboard.city.now import number_text
from dashboard.drawing.chart import Chart
from dashboard.times import moment_text

register = template.Library()
TABLE_HOURS = 3  # between the rows of the forecast


@register.simple_tag
def measured_rows(chart: Chart) -> SafeString:
    """Newest first: time, value, usual range, index."""
    usual = {point.at: point for point in chart.band}
    row = '<tr data-place="{}"><th scope="row">{}</th><td>{}</td><td><bdi>{}</bdi></td><td>{}</td></tr>'
    return format_html_join(
        "\n",
        row,
        (
            (*_when(chart, one.at), _value(chart, one), _range(usual.get(one.at)), "–" if one.aqi is None else one.aqi)
            for one in reversed(chart.rows)
        ),
    )


@register.simple_tag
def foretold_rows(chart: Chart) -> SafeString:
    """The next one first: time, middle value, 95 % range."""
    shown = [pair for pair in chart.foretold if (pair[0] - chart.now).total_seconds() / 3600 % TABLE_HOURS == 0]
    row = '<tr data-place="{}"><th scope="row">{}</th><td>{}</td><td><bdi>{}–{}</bdi></td></tr>'
    return format_html_join(
        "\n",
        row,
        ((*_when(chart, at), *(number_text(q[name]) for name in ("q50", "q025", "q975"))) for at, q in shown),
    )


def _when(chart: Chart, at: datetime) -> tuple[float, str]:
    return chart.scale.percent_x(at), moment_text(at, chart.station.zone)


def _value(chart: Chart, row: object) -> str:
    code = chart.variable.code
    text = number_text(row.values.get(code))
    if code not in row.flags:
        return text
    return format_html('{} <abbr title="{}">{}</abbr>', text, row.flags[code], _("in doubt"))


def _range(point: object) -> str:
    return f"{number_text(point.lower)}–{number_text(point.upper)}" if point else ""
