"""The rows of the table behind a chart: hundreds of them, so they are joined here and not walked by the template."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import isfinite

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from aqi_project.numerals import significant
from dashboard.city.chart import Chart
from dashboard.city.readings import Row
from dashboard.drawing.plot import Plot, day_of
from dashboard.flag_texts import why_doubted
from dashboard.numbers import number_text, range_text
from dashboard.past.history import Day
from dashboard.times import moment_text
from detection.live.band import BandPoint
from ingestion.models import Variable

register = template.Library()
TABLE_HOURS = 3  # between the rows of the forecast


@register.simple_tag
def measured_rows(chart: Chart) -> SafeString:
    """Newest first: time, value and whether it is in doubt, usual range, index. A sign stands before its number in
    Urdu, too."""
    usual = {point.at: point for point in chart.band}
    row = '<tr data-place="{}"><th scope="row">{}</th><td><bdi>{}</bdi>{}</td><td><bdi>{}</bdi></td><td>{}</td></tr>'
    cells = (
        (
            *_when(chart, one.at),
            number_text(one.values.get(chart.variable.code), chart.variable),
            _doubt(chart, one),
            _range(chart, usual.get(one.at)),
            "–" if one.aqi is None else one.aqi,
        )
        for one in reversed(chart.rows)
    )
    return _joined(row, cells)


@register.simple_tag
def foretold_rows(chart: Chart) -> SafeString:
    """The next one first: time, middle value, 95 % range."""
    shown = chart.foretold[TABLE_HOURS - 1 :: TABLE_HOURS]
    row = '<tr data-place="{}"><th scope="row">{}</th><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td></tr>'
    cells = (
        (*_when(chart, at), number_text(q["q50"], chart.variable), range_text(q["q025"], q["q975"], chart.variable))
        for at, q in shown
    )
    return _joined(row, cells)


def _joined(row: str, cells: Iterable[tuple[object, ...]]) -> SafeString:
    """Numbers, times and what is HTML already: there is nothing to escape, which would take as long as all the rest."""
    return mark_safe("\n".join(row.format(*each) for each in cells))  # noqa: S308


def _cell(value: float) -> str:
    return significant(value) if isfinite(value) else "–"


@register.simple_tag
def plot_rows(plot: Plot) -> SafeString:
    """A row for each place of the curves, in their order."""
    cells = ((where, [_cell(value) for value in values]) for where, values in plot.rows)
    row = '<tr><th scope="row">{}</th>{}</tr>'
    return format_html_join(
        "\n",
        row,
        (
            (where, format_html_join("", "<td><bdi>{}</bdi></td>", ((text,) for text in texts)))
            for where, texts in cells
        ),
    )


@register.simple_tag
def day_rows(days: Sequence[Day], variable: Variable) -> SafeString:
    """Newest first: day, highest index, mean, readings, share of those that should have come."""
    row = '<tr><th scope="row">{}</th><td>{}</td><td><bdi>{}</bdi></td><td>{}</td><td><bdi>{}</bdi></td></tr>'
    cells = (
        (
            day_of(day.date),
            "–" if day.aqi is None else day.aqi,
            number_text(day.mean, variable),
            day.count,
            f"{day.complete:.0%}",
        )
        for day in reversed(days)
    )
    return format_html_join("\n", row, cells)


def _when(chart: Chart, at: datetime) -> tuple[float, str]:
    return chart.scale.percent_x(at), moment_text(at, chart.station.zone)


def _doubt(chart: Chart, row: Row) -> str:
    flag = row.flags.get(chart.variable.code)
    return format_html(' <abbr title="{}">{}</abbr>', why_doubted(flag), _("in doubt")) if flag else ""


def _range(chart: Chart, point: BandPoint | None) -> str:
    return range_text(point.lower, point.upper, chart.variable) if point else ""
