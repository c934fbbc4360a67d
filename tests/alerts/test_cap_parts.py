"""What stands in a document of the Common Alerting Protocol and in its feed, element by element."""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from alerts.cap import area
from alerts.cap import document as cap
from alerts.models import Message, Rule
from alerts.models.alert import UNWATCHED
from alerts.places import Place, public_keys
from detection.models import Severity
from ingestion.models import Station

AT = datetime(2026, 11, 21, 9, 0, 59, 999_999, tzinfo=UTC)
SITE = "http://localhost:8000"


@pytest.fixture(autouse=True)
def sender(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Clean Air <alerts@air.example.org>"


def said(number: int = 2, **changes: Any) -> Message:
    words = {"subject_en": "Bad air", "subject_ur": "خراب ہوا", "text_en": "It is 412.", "text_ur": "یہ 412 ہے۔"}
    values = {"identifier": f"a-{number}", "alert": "a", "number": number, "kind": Message.Kind.UPDATE, **words}
    values |= {"rule": "unusual-air", "place": "lahore", "severity": Severity.SEVERE, "facts": {}}
    times = {"created_at": AT, "about": AT - timedelta(hours=1)}
    return Message(**{**values, **times, **changes})


def leaves(element: ET.Element) -> dict[str, str | None]:
    return {child.tag: child.text for child in element if not len(child)}


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("Asia/Karachi", "2026-11-21T14:00:59+05:00"),
        ("America/New_York", "2026-11-21T04:00:59-05:00"),
        ("Europe/London", "2026-11-21T09:00:59-00:00"),  # so the standard wants it in winter
    ],
)
def test_a_time_has_the_offset_of_its_place_and_no_fractions(zone: str, written: str) -> None:
    assert cap.stamp(AT, ZoneInfo(zone)) == written


def at(latitude: float | None, longitude: float | None, *, public: bool = True) -> Station:
    return Station(latitude=latitude, longitude=longitude, is_public=public)


@pytest.mark.parametrize("hidden", [at(31.9, 74.9, public=False), at(None, 74.9), at(31.9, None)])
def test_the_area_gives_no_hidden_station_away_and_needs_no_unknown_one(hidden: Station) -> None:
    assert area.shape(Place("city:lahore", (at(31.55, 74.34), hidden))) == ("circle", "31.55000,74.34000 5.0")
    assert area.shape(Place("city:lahore", (hidden,))) is None


def test_around_two_stations_lies_one_convex_area() -> None:
    element, text = area.shape(Place("city:lahore", (at(0.0, 0.0), at(0.0, 1.0)))) or ("", "")
    corners = text.split()
    assert element == "polygon"
    assert corners[0] == corners[-1]
    assert len(set(corners)) == len(corners) - 1 == 14  # seven around each, the rest lies inside
    assert {"0.00000,-0.04496", "0.00000,1.04496", "0.04496,0.00000", "-0.04496,1.00000"} <= set(corners)


def test_a_document_says_who_says_it_when_and_after_what(rule: Rule) -> None:
    earlier = [said(0, created_at=AT - timedelta(hours=2)), said(1, created_at=AT - timedelta(hours=1))]
    who = "alerts@air.example.org"
    assert leaves(cap.document(said(), earlier)) == {
        "identifier": "a-2",
        "sender": who,
        "sent": "2026-11-21T14:00:59+05:00",
        "status": "Actual",
        "msgType": "Update",
        "scope": "Public",
        "references": f"{who},a-0,2026-11-21T12:00:59+05:00 {who},a-1,2026-11-21T13:00:59+05:00",
        "incidents": "a",
    }


def test_a_document_says_what_holds_from_when_to_when_and_what_to_do(rule: Rule) -> None:
    facts = {"value": 412.0, "limit": 250.5, "expected": 90.0, "probability": None}
    info, urdu = cap.document(said(facts=facts), []).findall("info")
    assert leaves(info) == {
        "language": "en",
        "category": "Env",
        "event": "Unusual air",
        "responseType": "Monitor",
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Likely",
        "effective": "2026-11-21T14:00:59+05:00",
        "onset": "2026-11-21T13:00:59+05:00",
        "expires": "2026-11-21T20:00:59+05:00",
        "senderName": "Clean Air",
        "headline": "Bad air",
        "description": "It is 412.",
        "instruction": "Watch the air in your area and follow the advice of the authorities.",
        "web": f"{SITE}/lahore/lahore/",
    }
    parameters = [(one.findtext("valueName"), one.findtext("value")) for one in info.findall("parameter")]
    assert parameters == [("value", "412"), ("limit", "250.5")]
    assert leaves(info.findall("area")[0]) == {"areaDesc": "Lahore"}
    assert (urdu.findtext("headline"), urdu.findtext("description")) == ("خراب ہوا", "یہ 412 ہے۔")


def test_an_exercise_says_twice_that_it_is_one(rule: Rule) -> None:
    root = cap.document(said(is_exercise=True), [])
    assert (root.findtext("status"), root.findtext("note")) == ("Exercise", "Exercise: no real alert.")


def test_of_a_station_without_data_nobody_knows_how_severe_it_is(rule: Rule) -> None:
    Rule.objects.update(condition=Rule.Condition.NO_DATA)
    info = cap.document(said(), [])[-1]
    assert (info.findtext("severity"), info.findtext("certainty")) == ("Unknown", "Observed")


def test_a_message_outlives_its_rule_and_takes_none_of_another(rule: Rule, settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "alerts@air.example.org"
    info = cap.document(said(rule="gone"), []).findall("info")[0]
    assert (info.findtext("event"), info.findtext("certainty")) == ("Air pollution", "Observed")
    assert info.findtext("senderName") == "alerts@air.example.org"


@pytest.mark.parametrize(
    ("condition", "kind", "facts", "response", "urgency"),
    [
        (Rule.Condition.LIMIT, Message.Kind.ALERT, {}, "Monitor", "Immediate"),
        (Rule.Condition.LIMIT, Message.Kind.CANCEL, {}, "AllClear", "Past"),
        (Rule.Condition.LIMIT, Message.Kind.CANCEL, {UNWATCHED: True}, "Monitor", "Unknown"),
        (Rule.Condition.ANOMALY, Message.Kind.CANCEL, {}, "Monitor", "Past"),
        (Rule.Condition.FORECAST, Message.Kind.CANCEL, {}, "Monitor", "Past"),
        (Rule.Condition.NO_DATA, Message.Kind.CANCEL, {}, "Monitor", "Past"),
    ],
)
def test_only_the_end_of_bad_air_that_was_watched_is_an_all_clear(
    rule: Rule, condition: str, kind: str, facts: dict[str, Any], response: str, urgency: str
) -> None:
    Rule.objects.update(condition=condition)
    info = cap.document(said(kind=kind, facts=facts), []).findall("info")[0]
    assert (info.findtext("responseType"), info.findtext("urgency")) == (response, urgency)


@pytest.mark.parametrize(
    ("condition", "chance", "words"),
    [
        (Rule.Condition.FORECAST, 0.5, "Possible"),
        (Rule.Condition.FORECAST, 0.51, "Likely"),
        (Rule.Condition.ANOMALY, None, "Likely"),
        (Rule.Condition.DISAGREEMENT, None, "Possible"),
        (Rule.Condition.LIMIT, None, "Observed"),
    ],
)
def test_a_certainty_above_a_half_is_likely(condition: str, chance: float | None, words: str) -> None:
    assert cap.certainty(said(facts={"probability": chance}), condition) == words


def test_the_feed_says_who_says_it_and_when_it_changed() -> None:
    feed = cap.feed([said(), said(1, created_at=AT - timedelta(hours=1))])
    address = f"{SITE}/alerts/cap.atom"
    assert leaves(feed) == {
        "id": address,
        "title": "Air quality alerts",
        "updated": "2026-11-21T09:00:59+00:00",
        "link": None,
    }
    assert feed.find("link").attrib == {"rel": "self", "type": "application/atom+xml", "href": address}
    assert feed.findtext("author/name") == "Clean Air"
    entry, before = feed.findall("entry")
    document = f"{SITE}/alerts/a-2.cap.xml"
    told = {"id": document, "title": "Bad air", "updated": "2026-11-21T09:00:59+00:00", "summary": "It is 412."}
    assert leaves(entry) == {**told, "link": None}
    assert entry.find("link").attrib == {"rel": "alternate", "type": "application/cap+xml", "href": document}
    assert before.findtext("updated") == "2026-11-21T08:00:59+00:00"


def test_a_feed_is_never_signed_and_speaks_utf_8(settings: Settings) -> None:
    settings.CAP_SIGNING_KEY = "/no/such/key"
    settings.DEFAULT_FROM_EMAIL = "صاف ہوا <alerts@air.example.org>"
    feed = cap.serialize(cap.feed([]))
    assert feed.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert "<name>صاف ہوا</name>".encode() in feed
    assert b"<updated>1970-01-01T00:00:00+00:00</updated>" in feed


def test_everyone_may_read_of_public_stations_and_of_the_cities_of_those_that_are_watched(station: Station) -> None:
    for slug, changes in {
        "old": {"city": "multan", "is_active": False},
        "secret": {"city": "karachi", "is_public": False},
        "lone": {"city": ""},
        "airport": {"city": "islamabad"},
    }.items():
        Station.objects.create(slug=slug, name=slug, **changes)
    assert sorted(public_keys()) == ["airport", "city:islamabad", "city:lahore", "lahore", "lone", "old"]
