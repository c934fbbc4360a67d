"""The current state in other shapes: plain text, a badge, a picture for messengers."""

from io import BytesIO
from typing import Any

from django.utils.html import escape
from django.utils.text import Truncator
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from aqi_project.numerals import among_urdu
from dashboard.city.now import NO_LEVEL, now
from dashboard.city.scene import Scene
from dashboard.numbers import number_text
from ingestion.models import Station

CARD_SIZE = (1200, 630)  # what OpenGraph asks for
PAPER, TEXT, SOFT = "#ffffff", "#13202b", "#51606d"
NAME_LETTERS = 32  # in a badge, which stands in a line with others
LETTER = 6.6  # width of a letter in the badge's 11 px type; each text is set to so much, whatever font there is


def headline(state: dict[str, Any]) -> str:
    """“170 Unhealthy”, “21 °C Temperature”: what is no index says nothing without its unit."""
    unit = "" if state["number"] == number_text(None) else state["unit"]
    number = among_urdu(state["number"], unit) if get_language_bidi() else state["number"]
    return " ".join(filter(None, (number, unit, state["category"])))


def as_text(station: Station, state: dict[str, Any] | None) -> str:
    """A few lines for a terminal, an SMS gateway or a very old phone."""
    if state is None:
        return _("No reading has arrived yet. This page shows the first as soon as it does.") + "\n"
    name, stale = station.name_in(get_language() or "en"), state["is_stale"]
    lines = [f"{name}: {state['stale_text']}"] if stale else []
    lines += [f"{name}: {headline(state)}", state["beyond"]]
    lines += [] if stale else [state["unusual"], state["advice"].get("everyone", "")]
    lines += [_(", ").join(filter(None, (state["variable_name"], state["standard"])))]
    lines += [f"{state['at_text']} ({state['age_text']})"]
    lines += [_(", ").join([state["source"], *([_("recorded data")] if station.is_recording else [])])]
    return "\n".join(filter(None, lines)) + "\n"


def badge(station: Station, state: dict[str, Any] | None) -> str:
    """An SVG of 20 pixels' height: the station's name, and the number on its category's colour.

    A badge has no room to say how old a number is: one that is no longer of now is not shown.
    """
    nothing = _("no current value") if state else _("no data")
    shown = state if state and not state["is_stale"] else {**NO_LEVEL, "number": nothing, "unit": "", "category": ""}
    number, colour, ink = headline(shown), shown["colour"], shown["ink"]
    if station.is_recording and shown is state:
        number += f" ({_('recorded data')})"
    short = Truncator(station.name).chars(NAME_LETTERS)
    left, right = (round(len(text) * LETTER) + 14 for text in (short, number))
    name, short, number = escape(station.name), escape(short), escape(number)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{name}: {number}" font-family="Verdana,sans-serif" font-size="11">'
        f'<rect width="{left}" height="20" fill="#13202b"/><rect x="{left}" width="{right}" height="20" '
        f'fill="{colour}"/><text x="7" y="14" fill="#fff" textLength="{left - 14}">{short}</text>'
        f'<text x="{left + 7}" y="14" fill="{ink}" textLength="{right - 14}">{number}</text></svg>'
    )


def picture(scene: Scene) -> bytes:
    """A PNG for links in messengers. In English: the drawing library sets no Urdu."""
    from PIL import Image, ImageDraw, ImageFont

    state = now(scene)
    image = Image.new("RGB", CARD_SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    stale = state["is_stale"]
    draw.rectangle((0, 0, 60, CARD_SIZE[1]), fill=NO_LEVEL["colour"] if stale else state["colour"])
    source = f"{state['source']}, recorded data" if scene.station.is_recording else state["source"]
    lines = [
        (60, 48, SOFT, scene.station.name),
        (130, 260, SOFT if stale else TEXT, f"{state['number']} {state['unit']}".strip()),
        (410, 64, TEXT, state["category"]),
        (500, 32, TEXT, state["stale_text" if stale else "unusual"]),
        (560, 26, SOFT, " · ".join(filter(None, (state["standard"], state["at_text"], source)))),
    ]
    for top, size, colour, text in lines:
        draw.text((110, top), text, fill=colour, font=ImageFont.load_default(size))
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
