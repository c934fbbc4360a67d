import pytest

from ingestion.models import Station
from tests import factories
from tests.api.conftest import Api

pytestmark = pytest.mark.usefixtures("lahore")
NOW = factories.this_hour()


def metrics(api: Api) -> dict[str, float]:
    lines = api.client.get("/metrics").content.decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


def test_the_state_of_the_system_can_be_scraped(api: Api) -> None:
    factories.make_reading("lahore", NOW)
    factories.make_anomaly("lahore", NOW, end=None)
    found = metrics(api)
    assert found['aqi_station_age_seconds{station="lahore"}'] == pytest.approx(factories.age(NOW), abs=60)
    assert 0 <= found['aqi_model_age_seconds{series="lahore/pm2_5"}'] < 60
    assert found['aqi_anomalies_open{severity="3"}'] == 1
    assert found["aqi_queue_depth"] >= 0
    assert found["aqi_sockets"] == 0


def test_verdicts_are_counted_and_timed(api: Api) -> None:
    before = metrics(api)
    point = {"timestamp": NOW.isoformat(), "sensor_id": "lahore/pm2_5", "value": 5_000}
    api.post("/predict/batch", [point, point, {}])
    after = metrics(api)
    grown = {name: after[name] - before.get(name, 0) for name in after}
    assert grown['aqi_verdicts_total{anomaly="yes"}'] == 2
    assert grown["aqi_verdicts_refused_total"] == 1
    assert grown["aqi_predict_seconds_count"] == 1


def test_a_private_station_is_not_named(api: Api) -> None:
    factories.make_reading("lahore", NOW)
    Station.objects.update(is_public=False)
    assert not any("lahore" in name for name in metrics(api))
