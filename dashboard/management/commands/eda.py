"""`manage.py eda STATION`: the page that takes a year apart, as a file that opens without the site."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.http import HttpRequest, QueryDict
from django.utils import translation

from dashboard.preferences import Preferences
from dashboard.views import explore
from dashboard.views.city import station_url
from ingestion.models import Station

CHOICES = ("year", "pollutant", "against")


class Command(BaseCommand):
    help = "Write distributions, gaps, what repeats and what goes together in a year of a station as an HTML file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("station", help="a station's slug")
        parser.add_argument("--year", help="without it, the newest")
        parser.add_argument("--pollutant", help="what is taken apart; without it, PM2.5 or the first there is")
        parser.add_argument("--against", help="what it is compared with")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default=settings.LANGUAGE_CODE)
        parser.add_argument("--out", type=Path, help="file; without it, STATION-eda.html")

    def handle(self, *args: Any, station: str, out: Path | None, **options: Any) -> None:
        place = Station.objects.filter(slug=station, is_public=True).first()
        if place is None:
            there = ", ".join(Station.objects.filter(is_public=True).values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no public station {station!r}. There are: {there}.")
        path = out or Path(f"{station}-eda.html")
        path.write_text(page(place, options), encoding="utf-8")
        self.stdout.write(f"Written to {path}.")


def page(station: Station, options: dict[str, Any]) -> str:
    """What the browser gets, with its links leading to the site."""
    request = HttpRequest()
    request.method, request.path = "GET", station_url(station, "explore")
    request.GET = QueryDict(mutable=True)
    request.GET.update({name: options[name] for name in CHOICES if options[name]})
    request.preferences = Preferences()  # type: ignore[attr-defined]  # as its middleware does
    with translation.override(options["language"]):
        html = explore.page(request, station.city, station.slug).content.decode()
    return html.replace("<head>", f'<head><base href="{settings.SITE_URL}{request.path}">', 1)
