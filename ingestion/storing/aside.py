"""Sources are never mixed within one station: with another provider it starts anew, and what was there is put aside."""

from pymongo.errors import DuplicateKeyError

from aqi_project import clock
from aqi_project.mongo import collection
from ingestion.models import Reading, RejectedItem, Station
from ingestion.signals import station_renamed

OWN_SENSORS = (Station.Provider.FILE, Station.Provider.PUSH)  # one's own sensor: its past by file, its present by push


def switch(station: Station, provider: str) -> str:
    """Let `station` start anew from another provider; what the earlier one sent is kept under a slug of its own.

    Gives that slug, which follows from the station alone, so that an interrupted switch is simply done again. A poll
    that is under way notices that it comes too late (store.py).
    """
    if station.provider == provider:
        return ""
    aside = put_aside(station)
    station_renamed.send(sender=Station, old=station.slug, new=aside)
    anew = {"last_poll_at": None, "last_poll_error": "", "last_poll_failure": "", "replay_started_at": None}
    anew |= {"source_since": clock.now(), "poll_claimed_until": None, "gaps_checked_at": None}
    Station.objects.filter(slug=station.slug).update(provider=provider, habits={}, **anew)
    put_aside(station)  # what was stored meanwhile
    station.refresh_from_db()
    return aside


def put_aside(station: Station) -> str:
    """Move what a station has from the provider that `station` names to an inactive one of its own; gives its slug."""
    aside = f"{station.slug}-{station.provider}-{station.source_since:%Y%m%d%H%M%S}".replace("_", "-")
    kept = {"name": f"{station.name} ({station.get_provider_display()})", "is_public": False, "is_active": False}
    names = ("city", "latitude", "longitude", "timezone", "provider", "expected_interval", "habits")
    Station.objects.get_or_create(slug=aside, defaults={**kept, **{name: getattr(station, name) for name in names}})
    theirs: dict[str, object] = {"station": station.slug}
    present = Station.objects.filter(slug=station.slug).values_list("provider", flat=True).first()
    if present != station.provider:
        theirs["provider"] = {"$ne": present}
    collection(RejectedItem).update_many(theirs, {"$set": {"station": aside}})
    _move_readings(theirs, aside)
    return aside


def _move_readings(theirs: dict[str, object], aside: str) -> None:
    readings = collection(Reading)
    try:
        readings.update_many(theirs, {"$set": {"station": aside}})
    except DuplicateKeyError:  # a poll that came late has stored again what was moved already
        for document in readings.find(theirs, {"at": 1}):
            if readings.count_documents({"station": aside, "at": document["at"]}, limit=1):
                readings.delete_one({"_id": document["_id"]})
        readings.update_many(theirs, {"$set": {"station": aside}})
