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
    is_model: bool = False  # computed, and not measured at the place


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
    is_model=True,
)
SOURCES: dict[str, Source] = {
    Provider.OPENWEATHER: OPENWEATHER,
    Provider.REPLAY: OPENWEATHER,  # the recording that is shipped; see source_of_station for others
    Provider.OPEN_METEO: Source(
        "Open-Meteo (CAMS)",
        "Weather data by Open-Meteo.com",
        "https://open-meteo.com/",
        "CC BY 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
        _("A model of the air over a region, computed by the Copernicus service. It is not a monitor in a street."),
        is_model=True,
    ),
    Provider.OPENAQ: Source("OpenAQ", _("data from OpenAQ and its sources"), "https://openaq.org/"),
    Provider.PUSH: Source(_("own sensor"), ""),
    Provider.FILE: Source(_("imported file"), ""),
    Provider.SYNTHETIC: Source(
        _("made-up readings"),
        "",
        about=_("Nothing was measured: a program made these readings up, with faults in known places."),
    ),
}


def source_of_station(station: Station, provider: str = "") -> Source:
    """Whom a station's readings are from; `provider` where a reading names its own. A replay credits what it plays."""
    if station.is_recording and station.provider_ref:
        played = Station.objects.filter(slug=station.provider_ref).first()
        return source_of_station(played) if played and played.slug != station.slug else Source(_("recording"), "")
    return _source_of(provider or station.provider)


def _source_of(provider: str) -> Source:
    return SOURCES.get(provider) or Source(provider, "")
