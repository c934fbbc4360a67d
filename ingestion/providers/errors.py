"""What can go wrong with a provider, in one type: retries, circuits and pages all read it."""

from enum import StrEnum


class Kind(StrEnum):
    """Why a provider gave nothing."""

    UNAUTHORIZED = "unauthorized"
    REFUSED = "refused"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    MALFORMED = "malformed"
    NOT_STORED = "not_stored"  # it gave something, and we could not keep it


# Asking again changes nothing until a person has changed something.
PERMANENT = frozenset({Kind.UNAUTHORIZED, Kind.REFUSED})


class ProviderError(Exception):
    """A provider gave nothing usable. `str()` is a sentence that says what to do; it never holds a key."""

    def __init__(self, kind: Kind, provider: str, sentence: str, retry_after: float | None = None) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.provider = provider
        self.sentence = sentence
        self.retry_after = retry_after  # seconds, where the provider or our own limit names them

    @property
    def permanent(self) -> bool:
        """Whether a retry is useless until a person has changed something."""
        return self.kind in PERMANENT


class NotAskedError(ProviderError):
    """Nothing was sent: the circuit is open (`kind` is the last failure's) or the rate limit is used up."""
