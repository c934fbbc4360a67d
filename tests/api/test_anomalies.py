"""Anomalies as programs read them, and their verdicts."""

from datetime import timedelta

import pytest

from alerts import review
from aqi_project.api import keys
from detection.models import Anomaly, Severity
from ingestion.models import Station
from tests import factories
from tests.api.conftest import Api, code, pages, with_key
from tests.factories import HOUR

pytestmark = pytest.mark.usefixtures("lahore")
NOW = factories.this_hour()


def test_anomalies_are_filtered(api: Api) -> None:
    factories.make_station(slug="karachi", city="karachi")
    kept = factories.make_anomaly("lahore", NOW - 5 * HOUR, kind=Anomaly.Kind.STUCK, severity=Severity.SEVERE, end=None)
    factories.make_anomaly("lahore", NOW - timedelta(days=3), variable="pm10", series="lahore/pm10")
    factories.make_anomaly("karachi", NOW - 6 * HOUR, review=Anomaly.Review.TRUE)
    filters: list[dict[str, str]] = [
        {"station": "lahore", "variable": "pm2_5"},
        {"city": "lahore", "from": (NOW - timedelta(days=1)).isoformat()},
        {"kind": "stuck"},
        {"severity": "severe"},
        {"open": "true"},
        {"review": "none", "variable": "pm2_5"},
    ]
    for query in filters:
        assert [[one["id"] for one in page] for page in pages(api, "/anomalies", **query)] == [[str(kept.pk)]], query
    assert len(pages(api, "/anomalies", open="false")[0]) == 2
    assert len(pages(api, "/anomalies", limit=1)) == 3


def test_anomalies_that_begin_together_are_all_listed(api: Api) -> None:
    for variable in ("pm2_5", "pm10", "o3", "no2", "so2"):
        factories.make_anomaly("lahore", NOW, variable=variable, series=f"lahore/{variable}")
    assert sorted(one["variable"] for page in pages(api, "/anomalies", limit=2) for one in page) == [
        "no2",
        "o3",
        "pm10",
        "pm2_5",
        "so2",
    ]


def test_an_unknown_filter_value_is_refused(api: Api) -> None:
    answer = api.get("/anomalies", kind="$ne")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "kind")


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
