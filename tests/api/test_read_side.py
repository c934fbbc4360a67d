"""What any page may read, and caches may keep."""

from datetime import timedelta

import pytest

from tests import cast, factories
from tests.api.conftest import Api
from tests.factories import HOUR

pytestmark = pytest.mark.usefixtures("lahore")
NOW = factories.this_hour()


def test_any_page_may_read_and_none_may_write(api: Api) -> None:
    assert api.get("/stations")["Access-Control-Allow-Origin"] == "*"
    assert api.get("/nix")["Access-Control-Expose-Headers"] == "Retry-After"  # browsers hide it from scripts else
    preflight = api.client.options("/api/v1/stations")
    assert preflight["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Access-Control-Allow-Origin" not in api.post("/predict", {})


def test_what_has_not_changed_is_not_sent_again(api: Api) -> None:
    first = api.get("/stations")
    again = api.client.get("/api/v1/stations", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    factories.make_station(slug="karachi")
    assert api.client.get("/api/v1/stations", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_only_what_all_may_see_is_kept_by_caches(api: Api) -> None:
    assert api.get("/stations")["Cache-Control"] == "public, max-age=10"
    assert "private" in Api(cast.admin()).get("/stations")["Cache-Control"]


def test_answers_are_compressed(api: Api) -> None:
    factories.make_readings("lahore", hours=10)
    answer = api.client.get("/api/v1/stations/lahore/readings", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"


def test_the_front_door_speaks_json_to_programs(api: Api) -> None:
    assert api.client.get("/", headers={"accept": "application/json"}).json()["status"] == "ok"
    assert "text/html" in api.client.get("/", headers={"accept": "text/html,*/*"})["Content-Type"]


def test_the_usual_services_addresses_answer_too(api: Api) -> None:
    point = {"timestamp": NOW.isoformat(), "sensor_id": "lahore/pm2_5", "value": 80}
    send = {"content_type": "application/json"}
    assert api.client.post("/predict", point, **send).json() == api.post("/predict", point).json()
    assert api.client.post("/predict/batch", [point], **send).json()["count"] == 1


@pytest.mark.usefixtures("within_the_hour")
def test_quality_counts_what_came_and_what_was_doubted(api: Api) -> None:
    factories.make_readings("lahore", hours=30)
    factories.make_reading("lahore", NOW, flags={"pm2_5": "jump: alone", "nh3": "missing in the answer"})
    quality = api.get("/stations/lahore/quality", days=2).json()
    assert (quality["presence"], len(quality["days"])) == ("live", 2)
    assert quality["days"][0]["flags"] == {"jump": 1}
    assert 0.9 < quality["days"][0]["share"] <= 1


@pytest.mark.usefixtures("within_the_hour")
def test_the_index_is_given_by_any_standard(api: Api) -> None:
    factories.make_readings("lahore", hours=40)
    rows = {}
    for standard in ("us_epa", "india_cpcb", "eu"):
        answer = api.get("/stations/lahore/aqi", standard=standard, hours=5).json()
        assert answer["standard"] == standard
        rows[standard] = answer["results"]
    assert [len(found) for found in rows.values()] == [5, 5, 5]
    assert rows["us_epa"][0]["at"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert rows["us_epa"][0]["index"] > 100 > rows["eu"][0]["index"]


def test_an_unknown_standard_is_refused(api: Api) -> None:
    answer = api.get("/stations/lahore/aqi", standard="mine")
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "standard")


def test_a_station_without_readings_has_no_index_and_no_quality(api: Api) -> None:
    assert api.get("/stations/lahore/aqi").json()["results"] == []
    assert api.get("/stations/lahore/quality").json()["presence"] == "silent"


def test_variables_are_listed(api: Api) -> None:
    first = api.get("/variables").json()["results"][0]
    assert (first["code"], first["unit"]) == ("co", "µg/m³")


def test_cities_are_listed_where_the_caller_sees_a_station(api: Api) -> None:
    factories.make_station(slug="plant", city="multan", is_public=False)
    assert api.get("/cities").json()["results"] == [{"slug": "lahore", "name": "Lahore", "name_ur": "لاہور"}]
    assert [city["slug"] for city in Api(cast.admin()).get("/cities").json()["results"]] == ["lahore", "multan"]


def test_a_late_station_is_late(api: Api) -> None:
    factories.make_reading("lahore", NOW - 2 * HOUR - timedelta(minutes=1))
    assert api.get("/stations/lahore/quality").json()["presence"] in {"late", "silent"}
