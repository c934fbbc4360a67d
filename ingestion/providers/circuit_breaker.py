"""A circuit per provider: after several failures in a row nobody is asked until a pause is over."""

import time
from collections.abc import Callable

from ingestion.providers.errors import NotAskedError, ProviderError

FAILURES_TO_OPEN = 5
COOL_DOWN = 10.0  # seconds of the first pause
LONGEST_COOL_DOWN = 60.0  # seconds; each failed trial doubles the pause up to here: recovery is noticed soon


class CircuitBreaker:
    """Closed: requests pass. Open: they fail at once, with the reason. Half open: one trial decides."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.failures = 0
        self.last: ProviderError | None = None
        self._opened_until = 0.0
        self._cool_down = COOL_DOWN
        self._trying = False

    @property
    def is_open(self) -> bool:
        """Whether requests are being held back now."""
        return self.last is not None and self._opened_until > self._clock()

    def refuse_if_open(self) -> None:
        """Raise what opened the circuit while it is open. Cheap, claims nothing."""
        if self.last is not None and self.is_open:
            raise self._refusal(self.last)

    def admit(self) -> None:
        """Let a request pass, or raise what opened the circuit. After a pause only a single trial passes."""
        self.refuse_if_open()
        if self.last is not None and self._opened_until:
            if self._trying:
                raise self._refusal(self.last)
            self._trying = True

    def succeeded(self) -> None:
        """The provider answers: close the circuit and forget."""
        self.failures, self.last, self._trying = 0, None, False
        self._opened_until, self._cool_down = 0.0, COOL_DOWN

    def failed(self, error: ProviderError) -> None:
        """Count a failure; open after FAILURES_TO_OPEN in a row, at once for a bad key or a failed trial."""
        self.failures += 1
        self.last = error
        if self._trying:
            self._trying = False
            self._cool_down = min(2 * self._cool_down, LONGEST_COOL_DOWN)
            self._open()
        elif not self.is_open and (error.permanent or self.failures >= FAILURES_TO_OPEN):
            self._open()

    def released(self) -> None:
        """A request that was let through has ended without an answer (it was cancelled)."""
        self._trying = False

    def _open(self) -> None:
        self._opened_until = self._clock() + self._cool_down

    def _refusal(self, last: ProviderError) -> ProviderError:
        wait = max(0.0, self._opened_until - self._clock())
        times = "once" if self.failures == 1 else f"{self.failures} times in a row"
        sentence = f"Not asked: it failed {times}, next try in {wait:.0f} s. The last failure: {last.sentence}"
        return NotAskedError(last.kind, last.provider, sentence, retry_after=wait)
