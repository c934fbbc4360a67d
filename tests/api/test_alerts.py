"""Alerts as programs read them and take them on."""

from typing import Any

import pytest

from alerts.models import Alert, Message
from aqi_project.api import keys
from detection.models import Severity
from tests import cast, factories
from tests.api.conftest import Api, code, with_key
from tests.factories import HOUR

pytestmark = pytest.mark.usefixtures("lahore")
NOW = factories.this_hour()


def make_alert(place: str = "lahore", **fields: Any) -> Alert:
    given = {
        "slot": f"unusual-air|{place}|{fields.get('identifier', '')}", "rule": "unusual-air", "place": place,
        "state": "firing", "severity": Severity.SEVERE, "peak_severity": Severity.SEVERE, "since": NOW,
        "level_since": NOW, "opened_at": NOW - HOUR, "fired_at": NOW - HOUR,
    }  # fmt: skip
    alert = Alert.objects.create(**{**given, **fields})
    texts = {"subject_en": "Unusual air in Lahore", "subject_ur": "لاہور", "text_en": "PM2.5 of 412 µg/m³."}
    Message.objects.create(alert=alert.identifier, kind="alert", place=place, **texts)
    return alert


def listed(api: Api, **query: Any) -> list[str]:
    return [one["identifier"] for one in api.get("/alerts", **query).json()["results"]]


def test_alerts_are_listed_newest_first_and_narrowed_down(api: Api) -> None:
    old = make_alert(state="resolved", resolved_at=NOW, opened_at=NOW - 9 * HOUR, identifier="old")
    new = make_alert(place="city:lahore", severity=Severity.EXTREME, peak_severity=Severity.EXTREME)
    assert listed(api) == [new.identifier, old.identifier]
    assert listed(api, open="true") == listed(api, severity="extreme") == listed(api, state="firing")
    assert listed(api, open="true") == listed(api, place="city:lahore") == [new.identifier]
    assert listed(api, open="false") == listed(api, to=(NOW - 5 * HOUR).isoformat()) == [old.identifier]
    assert listed(api, rule="another") == []


def test_however_many_places_there_are_the_public_ones_are_asked_for_once(
    api: Api, django_assert_num_queries: Any
) -> None:
    for slug in ("a", "b", "c"):
        factories.make_station(slug=slug)
        make_alert(place=slug, identifier=slug)
    listed(api)
    with django_assert_num_queries(1):
        assert len(listed(api)) == 3


def test_the_public_sees_what_was_said_to_it_and_no_private_place(api: Api) -> None:
    factories.make_station(slug="secret", is_public=False, city="hidden")
    seen = make_alert()
    for fields in ({"place": "secret"}, {"place": "city:hidden"}, {"fired_at": None}, {"is_muted": True}):
        make_alert(identifier=str(fields), **fields)
    assert listed(api) == [seen.identifier]
    assert len(listed(Api(cast.admin()))) == 5
    assert len(listed(with_key([keys.MANAGE]))) == 5
    assert len(listed(with_key([keys.MANAGE], stations=["secret"]))) == 2
    assert code(api.get("/alerts/secret")) == (404, "not_found")


def test_an_alert_says_what_was_said_and_to_the_public_not_who_took_it_on(api: Api) -> None:
    alert = make_alert(acknowledged_at=NOW, acknowledged_by="officer")
    told = api.get(f"/alerts/{alert.identifier}").json()
    assert (told["state"], told["severity"], told["acknowledged_by"]) == ("firing", "severe", "")
    assert [message["text_en"] for message in told["messages"]] == ["PM2.5 of 412 µg/m³."]
    assert with_key([keys.MANAGE]).get(f"/alerts/{alert.identifier}").json()["acknowledged_by"] == "officer"


def test_a_key_for_another_station_sees_what_the_public_sees(api: Api) -> None:
    alert = make_alert(acknowledged_at=NOW, acknowledged_by="officer")
    held_back = {"subject_en": "x", "text_en": "Said to nobody.", "muted_by": "Silence: we are there", "number": 2}
    Message.objects.create(alert=alert.identifier, identifier="muted", kind="update", place="lahore", **held_back)
    path = f"/alerts/{alert.identifier}"
    assert with_key([keys.MANAGE], stations=["temp-01"]).get(path).json() == api.get(path).json()
    assert len(with_key([keys.MANAGE], stations=["lahore"]).get(path).json()["messages"]) == 2


def test_an_alert_is_taken_on_once(api: Api) -> None:
    alert = make_alert()
    path = f"/alerts/{alert.identifier}/acknowledge"
    manager = with_key([keys.MANAGE])
    assert manager.post(path, {}).json()["acknowledged_by"].startswith("key ")
    assert code(manager.post(path, {})) == (409, "refused")
    assert code(api.post(path, {})) == (401, "not_authenticated")
    assert code(with_key([keys.PREDICT]).post(path, {})) == (403, "forbidden")
    assert code(with_key([keys.MANAGE], stations=["temp-01"]).post(path, {})) == (403, "forbidden")
