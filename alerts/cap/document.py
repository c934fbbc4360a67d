"""Messages as documents of the Common Alerting Protocol 1.2 (OASIS), in English and Urdu, and their Atom feed."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from django.conf import settings

from alerts import links
from alerts.cap import area
from alerts.cap.words import CERTAINTY, EVENTS, INSTRUCTIONS, MESSAGE_TYPES, SEVERITIES
from alerts.models import Message, Rule
from alerts.models.alert import UNWATCHED
from alerts.models.people import LANGUAGES
from alerts.places import Place, place_of

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM = "http://www.w3.org/2005/Atom"
VALID = timedelta(hours=6)  # a message that is not renewed within it no longer holds
LIKELY = 0.5  # CAP calls a probability above it "Likely", below it "Possible"
IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
FEED_TITLE = "Air quality alerts"


def document(message: Message, earlier: list[Message]) -> ET.Element:
    """The message as a CAP alert; `earlier` are the messages of the same alert before it."""
    place = place_of(message.place)
    rule = Rule.objects.filter(slug=message.rule).first()
    zone = place.zone
    root = ET.Element("alert", xmlns=CAP)
    _add(root, "identifier", message.identifier)
    _add(root, "sender", sender())
    _add(root, "sent", stamp(message.created_at, zone))
    _add(root, "status", "Exercise" if message.is_exercise else "Actual")
    _add(root, "msgType", MESSAGE_TYPES[message.kind])
    _add(root, "scope", "Public")
    if message.is_exercise:
        _add(root, "note", "Exercise: no real alert.")
    if earlier:
        references = (f"{sender()},{other.identifier},{stamp(other.created_at, zone)}" for other in earlier)
        _add(root, "references", " ".join(references))
    _add(root, "incidents", message.alert)
    for language in dict(LANGUAGES):
        _info(root, message, rule, place, zone, language)
    return root


def _info(root: ET.Element, message: Message, rule: Rule | None, place: Place, zone: ZoneInfo, language: str) -> None:
    condition = rule.condition if rule else Rule.Condition.LIMIT
    # The end of anything else says nothing of the air right now.
    is_well = condition == Rule.Condition.LIMIT and _is_over(message)
    info = ET.SubElement(root, "info")
    _add(info, "language", language)
    _add(info, "category", "Env")
    _add(info, "event", EVENTS[language][condition])
    _add(info, "responseType", "AllClear" if is_well else "Monitor")
    _add(info, "urgency", _urgency(message, condition))
    _add(info, "severity", SEVERITIES[message.severity] if condition != Rule.Condition.NO_DATA else "Unknown")
    _add(info, "certainty", certainty(message, condition))
    _add(info, "effective", stamp(message.created_at, zone))
    _add(info, "onset", stamp(_onset(message), zone))
    _add(info, "expires", stamp(message.created_at + VALID, zone))
    _add(info, "senderName", parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or sender())
    _add(info, "headline", message.subject_in(language))
    _add(info, "description", message.text_in(language))
    _add(info, "instruction", INSTRUCTIONS[language][is_well])
    _add(info, "web", links.page(message))
    for name in ("value", "limit", "probability"):
        if message.facts.get(name) is not None:
            parameter = ET.SubElement(info, "parameter")
            _add(parameter, "valueName", name)
            _add(parameter, "value", f"{message.facts[name]:g}")
    _area(info, place, language)


def _add(parent: ET.Element, name: str, text: str) -> None:
    """Without what XML cannot hold: one control character in a name that somebody pasted would break the whole feed."""
    ET.SubElement(parent, name).text = IMPOSSIBLE.sub("", text)


def sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """A time as CAP wants it: to the second, with a numeric offset, never Z; that of UTC is -00:00 (section 3.3.2)."""
    return at.astimezone(zone).isoformat(timespec="seconds").replace("+00:00", "-00:00")


def _onset(message: Message) -> datetime:
    ahead = message.facts.get("expected_at")
    return datetime.fromisoformat(ahead) if ahead else message.about


def _is_over(message: Message) -> bool:
    """Whether it ends the alert because what it told of is over, and not because nobody looks any more."""
    return message.kind == Message.Kind.CANCEL and not message.facts.get(UNWATCHED)


def _urgency(message: Message, condition: str) -> str:
    if message.kind == Message.Kind.CANCEL:
        return "Past" if _is_over(message) else "Unknown"
    return "Expected" if condition == Rule.Condition.FORECAST else "Immediate"


def certainty(message: Message, condition: str) -> str:
    """From the probability where there is one; a measured value over a limit was observed."""
    chance = message.facts.get("probability")
    if chance is None:
        return CERTAINTY.get(condition, "Observed")
    return "Likely" if chance > LIKELY else "Possible"


def _area(info: ET.Element, place: Place, language: str) -> None:
    element = ET.SubElement(info, "area")
    _add(element, "areaDesc", place.name_in(language))
    shape = area.shape(place)
    if shape:
        _add(element, *shape)


def feed(messages: list[Message]) -> ET.Element:
    """The Atom feed of the newest messages, newest first."""
    root = ET.Element("feed", xmlns=ATOM)
    address = links.address("cap-feed")
    _add(root, "id", address)
    _add(root, "title", FEED_TITLE)
    _add(root, "updated", _updated(messages[0].created_at if messages else datetime.fromtimestamp(0, UTC)))
    ET.SubElement(root, "link", rel="self", type="application/atom+xml", href=address)
    _add(ET.SubElement(root, "author"), "name", parseaddr(settings.DEFAULT_FROM_EMAIL)[0] or sender())
    for message in messages:
        _entry(root, message)
    return root


def _entry(root: ET.Element, message: Message) -> None:
    address = links.address("cap", message.identifier)
    entry = ET.SubElement(root, "entry")
    _add(entry, "id", address)
    _add(entry, "title", message.subject_en)
    _add(entry, "updated", _updated(message.created_at))
    ET.SubElement(entry, "link", rel="alternate", type="application/cap+xml", href=address)
    _add(entry, "summary", message.text_en)


def _updated(at: datetime) -> str:
    """A time as Atom wants it (RFC 3339), where -00:00 would say that nobody knows the place's clock."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def serialize(root: ET.Element) -> bytes:
    """The bytes of a document, signed where a key is configured."""
    plain: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    if settings.CAP_SIGNING_KEY and root.tag == "alert":
        from alerts.cap.signature import sign

        return sign(plain)
    return plain
