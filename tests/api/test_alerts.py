from typing import Any

import pytest

from alerts import review
from alerts.models import Alert, Message
from aqi_project.api import keys
from detection.lifecycle.watch.scoreboard import MonthlyRecord
from detection.models import Anomaly, Severity
from ingestion.models import Station
from tests import cast, factories
from tests.api.conftest import Api
from tests.api.test_keys import code, with_key
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


def test_one_anomaly_is_read_by_its_id(api: Api) -> None:
    anomaly = factories.make_anomaly("lahore", NOW - HOUR)
    assert api.get(f"/anomalies/{anomaly.pk}").json()["value"] == 260
    assert code(api.get("/anomalies/nothing")) == (404, "not_found")
    Station.objects.update(is_public=False)
    assert code(api.get(f"/anomalies/{anomaly.pk}")) == (404, "not_found")


def test_a_verdict_on_an_anomaly_is_noted_with_who_gave_it_and_seen_by_the_rules(api: Api) -> None:
    anomaly = factories.make_anomaly("lahore", NOW - HOUR)
    path = f"/anomalies/{anomaly.pk}/review"
    manager = with_key([keys.MANAGE])
    assert manager.post(path, {"review": "false_alarm", "note": "a bonfire"}).json()["review"] == "false_alarm"
    noted = Anomaly.objects.get()
    assert (noted.review_note, noted.revision) == ("a bonfire", 2)
    assert noted.reviewed_by.startswith("key ")
    assert code(manager.post(path, {"review": "perhaps"})) == (400, "invalid")
    assert code(api.post(path, {"review": "true"})) == (401, "not_authenticated")


def test_a_verdict_given_by_mistake_is_taken_back(api: Api) -> None:
    anomaly = factories.make_anomaly("lahore", NOW - HOUR)
    path, manager = f"/anomalies/{anomaly.pk}/review", with_key([keys.MANAGE])
    for verdict in ("false_alarm", "none"):
        assert manager.post(path, {"review": verdict}).json()["review"] == verdict
    assert list(review.waiting()) == [anomaly]


def test_what_forecasts_were_worth_is_listed_by_month(api: Api) -> None:
    figures = {"count": 24, "error": 11.0, "persistence": 20.0, "seasonal_naive": 15.0, "coverage": 0.94}
    for month in ("2026-10", "2026-11"):
        MonthlyRecord.objects.create(series="lahore/pm2_5", month=month, hours="7-24", **figures)
    results = api.get("/models/lahore/pm2_5/scores").json()["results"]
    assert [one["month"] for one in results] == ["2026-11", "2026-10"]
    assert results[0] == {"month": "2026-11", "hours": "7-24", "provider": None, **figures}


def test_scores_of_a_month_are_in_the_order_of_their_hours_over_all_pages(api: Api) -> None:
    figures = {"count": 24, "error": 11.0, "persistence": 20.0, "coverage": 0.94}
    wanted = [(month, hours) for month in ("2026-11", "2026-10") for hours in ("1-1", "2-6", "7-24", "25-48", "49-72")]
    for month, hours in sorted(wanted):
        MonthlyRecord.objects.create(series="lahore/pm2_5", month=month, hours=hours, **figures)
    address, found = "/api/v1/models/lahore/pm2_5/scores?limit=3", []
    while address:
        page = api.client.get(address).json()
        found += [(one["month"], one["hours"]) for one in page["results"]]
        address = page["next"]
    assert found == wanted
