"""What stands in a document of the Common Alerting Protocol and in its feed, element by element."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from alerts.cap import area
from alerts.cap import document as cap
from alerts.places import Place
from ingestion.models import Station

AT = datetime(2026, 11, 21, 9, 0, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("Asia/Karachi", "2026-11-21T14:00:59+05:00"),
        ("America/New_York", "2026-11-21T04:00:59-05:00"),
        ("Europe/London", "2026-11-21T09:00:59-00:00"),  # so the standard wants it in winter
    ],
)
def test_a_time_has_the_offset_of_its_place_and_no_fractions(zone: str, written: str) -> None:
    assert cap.stamp(AT, ZoneInfo(zone)) == written


def at(latitude: float | None, longitude: float | None, *, public: bool = True) -> Station:
    return Station(latitude=latitude, longitude=longitude, is_public=public)


@pytest.mark.parametrize("hidden", [at(31.9, 74.9, public=False), at(None, 74.9), at(31.9, None)])
def test_the_area_gives_no_hidden_station_away_and_needs_no_unknown_one(hidden: Station) -> None:
    assert area.shape(Place("city:lahore", (at(31.55, 74.34), hidden))) == ("circle", "31.55000,74.34000 5.0")
    assert area.shape(Place("city:lahore", (hidden,))) is None


def test_around_two_stations_lies_one_convex_area() -> None:
    element, text = area.shape(Place("city:lahore", (at(0.0, 0.0), at(0.0, 1.0)))) or ("", "")
    corners = text.split()
    assert element == "polygon"
    assert corners[0] == corners[-1]
    assert len(set(corners)) == len(corners) - 1 == 14  # seven around each, the rest lies inside
    assert {"0.00000,-0.04496", "0.00000,1.04496", "0.04496,0.00000", "-0.04496,1.00000"} <= set(corners)
