"""Which messages everybody may read as documents, and in which order the feed has them."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client, RequestFactory
from lxml import etree

from alerts.models import Message
from alerts.views import cap
from aqi_project import clock
from ingestion.models import Station

pytestmark = pytest.mark.django_db
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def place(station: Station) -> Station:
    return station


def say(name: str, number: int = 1, **changes: Any) -> None:
    """`name`: the alert's; number n was said n minutes after number 0."""
    values = {"alert": name, "kind": Message.Kind.UPDATE, "place": "lahore", "subject_en": f"{name}-{number}"}
    at = clock.now() + timedelta(minutes=number - 100)
    Message.objects.create(identifier=f"{name}-{number}", number=number, created_at=at, **{**values, **changes})


def read(identifier: str) -> etree._Element:
    return etree.fromstring(cap.document(RequestFactory().get("/"), identifier).content)


def titles() -> list[str]:
    feed = etree.fromstring(cap.feed(RequestFactory().get("/")).content)
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


@pytest.mark.parametrize(
    "changes",
    [
        {"muted_by": "Silence: Calibration"},
        {"kind": Message.Kind.NOTICE},
        {"kind": Message.Kind.DIGEST},
        {"kind": Message.Kind.TEST},
        {"place": "elsewhere"},
    ],
)
def test_what_goes_to_nobody_or_is_no_alert_is_not_published(changes: dict[str, Any]) -> None:
    say("a", **changes)
    assert titles() == []
    for identifier in ("a-1", "a"):
        with pytest.raises(Http404):
            read(identifier)


def test_a_name_that_nothing_has_leads_nowhere() -> None:
    say("a")
    with pytest.raises(Http404):
        read("b")


def test_a_message_is_found_by_its_name_and_the_newest_that_was_told_by_its_alerts() -> None:
    for name in ("a", "b"):
        for number in (1, 2, 3):
            say(name, number, muted_by="Silence" if number == 3 else "")
    assert [read(name).findtext(f"{CAP}identifier") for name in ("a-1", "b-2", "a", "b")] == [
        "a-1",
        "b-2",
        "a-2",
        "b-2",
    ]


def test_a_document_refers_to_what_was_told_before_it_of_the_same_alert() -> None:
    for number in (3, 1, 2, 4, 5):
        say("a", number, muted_by="Silence" if number == 2 else "")
    say("b")
    references = read("a-4").findtext(f"{CAP}references", "").split()
    assert [reference.split(",")[1] for reference in references] == ["a-1", "a-3"]


def test_the_feed_has_the_newest_and_those_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cap, "FEED_LENGTH", 3)
    for number in (2, 4, 1, 3):
        say("a", number)
    assert titles() == ["a-4", "a-3", "a-2"]


def test_readers_may_keep_the_feed_for_half_a_minute_and_change_nothing(client: Client) -> None:
    answer = client.get("/alerts/cap.atom")
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert client.post("/alerts/cap.atom").status_code == client.post("/alerts/a.cap.xml").status_code == 405
