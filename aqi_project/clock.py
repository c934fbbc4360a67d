"""Times. Inside the project they are aware and in UTC; MongoDB's own documents hold naive UTC."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def naive(at: datetime) -> datetime:
    """As a MongoDB document holds it."""
    return at.astimezone(UTC).replace(tzinfo=None)


def aware(at: datetime) -> datetime:
    """A document's time, made aware."""
    return at.replace(tzinfo=UTC)
