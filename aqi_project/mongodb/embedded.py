"""The embedded MongoDB for commands that run while `make run` does not."""

from contextlib import AbstractContextManager, nullcontext

from django.conf import settings

from aqi_project.mongodb import mongod


def embedded_database() -> AbstractContextManager[None]:
    """Started for the while where nobody else has; nothing where MONGODB_URI names another."""
    if not settings.EMBEDDED_MONGODB:
        return nullcontext()
    return mongod.at_hand(settings.EMBEDDED_MONGODB_PORT, settings.VAR_DIR / "mongodb")
