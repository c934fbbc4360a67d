"""What stands in a document of the Common Alerting Protocol and in its feed, element by element."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from alerts.cap import document as cap

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
