"""Where air data comes from: one package per provider, `client` asks and `parse` reads the answer."""

from importlib import import_module
from typing import Any, cast

from ingestion.providers.base import Provider
from ingestion.providers.http import Http

# Name → dotted path of the class, which takes (http, key, base_url).
REGISTRY = {
    "openweather": "ingestion.providers.openweather.client.OpenWeather",
    "open_meteo": "ingestion.providers.open_meteo.client.OpenMeteo",
    "openaq": "ingestion.providers.openaq.client.OpenAQ",
}


def connect(name: str, http: Http, key: str, base_url: str) -> Provider:
    """The provider called `name`, ready to be asked through `http`."""
    module, _, attribute = REGISTRY[name].rpartition(".")
    build: Any = getattr(import_module(module), attribute)
    return cast(Provider, build(http, key, base_url))
