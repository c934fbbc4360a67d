"""What monitoring reads, and the rules that are shipped for it."""

import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from detection.models import DriftReport
from ingestion.models import Station
from tests import factories
from tests.api.conftest import Api
from tests.commands import commands
from tests.factories import HOUR

pytestmark = pytest.mark.usefixtures("lahore")
NOW = factories.this_hour()
ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "prometheus" / "rules.yml"


def metrics(api: Api) -> dict[str, float]:
    lines = api.client.get("/metrics").content.decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def make_report(days_ago: int, verdict: str) -> None:
    at = NOW - 24 * days_ago * HOUR
    DriftReport.objects.create(series="lahore/pm2_5", at=at, day=at.date(), verdict=verdict, reason="level")


def test_the_state_of_the_system_can_be_scraped(api: Api) -> None:
    factories.make_readings("lahore", hours=3)
    factories.make_anomaly("lahore", NOW, end=None)
    found = metrics(api)
    assert found['aqi_station_age_seconds{station="lahore"}'] == pytest.approx(factories.age(NOW), abs=60)
    assert found['aqi_station_interval_seconds{station="lahore"}'] == 3600
    assert 0 <= found['aqi_model_age_seconds{series="lahore/pm2_5"}'] < 60
    assert found['aqi_anomalies_open{severity="moderate"}'] == 1
    assert found['aqi_deliveries{state="failed"}'] == 0
    assert found["aqi_queue_depth"] >= 0
    assert found["aqi_sockets"] == 0


def test_the_newest_drift_check_of_each_series_is_told(api: Api) -> None:
    make_report(days_ago=1, verdict="drift")
    make_report(days_ago=0, verdict="watch")
    assert metrics(api)['aqi_drift{series="lahore/pm2_5"}'] == 1


def test_doubted_values_are_counted_by_rule(api: Api) -> None:
    flags = {"pm2_5": "jump: alone", "co": "jump: alone", "o3": "no value"}
    factories.make_reading("lahore", NOW, flags=flags, received_at=NOW + HOUR)
    factories.make_reading("lahore", NOW - HOUR, flags={"co": "jump: received long ago"}, received_at=NOW - 3 * HOUR)
    found = metrics(api)
    assert (found['aqi_doubted_last_hour{rule="jump"}'], found['aqi_doubted_last_hour{rule="frozen"}']) == (2, 0)
    assert found['aqi_doubted_last_hour{rule="no_number"}'] == 1
    assert found['aqi_received_last_hour{doubted="yes"}'] == 1


def test_a_reading_that_lacks_a_value_holds_none_in_doubt(api: Api) -> None:
    """As each one of a provider that does not send all it is asked for."""
    factories.make_reading("lahore", NOW, flags={"nh3": "missing in the answer"}, received_at=NOW + HOUR)
    found = metrics(api)
    assert found['aqi_received_last_hour{doubted="yes"}'] == 0
    assert found['aqi_received_last_hour{doubted="no"}'] >= 1
    assert found['aqi_doubted_last_hour{rule="no_number"}'] == 1


def test_a_scrape_costs_the_same_with_many_stations(api: Api) -> None:
    sent = []
    for slugs in (["karachi"], ["quetta", "multan", "sialkot"]):
        for slug in slugs:
            factories.make_station(slug=slug)
            factories.make_reading(slug, NOW)
            factories.make_band(f"{slug}/pm2_5", NOW)
        with commands() as seen:
            metrics(api)
        sent.append(len(seen))
    assert sent[0] == sent[1] < 20


def test_verdicts_are_counted_and_timed(api: Api) -> None:
    before = metrics(api)
    point = {"timestamp": NOW.isoformat(), "sensor_id": "lahore/pm2_5", "value": 5_000}
    api.post("/predict/batch", [point, point, {}])
    api.post("/predict", {**point, "sensor_id": "nowhere/pm2_5"})
    after = metrics(api)
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert grown['aqi_verdicts_total{anomaly="yes"}'] == 2
    assert grown["aqi_verdicts_refused_total"] == 2
    assert grown["aqi_predict_seconds_count"] == 2


def test_a_private_station_is_not_named(api: Api) -> None:
    factories.make_reading("lahore", NOW)
    assert any("lahore" in name for name in metrics(api))
    Station.objects.update(is_public=False)
    assert not any("lahore" in name for name in metrics(api))


def test_each_metric_is_documented(api: Api) -> None:
    there = re.findall(r"^# TYPE (aqi_\w+)", api.client.get("/metrics").content.decode(), re.MULTILINE)
    page = (ROOT / "docs" / "api.md").read_text()
    unnamed = [name for name in there if not name.endswith("_created") and name not in page]
    assert not unnamed, f"Say in docs/api.md what these say: {unnamed}"


def shipped_rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


@pytest.mark.parametrize("rule", shipped_rules(), ids=lambda rule: rule["alert"])
def test_a_rule_of_monitoring_is_valid_and_names_what_there_is(api: Api, rule: dict[str, Any]) -> None:
    make_report(days_ago=0, verdict="stable")
    factories.make_reading("lahore", NOW)
    promql_parser.parse(rule["expr"])
    assert re.fullmatch(r"\d+[smhd]", rule["for"])
    assert rule["annotations"]["summary"]
    there = api.client.get("/metrics").content.decode()
    for name in re.findall(r"aqi_\w+", rule["expr"]):
        assert re.search(rf"^{name}[ {{]", there, re.MULTILINE), name
