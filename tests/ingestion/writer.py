"""`python -m tests.ingestion.writer SLUG COUNT CHUNK [reversed]`: a process that stores recorded hours and says so."""

import sys

import django

django.setup()


def main(slug: str, count: str, chunk: str, order: str = "") -> None:
    from ingestion.models import Station
    from ingestion.storing.store import store
    from tests.ingestion.hours import troubled

    station = Station.objects.get(slug=slug)
    hours, size = troubled(int(count)), int(chunk)
    chunks = [hours[first : first + size] for first in range(0, len(hours), size)]
    print("ready", flush=True)
    sys.stdin.readline()
    for part in chunks[::-1] if order else chunks:
        store(station, part)
        print("stored", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
