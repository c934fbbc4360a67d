"""Pictures of the records, as SVG: a series' months for drift, held-out errors for a training. No scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

WIDTH, HEIGHT = 640, 140
LABEL_WIDTH = 160
SQUARE = 12
VERDICTS = {"stable": "#2e7d32", "watch": "#c58b00", "drift": "#b3261e"}
COLOURS = {"challenger": "#b3261e", "champion": "#1b62a5", "persistence": "#8a8a8a", "seasonal_naive": "#c58b00"}
NAMES = {
    "challenger": _("this model"),
    "champion": _("the champion"),
    "persistence": _("it stays as it is"),
    "seasonal_naive": _("as yesterday at this hour"),
}
Values = Sequence[float | None]


def months(plot: Mapping[str, Any]) -> SafeString:
    """A DriftReport's plot: each day's median within the range of nine in ten of its readings."""
    low, middle, high = (plot.get(name, []) for name in ("q05", "q50", "q95"))
    top = _top(high)
    ends = [*_spots(high, top), *reversed(_spots(low, top))]
    lines = [{"name": _("median of the day"), "path": _line(middle, top), "colour": COLOURS["champion"]}]
    return _svg(plot.get("days", []), top, lines, area=f"M{'L'.join(ends)}Z" if ends else "")


def errors(held_out: Mapping[str, Any]) -> SafeString:
    """A version's errors on the weeks that judged it, origin by origin, beside its rivals'."""
    rivals = [name for name in COLOURS if name in held_out]
    top = _top([value for name in rivals for value in held_out[name]])
    lines = [
        {"name": NAMES[name], "path": _line(held_out[name], top), "colour": COLOURS[name]} for name in reversed(rivals)
    ]
    return _svg(held_out.get("at", []), top, lines)


def verdicts(found: Mapping[str, Mapping[date, str]]) -> SafeString:
    """Each series' checks, a square a day: what they said over time."""
    days = sorted({day for checks in found.values() for day in checks})
    rows = [
        {"series": series, "y": place * SQUARE, "squares": [_square(days, *check) for check in checks.items()]}
        for place, (series, checks) in enumerate(found.items())
    ]
    size = {"width": LABEL_WIDTH + len(days) * SQUARE, "height": (len(rows) + 1) * SQUARE}
    ends = {"first": days[0], "last": days[-1], "left": LABEL_WIDTH} if days else {}
    return render_to_string("detection/verdicts.svg", {"rows": rows, "square": SQUARE - 1, **size, **ends})


def _square(days: list[date], day: date, verdict: str) -> dict[str, Any]:
    return {"x": LABEL_WIDTH + days.index(day) * SQUARE, "colour": VERDICTS[verdict], "title": f"{day}: {verdict}"}


def _svg(labels: Sequence[str], top: float, lines: list[dict[str, Any]], area: str = "") -> SafeString:
    ends = {"first": labels[0], "last": labels[-1]} if labels else {}
    placed = [line | {"x": place * LABEL_WIDTH} for place, line in enumerate(lines)]
    context = {"width": WIDTH, "height": HEIGHT, "top": top, "lines": placed, "area": area, **ends}
    return render_to_string("detection/drawing.svg", context)


def _top(values: Values) -> float:
    return max((value for value in values if value is not None and isfinite(value)), default=1.0) or 1.0


def _spots(values: Values, top: float) -> list[str]:
    """Where known values lie, from left to right."""
    step = WIDTH / max(len(values) - 1, 1)
    return [
        f"{place * step:.1f} {HEIGHT * (1 - value / top):.1f}"
        for place, value in enumerate(values)
        if value is not None and isfinite(value)
    ]


def _line(values: Values, top: float) -> str:
    spots = _spots(values, top)
    return f"M{'L'.join(spots)}" if spots else ""
