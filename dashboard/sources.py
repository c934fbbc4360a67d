"""Whom the data comes from, and what their licences ask to be said."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ingestion.models import Station

Provider = Station.Provider


@dataclass(frozen=True)
class Source:
    """One provider. `credit` stands beside its data wherever that is shown."""

    name: str
    credit: str
    url: str = ""
    licence: str = ""
    licence_url: str = ""
    about: str = ""


OPENWEATHER = Source(
    "OpenWeather",
    "data © OpenWeather",
    "https://openweathermap.org/",
    "ODbL 1.0",
    "https://opendatacommons.org/licenses/odbl/1-0/",
    _(
        "A model of the air over the city, not a monitor in a street. Beside the reference monitor in Lahore its fine "
        "dust was about half again too high on average, while ups and downs agreed fairly well."
    ),
)
SOURCES: dict[str, Source] = {
    Provider.OPENWEATHER: OPENWEATHER,
    Provider.REPLAY: OPENWEATHER,  # what is replayed are recorded OpenWeather hours
    Provider.OPEN_METEO: Source(
        "Open-Meteo (CAMS)",
        "Weather data by Open-Meteo.com",
        "https://open-meteo.com/",
        "CC BY 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
        _("A model of the air over a region, computed by the Copernicus service. It is not a monitor in a street."),
    ),
    Provider.OPENAQ: Source("OpenAQ", "data from OpenAQ and its sources", "https://openaq.org/", "CC BY 4.0"),
    Provider.PUSH: Source(_("own sensor"), ""),
    Provider.FILE: Source(_("imported file"), ""),
}


def source_of(provider: str) -> Source:
    return SOURCES.get(provider) or Source(provider, "")
