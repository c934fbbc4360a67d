"""Keys: what they open, who they count as, and how often they may ask."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client

from aqi_project import clock
from aqi_project.api import callers, counters, keys
from aqi_project.api.keys import ApiKey
from ingestion.models import Station
from tests import cast, factories
from tests.api.conftest import Api, code, with_key
from tests.commands import commands

pytestmark = pytest.mark.usefixtures("lahore")
NOW = factories.this_hour()
POINT = {"timestamp": NOW.isoformat(), "sensor_id": "lahore/pm2_5", "value": 80}


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock stands in its middle, and none of its requests has been counted."""
    middle = clock.now().replace(second=30, microsecond=0).timestamp()
    monkeypatch.setattr(counters, "time", lambda: middle)
    counters._tallies.clear()
    yield
    counters._tallies.clear()


def a_second_later() -> None:
    """For what this process remembers of keys."""
    for prefix, (read_at, key) in keys._known.items():
        keys._known[prefix] = (read_at - 1.0, key)


def test_only_a_digest_of_the_key_is_stored() -> None:
    key = ApiKey(name="test")
    text = key.renew()
    key.save()
    assert text.startswith(f"aqi_{key.prefix}_")
    secret = text.split("_", 2)[2]  # it may hold the sign itself
    assert secret not in str(vars(ApiKey.objects.get()))


def make_key(client: Client, **typed: Any) -> Any:
    """In the admin's form."""
    form = {"name": "logger", "scopes": ["ingest"], "stations": "", "requests_per_minute": 60}
    dates = {"revoked_at_0": "", "revoked_at_1": ""}
    return client.post("/admin/aqi_project/apikey/add/", {**form, **dates, **typed}, follow=True)


def test_an_admin_sees_a_new_key_once(db: None) -> None:
    client = cast.admin()
    page = make_key(client).content.decode()
    assert f"aqi_{ApiKey.objects.get().prefix}_" in page
    assert f"aqi_{ApiKey.objects.get().prefix}_" not in client.get("/admin/aqi_project/apikey/").content.decode()


def test_an_admin_chooses_scopes_and_types_no_json(db: None) -> None:
    client = cast.admin()
    assert "ingest: send readings" in client.get("/admin/aqi_project/apikey/add/").content.decode()
    make_key(client, scopes=["ingest", "manage"], stations="lahore, lahore-north")
    made = ApiKey.objects.get()
    assert (made.scopes, made.stations) == (["ingest", "manage"], ["lahore", "lahore-north"])
    assert 'value="lahore, lahore-north"' in client.get(f"/admin/aqi_project/apikey/{made.pk}/change/").content.decode()


@pytest.mark.parametrize("typed", [{"scopes": []}, {"scopes": ["everything"]}, {"stations": '["lahore"]'}])
def test_a_key_that_could_do_nothing_is_refused_where_it_is_typed(db: None, typed: dict[str, Any]) -> None:
    [field] = typed
    assert field in make_key(cast.admin(), **typed).context["adminform"].errors
    assert not ApiKey.objects.exists()


def test_an_unknown_key_is_refused(api: Api) -> None:
    stranger = Api(Client(headers={"authorization": "Bearer aqi_00000000_guess"}))
    answer = stranger.get("/stations")
    assert code(answer) == (401, "authentication_failed")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_is_refused_within_a_second(api: Api) -> None:
    owner = with_key([keys.PREDICT])
    assert owner.post("/predict", POINT).status_code == 200
    ApiKey.objects.update(revoked_at=clock.now())
    a_second_later()
    assert code(owner.post("/predict", POINT)) == (401, "authentication_failed")


def test_a_key_that_ends_later_opens_until_then(api: Api) -> None:
    """As its form says: from then on it is refused."""
    owner = with_key([keys.PREDICT], revoked_at=clock.now() + timedelta(hours=1))
    assert owner.post("/predict", POINT).status_code == 200
    cast.admin().post(
        "/admin/aqi_project/apikey/", {"action": "revoke", "_selected_action": [str(ApiKey.objects.get().pk)]}
    )
    assert LogEntry.objects.get().user.get_username() == "admin"  # who did it stands in the key's history
    a_second_later()
    assert code(owner.post("/predict", POINT)) == (401, "authentication_failed")


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("stations", "lahore-north"),
        ("stations", {"lahore": 1}),
        ("stations", [1]),
        ("scopes", [{"predict": 1}]),
    ],
)
def test_what_a_key_may_is_a_list_of_texts(db: None, field: str, found: Any) -> None:
    """A single text would be searched for its parts: "lahore" stands in "lahore-north"."""
    key = ApiKey(**{"name": "logger", "scopes": ["ingest"], field: found})
    with pytest.raises(ValidationError) as refused:
        key.full_clean(exclude=["prefix", "digest"])
    assert field in refused.value.message_dict


def test_a_guess_is_no_use_of_a_key(api: Api) -> None:
    with_key([keys.PREDICT])
    guess = Api(Client(headers={"authorization": f"Bearer aqi_{ApiKey.objects.get().prefix}_guess"}))
    assert code(guess.post("/predict", POINT)) == (401, "authentication_failed")
    assert ApiKey.objects.get().last_used_at is None


def test_a_key_without_the_scope_is_refused(api: Api) -> None:
    assert code(with_key([keys.INGEST]).post("/predict", POINT)) == (403, "forbidden")
    assert code(with_key([keys.PREDICT]).post("/readings", [{}])) == (403, "forbidden")
    stranger = api.post("/readings", [{}])
    assert (code(stranger), stranger["WWW-Authenticate"]) == ((401, "not_authenticated"), "Bearer")


@pytest.mark.parametrize(
    ("scopes", "told"), [([keys.MANAGE], "may not 'manage' for lahore."), ([keys.INGEST], "may not 'manage'.")]
)
def test_a_refusal_says_whether_the_scope_or_the_station_is_missing(api: Api, scopes: list[str], told: str) -> None:
    answer = with_key(scopes, stations=["karachi"]).post("/models/lahore/pm2_5/rollback", {"why": "worse"})
    assert (answer.status_code, told in answer.json()["error"]["message"]) == (403, True)


def test_another_site_cannot_use_the_session_of_an_admin(api: Api) -> None:
    """A browser sends the cookie along with a form that another site has written; it does not know our token."""
    admin = Client(enforce_csrf_checks=True)
    admin.force_login(User.objects.create_superuser("admin"))
    answer = Api(admin).post("/models/lahore/pm2_5/rollback", {"why": "worse"})
    assert code(answer) == (403, "permission_denied")
    assert "CSRF" in answer.json()["error"]["message"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic {}", "Token {}", "{}"])
def test_a_key_that_is_sent_in_another_way_opens_nothing(api: Api, header: str) -> None:
    owner = with_key([keys.INGEST]).client.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    stranger = Api(Client(headers={"authorization": header.format(owner)}))
    assert code(stranger.post("/readings", [{}])) == (401, "not_authenticated")


@pytest.mark.parametrize(
    "headers", [{"x-api-key": "{}"}, {"authorization": "bearer {}"}, {"authorization": "Bearer  {}"}]
)
def test_a_key_opens_in_either_header(api: Api, headers: dict[str, str]) -> None:
    text = with_key([keys.INGEST]).client.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    owner = Api(Client(headers={name: value.format(text) for name, value in headers.items()}))
    assert owner.post("/readings", [{}]).status_code == 200


def test_a_key_reads_the_private_stations_it_is_for(api: Api) -> None:
    Station.objects.update(is_public=False)
    factories.make_station(slug="plant", is_public=False)
    reader = with_key([keys.READ_PRIVATE], stations=["lahore"])
    assert [one["slug"] for one in reader.get("/stations").json()["results"]] == ["lahore"]
    assert reader.get("/stations/plant").status_code == 404
    assert with_key([keys.PREDICT]).get("/stations/lahore").status_code == 404


def test_the_use_of_a_key_is_noted(api: Api) -> None:
    with_key([keys.PREDICT]).get("/stations")
    used = ApiKey.objects.get().last_used_at
    assert used is not None
    assert clock.now() - used < timedelta(minutes=1)


def test_the_use_of_a_key_is_noted_once_a_minute(api: Api) -> None:
    """Else every request would wait for a write."""
    owner = with_key([keys.PREDICT])
    owner.get("/stations")
    first = ApiKey.objects.get().last_used_at
    owner.get("/stations")
    assert ApiKey.objects.get().last_used_at == first
    keys._known[ApiKey.objects.get().prefix][1].last_used_at -= timedelta(seconds=61)
    owner.get("/stations")
    assert ApiKey.objects.get().last_used_at > first


def test_the_trail_names_the_key(api: Api) -> None:
    from detection.audit import trail
    from detection.models import Prediction

    with_key([keys.PREDICT]).post("/predict", POINT)
    trail.drain()
    assert Prediction.objects.get().key == ApiKey.objects.get().prefix


@pytest.mark.usefixtures("one_minute")
def test_too_many_requests_are_told_when_to_come_again(api: Api, settings: Any) -> None:
    settings.API_ANONYMOUS_PER_MINUTE = 3
    answers = [api.get("/stations") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    assert (code(answers[-1]), answers[-1]["Retry-After"]) == ((429, "throttled"), "30")
    assert answers[-1].json()["error"]["message"].endswith("Try again in 30 seconds.")


@pytest.mark.usefixtures("one_minute")
@pytest.mark.parametrize(("proxies", "statuses"), [(0, {429}), (1, {200})])
def test_who_makes_up_an_address_is_still_one_caller(api: Api, settings: Any, proxies: int, statuses: set[int]) -> None:
    """X-Forwarded-For is believed where proxies are said to write it, and nowhere else."""
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    settings.API_ANONYMOUS_PER_MINUTE = 1
    answers = [api.client.get("/api/v1/variables", headers={"x-forwarded-for": f"10.0.0.{n}"}) for n in range(3)]
    assert {answer.status_code for answer in answers[1:]} == statuses


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("unix:", "unix:", True),
    ],
)
def test_who_has_a_whole_network_of_addresses_is_one_caller(rf: Any, one: str, other: str, same: bool) -> None:
    """Else every limit could be passed by counting the address up."""
    first, second = (callers.address_of(rf.get("/", REMOTE_ADDR=address)) for address in (one, other))
    assert (first == second) is same


@pytest.mark.usefixtures("one_minute")
def test_a_key_has_a_limit_of_its_own(api: Api, settings: Any) -> None:
    settings.API_ANONYMOUS_PER_MINUTE = 1
    owner = with_key([keys.PREDICT], requests_per_minute=4)
    assert [owner.get("/stations").status_code for _ in range(6)] == [200] * 4 + [429] * 2


@pytest.mark.usefixtures("one_minute")
def test_who_keeps_guessing_keys_is_no_longer_looked_up_and_keys_in_use_go_on(api: Api, settings: Any) -> None:
    settings.API_ANONYMOUS_PER_MINUTE = 3
    owner = with_key([keys.PREDICT])
    assert owner.get("/stations").status_code == 200
    guesses = [Api(Client(headers={"x-api-key": f"aqi_{number:08d}_guess"})) for number in range(5)]
    assert [code(guess.get("/stations"))[0] for guess in guesses] == [401] * 3 + [429] * 2
    with commands() as sent:
        answer = guesses[0].get("/stations")
    assert (code(answer), answer["Retry-After"], sent) == ((429, "throttled"), "30", [])
    assert owner.get("/stations").status_code == 200


@pytest.mark.usefixtures("one_minute")
def test_processes_count_together(db: None) -> None:
    refused = 0
    for _ in range(3):  # three processes, each with a memory of its own
        refused += sum(counters.wait_for("somebody", 100) is not None for _ in range(100))
        counters._tallies.clear()
    assert 100 <= refused <= 205


@pytest.mark.usefixtures("one_minute")
def test_counting_hardly_asks_the_database(db: None) -> None:
    with commands() as sent:
        for _ in range(300):
            counters.wait_for("somebody", 6_000)
    assert len(sent) <= 2
