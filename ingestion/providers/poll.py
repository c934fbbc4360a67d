"""Asking many stations at once. Each result is handed over when it comes: nobody waits for the slowest."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ingestion.observation import Parsed
from ingestion.providers import connect
from ingestion.providers.base import Provider, StationRef
from ingestion.providers.errors import Kind, ProviderError
from ingestion.providers.gate import Gates
from ingestion.providers.http import Http, Patience

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """How one provider is reached: its key, empty where it wants none, and its base URL."""

    key: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Job:
    """One question: a station (its slug), whom to ask, and for what. `start` and `end` belong to history."""

    station: str
    provider: str
    ref: StationRef
    what: Literal["current", "forecast", "history"] = "current"
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a job brought: readings, or the error that says why there are none."""

    job: Job
    parsed: Parsed = field(default_factory=Parsed)
    error: ProviderError | None = None


async def poll_each(jobs: Iterable[Job], access: Mapping[str, Access], http: Http) -> AsyncGenerator[Result, None]:
    """Run all jobs at once and yield each result when it comes. Never raises for a job."""
    tasks = [asyncio.create_task(_run(job, access, http)) for job in jobs]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()


def poll(jobs: Iterable[Job], access: Mapping[str, Access], patience: Patience, gates: Gates) -> Iterator[Result]:
    """`poll_each` for ordinary code: yields outside the event loop, where the ORM may be used."""
    with asyncio.Runner() as runner:
        http = Http(patience, gates)
        results = poll_each(jobs, access, http)
        try:
            while (result := runner.run(_next(results))) is not None:
                yield result
        finally:
            runner.run(http.close())


async def _next(results: AsyncIterator[Result]) -> Result | None:
    return await anext(results, None)


async def _run(job: Job, access: Mapping[str, Access], http: Http) -> Result:
    way = access[job.provider]
    provider = connect(job.provider, http, way.key, way.base_url)
    try:
        return Result(job, await _ask(provider, job))
    except ProviderError as error:
        return Result(job, error=error)
    except Exception:
        log.exception("polling %s for %s broke", job.provider, job.station)
        answer = f"The answer of {provider.source.label} for {job.station}"
        sentence = f"{answer} could not be read; the log has the details."
        return Result(job, error=ProviderError(Kind.MALFORMED, job.provider, sentence))


async def _ask(provider: Provider, job: Job) -> Parsed:
    if job.what == "current":
        return await provider.fetch_current(job.ref)
    if job.what == "forecast":
        return await provider.fetch_forecast(job.ref)
    if job.start is None or job.end is None:
        raise ValueError("a job for history needs start and end")
    return await provider.fetch_history(job.ref, job.start, job.end)
