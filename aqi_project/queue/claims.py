"""Claims with an end: who may work on something until then, by conditional update and the machines' own clocks."""

from datetime import datetime, timedelta

from django.db.models import Q

CLOCKS_APART = timedelta(minutes=1)  # at most, between machines


def free(field: str, now: datetime, span: timedelta) -> Q:
    """No claim, one that has ended, or one that lies further ahead than any: that clock has been set back since."""
    return Q(**{field: None}) | Q(**{f"{field}__lte": now}) | Q(**{f"{field}__gt": now + span + CLOCKS_APART})
