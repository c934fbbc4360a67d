"""Background work of the project as a whole: what the libraries leave behind is cleared away."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django_q.models import Failure

from aqi_project import clock

FAILURES_KEPT = timedelta(days=30)  # the queue itself deletes old successes, but never a failure


def forget_expired() -> int:
    """Delete sessions that have ended, and what the queue noted of old failures; returns how many failures."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return int(Failure.objects.filter(stopped__lt=clock.now() - FAILURES_KEPT).delete()[0])
