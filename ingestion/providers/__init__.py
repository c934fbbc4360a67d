"""Where air data comes from: one package per provider, `client` asks and `parse` reads the answer."""

from importlib import import_module
from typing import Any, cast

from ingestion.providers.base import Provider
from ingestion.providers.http import Http

# Name → (label, dotted path of the class). The class takes (http, key, base_url).
REGISTRY: dict[str, tuple[str, str]] = {
    "openweather": ("OpenWeather", "ingestion.providers.openweather.client.OpenWeather"),
    "open_meteo": ("Open-Meteo", "ingestion.providers.open_meteo.client.OpenMeteo"),
    "openaq": ("OpenAQ", "ingestion.providers.openaq.client.OpenAQ"),
}


def connect(name: str, http: Http, key: str = "", base_url: str = "") -> Provider:
    """The provider called `name`, ready to be asked through `http`; an empty `base_url` means its own."""
    if name not in REGISTRY:
        raise ValueError(f"no provider is called {name!r}; there are {', '.join(sorted(REGISTRY))}")
    module, _, attribute = REGISTRY[name][1].rpartition(".")
    build: Any = getattr(import_module(module), attribute)
    return cast(Provider, build(http, key, base_url))
