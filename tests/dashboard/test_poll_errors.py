"""Why a provider gave nothing, in Urdu: each sentence is made by the code that makes it in earnest."""

import asyncio
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.utils import translation

from dashboard.poll_errors import in_words
from ingestion.models import Station
from ingestion.providers import answers
from ingestion.providers.base import Source, StationRef
from ingestion.providers.breaker import Breaker
from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.gate import Gate
from ingestion.providers.gate import of_this_process as alone
from ingestion.providers.http import Http, Patience
from ingestion.providers.limits import Limit
from ingestion.providers.open_meteo.parse import parse as parse_open_meteo
from ingestion.providers.openaq.parse import parse_sensors
from ingestion.providers.openweather.parse import check_place
from ingestion.tasks import NOT_STORED
from tests import factories as make
from tests.cast import citizen

NOBODY = "http://127.0.0.1:9"
OPENWEATHER = Source("openweather", "OpenWeather", NOBODY, (Limit(1, timedelta(hours=1)),), "OPENWEATHER_API_KEY")


def answered(status: int, body: bytes = b"{}", source: Source = OPENWEATHER) -> Callable[[], object]:
    return lambda: answers.read(source, httpx.Response(status), body)


def asked(base_url: str, patience: Patience) -> None:
    async def once() -> None:
        async with Http(patience) as http:
            await http.get_json(Source("there", "OpenWeather", base_url), "/", {})

    asyncio.run(once())


def too_early() -> None:
    gate = Gate(OPENWEATHER, alone(OPENWEATHER))
    for _ in range(2):
        asyncio.run(gate.turn(time.monotonic()))


def after_a_failure() -> None:
    breaker = Breaker()
    breaker.failed(ProviderError(Kind.UNAUTHORIZED, "openweather", "OpenWeather does not work at the moment (503); …"))
    breaker.refuse_if_open()


@pytest.mark.parametrize(
    ("fail", "parts"),
    [
        (answered(401), "OpenWeather 401 OPENWEATHER_API_KEY"),
        (answered(403, source=Source("open_meteo", "Open-Meteo", NOBODY)), "Open-Meteo 403"),
        (answered(404, b'{"message": "no such place was sent here"}'), "OpenWeather 404"),
        (answered(429), "OpenWeather 429"),
        (answered(301), "OpenWeather 301"),
        (answered(503), "OpenWeather 503"),
        (answered(200, b"<!doctype html>"), "OpenWeather"),
        (answered(200, b"{"), "OpenWeather"),
        (lambda: asked(NOBODY, Patience(attempts=1)), "OpenWeather"),
        (lambda: asked(NOBODY, Patience(answer=0, attempts=1)), "OpenWeather 0"),
        (lambda: asked("http://[", Patience()), "OpenWeather"),
        (too_early, "OpenWeather"),
        (after_a_failure, "OpenWeather 503"),
        (lambda: StationRef().coordinates(OPENWEATHER), "OpenWeather"),
        (lambda: parse_sensors({"results": []}), "OpenAQ"),
        (lambda: parse_sensors({}), "OpenAQ"),
        (lambda: parse_open_meteo({}, datetime.now(UTC)), "Open-Meteo"),
        (lambda: check_place({"coord": {"lat": 1, "lon": 2}}, 31.55, 74.34), "OpenWeather"),
    ],
)
def test_each_kind_of_error_is_told_in_urdu_with_its_parts(fail, parts):
    with pytest.raises(ProviderError) as caught:
        fail()
    raw = str(caught.value)
    assert in_words(raw) == raw
    with translation.override("ur"):
        said = in_words(raw)
    assert re.search("[ء-ے]", said)
    assert set(parts.split()) <= set(re.findall(r"[\w-]+", said))
    assert not re.search(r"\b(the|it|not|is)\b", said)


def test_what_is_of_no_known_kind_is_shown_as_it_came():
    with translation.override("ur"):
        assert in_words("It broke.") == "\u2066It broke.\u2069"
        assert in_words("") == ""
        assert re.search("[ء-ے]", in_words(NOT_STORED))


def test_pages_tell_an_error_in_the_readers_language(lahore):
    Station.objects.update(last_poll_error="OpenWeather refuses the request (404: no). Check the reference.\nmore")
    make.collection(make.Reading).update_many({}, [{"$set": {"at": {"$subtract": ["$at", 10 * 3600 * 1000]}}}])
    for path in ("/status/", "/lahore/lahore/"):
        assert "OpenWeather refuses the request (404: no)." in citizen().get(path).content.decode()
        page = citizen("ur").get(path).content.decode()
        assert "refuses" not in page
        assert "OpenWeather نے" in page
        assert "<bdi>OpenWeather" not in page  # which would turn the sentence round
