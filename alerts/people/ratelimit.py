"""So many tries in so much time, counted in the database for all web processes together."""

from datetime import timedelta

from django.utils.crypto import salted_hmac
from pymongo import ReturnDocument

from alerts.models import Attempt
from aqi_project import clock
from aqi_project.mongo import collection


def allow(what: str, limit: int, window: timedelta) -> bool:
    """Count one more try of `what` in the present window; whether it is within the limit."""
    number = int(clock.now().timestamp() // window.total_seconds())
    key = salted_hmac("alerts.attempt", f"{what}|{number}", algorithm="sha256").hexdigest()
    until = clock.naive(clock.now() + window)
    counted = collection(Attempt).find_one_and_update(
        {"key": key},
        {"$inc": {"count": 1}, "$setOnInsert": {"until": until}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return bool(counted["count"] <= limit)


def forget_old() -> int:
    """Delete counters whose window is over."""
    return int(Attempt.objects.filter(until__lt=clock.now()).delete()[0])
