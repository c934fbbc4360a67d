"""Tables to download are opened in spreadsheets."""

import csv
import io
from typing import Any

import pytest

from aqi_project.web.csv_response import as_csv


def cell(value: Any) -> str:
    """The value as a reader of the file finds it."""
    text = as_csv("air", ("value",), [(value,)]).content.decode()
    return list(csv.reader(io.StringIO(text)))[1][0]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://example.org")', "+9…321", "-1+2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_is_no_formula(text: str) -> None:
    """What a stranger's mail server answers stands in the log that officers download."""
    assert cell(text) == f"'{text}"


def test_numbers_and_plain_texts_stay_what_they_are() -> None:
    assert [cell(value) for value in (-1.5, -2, "PM2.5 = 3", None, float("nan"))] == ["-1.5", "-2", "PM2.5 = 3", "", ""]
