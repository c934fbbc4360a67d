"""`manage.py eda` writes one file that needs nothing else, or one sentence."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests import factories as make
from tests.detection.frames import air

pytestmark = pytest.mark.django_db


def written(folder: Path, *options: str) -> str:
    out = folder / "eda.html"
    call_command("eda", *options, "--out", str(out))
    return out.read_text(encoding="utf-8")


def file(folder: Path, text: str) -> tuple[str, ...]:
    path = folder / "air.csv"
    path.write_text(text)
    return "--csv", str(path), "--time", "at", "--value", "pm2_5"


def test_a_file_is_described_with_its_other_columns(tmp_path: Path) -> None:
    page = written(tmp_path, *file(tmp_path, air(30).to_csv()))
    assert page.count("<svg") == 8
    assert "pm2_5 against no2" in page
    assert "Longest gap" in page
    assert "src=" not in page
    assert "href=" not in page


def test_temperatures_in_kelvin_are_spread_over_the_histogram_and_the_cells(tmp_path: Path) -> None:
    frame = 298 + air(30, columns=("pm2_5", "no2")) / 100
    page = written(tmp_path, *file(tmp_path, frame.to_csv()))
    bars = re.findall(r'<li title="≤ [^:]*: (\d+)"', page)
    assert sum(int(count) > 0 for count in bars) > 10
    assert ">200<" not in page.partition("pm2_5 against no2")[2]


def test_what_is_odd_about_a_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = air(30, columns=("pm2_5",))
    frame.iloc[5] = 1e300
    written(tmp_path, *file(tmp_path, frame.iloc[::-1].to_csv()))
    said = capsys.readouterr().err
    assert "not in order of time" in said
    assert "Values beyond ±1e+12: 1" in said


def test_a_stored_series_is_described_in_its_own_names(lahore, tmp_path: Path) -> None:
    make.make_readings("lahore", hours=60)
    page = written(tmp_path, "--series", "lahore/no2")
    assert "Nitrogen dioxide, day by day" in page
    assert "Nitrogen dioxide against Ozone" in page


def test_a_reading_every_three_hours_stands_for_three_hours(tmp_path: Path) -> None:
    """Two hours of three were missing before, and with them the trend and every share."""
    sparse = air(30, interval=timedelta(hours=3), columns=("pm2_5",)).drop(air(30).index[9])
    page = written(tmp_path, *file(tmp_path, sparse.to_csv()), "--freq", "3h")
    assert "<td>715</td>" in page  # 29 days and 22 hours, without the three that one reading would have stood for
    votes = page.partition('class="votes"')[2].partition("</ul>")[0]
    assert 98 <= sum(int(share) for share in re.findall(r"<bdi>(\d+)", votes)) <= 102


def test_it_says_how_many_readings_the_page_is_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither those before the newest year nor the hours without one."""
    frame = air(400, columns=("pm2_5",))
    frame.iloc[-200:-100] = float("nan")
    written(tmp_path, *file(tmp_path, frame.to_csv()))
    assert capsys.readouterr().out.startswith(f"{365 * 24 + 1 - 100} readings described in ")


def test_a_series_that_never_changes_is_described_too(tmp_path: Path) -> None:
    assert "<svg" in written(tmp_path, *file(tmp_path, air(30, columns=("pm2_5",)).assign(pm2_5=7.0).to_csv()))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("at,pm2_5\n", "no row below"),
        ("at,pm2_5\n2024-01-01 00:00,\n2024-01-01 01:00,\n", "no usable value"),
    ],
)
def test_a_poor_file_is_told_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        written(tmp_path, *file(tmp_path, text))


def test_a_series_that_is_not_stored_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"'x/y' is stored\. Name one as station/variable"):
        written(tmp_path, "--series", "x/y")


@pytest.mark.parametrize("command", ["eda", "evaluate"])
def test_who_names_neither_a_series_nor_a_file_is_told_both_ways(command: str) -> None:
    with pytest.raises(CommandError, match="Name either a stored series with --series, or a file with --csv"):
        call_command(command)


@pytest.mark.parametrize("command", ["eda", "evaluate"])
def test_a_series_and_a_file_at_once_are_not_one_of_them_chosen_silently(command: str) -> None:
    with pytest.raises(CommandError, match="Name either a stored series with --series, or a file"):
        call_command(command, series="lahore/pm2_5", csv=Path("air.csv"), time="at", value="pm2_5")
