"""`python -m tests.ingestion.asker URL COUNT LIMIT SECONDS`: a process that asks a provider, within a shared limit."""

import asyncio
import sys
from datetime import timedelta

import django

django.setup()


def main(url: str, count: str, limit: str, seconds: str) -> None:
    from ingestion.asking.shared_limiter import SharedLimiter
    from ingestion.providers.base import Source
    from ingestion.providers.gate import Gates
    from ingestion.providers.http import Http, Patience
    from ingestion.providers.limits import Limit

    source = Source("played", "Played", (Limit(int(limit), timedelta(seconds=float(seconds))),), base_url=url)

    async def ask() -> None:
        async with Http(Patience(turn=120), Gates(SharedLimiter)) as http:
            await asyncio.gather(*(http.get_json(source, "/", {}) for _ in range(int(count))))

    print("ready", flush=True)
    sys.stdin.readline()
    asyncio.run(ask())


if __name__ == "__main__":
    main(*sys.argv[1:])
